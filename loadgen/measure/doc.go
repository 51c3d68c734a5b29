// Package measure holds what a load test counts while it runs: latency
// histograms that many goroutines record into, errors by kind, and the cost of
// processes. Nothing here allocates when something is recorded.
package measure
