package suite

import (
	"context"
	"fmt"

	"golang.org/x/sync/semaphore"

	"hookproof/features"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/reports"
)

// ForeignRepeats is how often a scenario that failed is played again on a target that is not the built-in one.
const ForeignRepeats = 2

// again plays a scenario that failed as often again as the options say, each
// time in a fresh scene: a race of the target must not make its verdict a coin
// toss. What ends the target is not repeated.
func (r *recorder) again() {
	s := &r.result
	if !broken(s.Verdict) || r.fatal || r.pr.o.Repeats == 0 || r.c.Has(string(rtmptarget.CanRestart)) {
		return
	}
	s.Attempts = []reports.Verdict{s.Verdict}
	for range r.pr.o.Repeats {
		if r.run.Err() != nil || r.pr.target.Lacking(r.c.Tags) != "" {
			break
		}
		s.Attempts = append(s.Attempts, r.pr.once(r.run, r.c))
	}
	settle(s)
}

// settle makes the verdict of a scenario that failed at first of all its attempts.
func settle(s *reports.Scenario) {
	if !broken(s.Verdict) || !unstable(s) {
		return
	}
	failed := 0
	for _, v := range s.Attempts {
		if broken(v) {
			failed++
		}
	}
	s.Verdict, s.Reason = reports.Unstable, fmt.Sprintf("failed %d of %d times", failed, len(s.Attempts))
}

// once plays one case at the target of the run, and returns its verdict alone.
func (pr *profileRun) once(ctx context.Context, c *features.Case) reports.Verdict {
	o := *pr.o
	o.Live, o.Observe, o.Known, o.Repeats = nil, nil, nil, 0
	o.places, o.crowds = semaphore.NewWeighted(1), semaphore.NewWeighted(1) // the case has its place in the run already
	one := &profileRun{o: &o, role: pr.role, profile: pr.profile, start: pr.start, target: pr.target,
		cases: map[string]*features.Case{c.Key: c}}
	if err := one.godog(ctx); err != nil || len(one.results) != 1 {
		return reports.Error
	}
	return one.results[0].Verdict
}
