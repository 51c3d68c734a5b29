// Package account keeps the books of a load test's hooks: for every client the
// events that should have come against those that did.
//
// An Entry is what arrived at a recording endpoint, and whose it is. An
// Outcome is what a client saw of its own life. Judge lays one beside the
// other, when all is over: it is a function of the two and the plan alone, so
// that what several processes wrote down can be judged as one test.
//
// Clients are told by a key that each sends as its pageUrl, and in its
// stream's parameters; from the first event that shows the key on, the
// client_id identifies the rest.
package account
