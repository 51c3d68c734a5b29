// Package server is an RTMP server that asks HTTP hooks before it lets a client connect, publish or play,
// and tells them when it leaves: role S of PROTOCOL.md, in every profile.
//
// A client costs one goroutine, its session, which reads, calls the hooks and answers, one thing after the
// other: that alone keeps the events of a client in order (S-ORD-03) and lets a slow hook delay its own
// client only (S-CON-03). Streams, with their fan-out to players, are package internal/stream; a play has a
// goroutine of its own only while its connection takes no more. The differences between the profiles are
// data of hook.
package server
