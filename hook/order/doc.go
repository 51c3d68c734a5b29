// Package order judges the order of each client's hook events, by the rules
// of PROTOCOL.md sections 2 and 3 that one client's events alone decide.
//
// The rules are data: one [row] per state of a client, one cell per event, a
// table per profile (tables.go). A [Checker] walks every client through its
// profile's table. What a client's events cannot show (that a frame was seen,
// that the client was told) is for others to judge.
//
// One thing at a time is what the protocol knows of a client: it publishes or
// plays one stream, or none. A second stream beside the first is a problem.
//
// Several facts about a client come from outside and are told to the checker:
// that it vanished or was kicked ([Checker.Left]), and that its publish was
// accepted but lost to a live publisher ([Checker.Lost]).
package order
