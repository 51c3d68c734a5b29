// Package result is the result of a load test: one model, the thresholds
// that judge it, its files (report.json, report.html, summary.md,
// latencies.hdr), the summary for the terminal, and the ways to add up shards
// and to compare two runs. It runs no load itself.
package result
