// Package check holds the checks of the suite: pure functions from what was
// observed to what is wrong with it. They decide the same on a live scenario
// and on a recording of it.
package check

import (
	"fmt"
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
	Undecided   bool   // the evidence is inconclusive
	Fatal       bool   // the target is gone: a failure at any level
	Cause       string // the cause, in words that all failures of the same cause share
}

// Error returns the finding on one line.
func (f *Finding) Error() string {
	return fmt.Sprintf("expected %s; seen: %s", f.Expected, f.Seen)
}

// NotRun is the error of a step that cannot be decided because something is
// missing: the scenario counts as not run, not as failed.
type NotRun struct {
	Reason string
	// NotApplicable: the target has nothing that the scenario could test, so the
	// verdict leaves it out.
	NotApplicable bool
}

// Error returns the reason.
func (n *NotRun) Error() string { return n.Reason }

// Failure returns the finding as reports show it.
func (f *Finding) Failure() *reports.Failure {
	return &reports.Failure{
		Requirement: f.Requirement,
		Expected:    f.Expected,
		Seen:        f.Seen,
		Evidence:    f.Evidence,
		Detail:      f.Detail,
	}
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

// numbers returns the numbers of the observations of hooks and their answers.
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

// strays lists the requests that belong to no client of the scenario: an event
// that seems to be missing is often among them, under another name.
func strays(obs []reports.Observation) string {
	var b strings.Builder
	for i := range obs {
		if o := &obs[i]; o.Kind == reports.KindHook && o.Actor == "" {
			fmt.Fprintf(&b, "a request that no client explains, at %.3f s: %s %q\n", o.T, o.URL,
				redact.Clip(o.Body, 400))
		}
	}
	return b.String()
}

// lastOf returns the last hook of an event; nil without one.
func lastOf(hooks []timeline.Hook, ev hook.Event) *timeline.Hook {
	for i := len(hooks) - 1; i >= 0; i-- {
		if hooks[i].Event == ev {
			return &hooks[i]
		}
	}
	return nil
}
