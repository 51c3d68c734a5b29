// Package client is a scripted RTMP publisher and player: the peer that drives
// a server under test, step by step or as a whole run, and that observes
// everything which happens to it on one timeline.
//
// A step sends its message and, where the protocol has an answer to it, waits
// for that answer; the Send… variants send and do not wait. Every step ends by
// the earlier of its context's deadline and Options.Timeout, and its error says
// what was being done, what was awaited and what came instead (StepError).
//
// One goroutine reads per client. It ends with the connection: Close, Vanish
// and the peer's leaving all end it, and Done tells when it has.
package client
