// Package hookcheck holds the checks of role H: pure functions from the
// requests that were sent to a hook server, and its answers, to what is wrong
// with them. They decide the same on a live scenario and on a recording of it.
package hookcheck
