// Package order checks the order of each client's hook events, by the rules of
// requirements S-ORD and S-ANS that one client's events alone decide.
//
// The rules are data: one row per state of a client, one cell per event, a
// table per profile (tables.go). Both questions are answered from that table:
//
//   - [Checker] watches the events of all clients of a run, knows nothing of what
//     they did, and reports what no client could have caused.
//   - [Expect] knows what one client did, and says which events must come of it;
//     [Expectation.Fit] says whether events so far can still become that.
//
// What a client's events cannot show (that a frame was seen, that the client
// was told) is for others to check.
//
// To the protocol a client publishes or plays one stream at a time, or none. A
// second stream beside the first is a problem.
//
// Some facts about a client come from outside and are told to the checker:
// that it vanished or was kicked ([Checker.Left]), and that its publish was
// accepted but lost to a live publisher ([Checker.Lost]).
package order
