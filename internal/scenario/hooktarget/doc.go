// Package hooktarget is where scenarios of role H act: somebody's HTTP hook
// server is called with raw requests on sockets of our own, and by the RTMP
// server of this project whose scripted clients come and go. Whatever is sent
// and answered goes into the scenario's log; internal/hookcheck judges it.
package hooktarget
