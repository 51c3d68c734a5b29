// Package endpoint is a mock hook server: an HTTP/1.1 endpoint that a media
// server's hooks call, which answers as it is told and shows every request to
// an observer.
//
// A request is shown as it arrived: order, times on one monotonic clock, the
// head byte for byte, the body, the connection and its place there, the event
// decoded, what was wrong with it, the answer and when it was written. A
// strange request (wrong method, wrong length, no JSON) is shown, not refused:
// judging is the caller's business.
//
// An answer may be held by a delay or a gate and may be any fault of the table
// in fault.go, down to a reset or bytes that are not HTTP.
//
// The HTTP side is a loop of our own over the connection, not net/http, for
// two reasons: the faults and the byte-exact head need the raw connection
// anyway, and for the same exchange it takes two thirds of the CPU time, the
// client's part included, and a third of the memory (BenchmarkKeepAlive and
// BenchmarkNetHTTP).
package endpoint
