// Package check holds the checks of the suite: pure functions from what was
// observed to what is wrong with it. They decide the same on a live scenario
// and on a recording of it.
package check

import (
	"fmt"
	"strconv"
	"strings"

	"hookproof/hook"
	"hookproof/internal/redact"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// Finding is what a check found wrong: an error of the target, not of the
// harness.
type Finding struct {
	Requirement string // id; "" is the scenario's own
	Expected    string
	Seen        string
	Evidence    []int  // numbers of observations
	Detail      string // more lines
	Undecided   bool   // the evidence does not decide: inconclusive rather than failed
	Fatal       bool   // the target is gone: a failure whatever the requirement's level
	Cause       string // what the failure comes from, in words that other failures of the same cause have, too
}

// Error gives the finding on one line.
func (f *Finding) Error() string {
	return fmt.Sprintf("expected %s; seen: %s", f.Expected, f.Seen)
}

// NotRun is the error of a step for which something is lacking that the user
// can give: the scenario is not run, rather than failed.
type NotRun struct {
	Reason string
	// NotApplicable: the target has nothing that the scenario could be about, so it is no part of the verdict.
	NotApplicable bool
}

// Error gives the reason.
func (n *NotRun) Error() string { return n.Reason }

// Failure gives the finding as reports show it.
func (f *Finding) Failure() *reports.Failure {
	return &reports.Failure{Requirement: f.Requirement, Expected: f.Expected, Seen: f.Seen, Evidence: f.Evidence, Detail: f.Detail}
}

// describeEvents writes a sequence of events with their times, as in
// "on_connect (0.012 s), on_close (0.250 s)"; "none" for an empty one.
func describeEvents(hooks []timeline.Hook) string {
	if len(hooks) == 0 {
		return "none"
	}
	parts := make([]string, len(hooks))
	for i, h := range hooks {
		parts[i] = fmt.Sprintf("%s (%.3f s)", h.Event, h.Arrived)
	}
	return strings.Join(parts, ", ")
}

// numbers gives the observations of hooks and of their answers.
func numbers(hooks []timeline.Hook) []int {
	var ns []int
	for _, h := range hooks {
		ns = append(ns, h.N)
		if h.Answer >= 0 {
			ns = append(ns, h.Answer)
		}
	}
	return ns
}

// strays adds a line for each request that belongs to no client of the
// scenario: what is missing here is often there, under another name.
func strays(obs []reports.Observation) string {
	var b strings.Builder
	for i := range obs {
		if o := &obs[i]; o.Kind == reports.KindHook && o.Actor == "" {
			fmt.Fprintf(&b, "a request that no client explains, at %.3f s: %s %s\n", o.T, o.URL, strconv.Quote(redact.Clip(o.Body, 400)))
		}
	}
	return b.String()
}

// lastOf gives the last of an actor's hooks of an event; nil without one.
func lastOf(hooks []timeline.Hook, ev hook.Event) *timeline.Hook {
	for i := len(hooks) - 1; i >= 0; i-- {
		if hooks[i].Event == ev {
			return &hooks[i]
		}
	}
	return nil
}
