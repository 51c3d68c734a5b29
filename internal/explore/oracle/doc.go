// Package oracle judges a whole scenario, whatever was done in it: it reads from
// the timeline what each client did and what the hook server answered, and
// finds what no conforming server does. Its rules are those that are there: the
// order of a client's events is hook/order's, single checks are internal/check's,
// and that a stream name is a lock is checked with porcupine.
//
// Each finding names the requirement that is broken. What a client did without
// the server's showing that it took notice is in doubt, and nothing is concluded
// from it.
package oracle
