// Package plan fixes a load test beforehand: which client comes when, what it
// does, whether it is to be refused and where, how it leaves and when.
//
// The load is an open model: a client starts when it is due, whatever became
// of the others, so that a slow server cannot slow the load down. The same
// Spec makes the same Plan in every process, which is what lets several
// machines play one test (see Shard).
package plan
