// Package loadgen puts load on an RTMP server with hooks, and accounts for
// every client what its hooks did.
//
// Run lays the test out (package plan), starts the recording endpoint and,
// unless another server is named, the built-in one as a process of its own,
// sends a probe ahead, lets every client live its planned life, and judges
// what it saw against what the hooks said (package account). The result is a
// report (package result).
//
// A client costs one goroutine while it stays, the one that reads; publishers
// have another one that sends. What comes with every frame allocates nothing
// here.
package loadgen
