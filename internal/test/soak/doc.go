// Package soak puts churn on the built-in RTMP server while every link fails in
// every way that a link can, and settles the books ([books]) after it.
//
//	clients ──link──▶ RTMP server ──link──▶ recording hook server
//
// All of it runs in this process, so that the three parties share one clock and
// what is left over is seen at once. Churn comes in rounds: at the end of each
// the last client has gone, every connection is over, the books are settled and
// forgotten, and goroutines, open files and memory are compared with what they
// were after the warm-up.
package soak
