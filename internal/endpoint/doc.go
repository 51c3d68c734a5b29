// Package endpoint is a mock hook server that records everything: an HTTP/1.1
// endpoint that a media server's hooks call, which answers by rule and keeps
// what it saw as evidence.
//
// Every request is kept as it arrived: order, times on one monotonic clock,
// the head byte for byte, the body, the connection and the place on it, the
// event decoded, what was wrong with it, the answer given and when. A strange
// request (wrong method, wrong length, no JSON) is recorded, not refused: to
// judge is the caller's business.
//
// Answers come from rules that are looked up by index, or from a catch-all,
// or else accept. An answer may be held by a delay or a gate and may be any
// fault of the table in fault.go, down to a reset or bytes that are no HTTP.
//
// The HTTP side is a loop of our own over the connection, not net/http, for
// two reasons: the faults and the byte-exact record need the raw connection
// anyway, and for the same exchange it takes two thirds of the CPU time, the
// client's part included, and a third of the memory (BenchmarkKeepAlive and
// BenchmarkNetHTTP).
//
// The recording can be written to and read from JSON lines (see [WriteJSONL]).
// The order of one client's events is judged by the package order.
package endpoint
