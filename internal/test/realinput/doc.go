// Package realinput holds tests only: real programs (ffmpeg, ffprobe, rtmpdump)
// publish to the RTMP server and play from it, while its hooks are recorded and
// their order is checked. What the scripted clients of this module and the
// server agree on wrongly would pass every other test; these programs share no
// code with either.
//
// Where a program is missing its tests are skipped, unless CI is set: then they
// fail.
package realinput
