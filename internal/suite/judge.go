package suite

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// Judge judges a recorded run again, from its evidence alone: nothing is
// driven, and the steps of each scenario decide on what they were shown then,
// by the set of requirements of the recording, or the newest where that is unknown.
// What was not run stays not run; what has no evidence is inconclusive. The
// recording's own verdicts, levels and requirements count for nothing.
func Judge(ctx context.Context, recorded *reports.Run) (*reports.Run, error) {
	cases, err := features.Cases(roleOf(recorded))
	if err != nil {
		return nil, err
	}
	run := *recorded
	if !slices.Contains(features.Versions(), run.RequirementSet) {
		run.RequirementSet = features.Version()
	}
	run.Scenarios, run.Requirements = nil, requirementsOf(roleOf(recorded), run.RequirementSet)
	o := &Options{Clients: recorded.Options.Clients, Between: recorded.Options.Between, Scale: 1,
		Parallel: DefaultParallel, Seed: recorded.Options.Seed}
	for i, name := range recorded.Profiles {
		p, err := hook.ProfileByName(name)
		if err != nil {
			return nil, err
		}
		pr := &profileRun{o: o, role: roleOf(recorded), profile: p, start: recorded.Started,
			clients: o.clientsIn(i, len(recorded.Profiles)),
			cases:   map[string]*features.Case{}, recorded: map[string]*reports.Scenario{}}
		for i := range recorded.Scenarios {
			if s := &recorded.Scenarios[i]; s.Profile == name {
				pr.recorded[s.ID] = s
			}
		}
		for i := range cases {
			if c := &cases[i]; c.Profile == name && pr.recorded[c.ID] != nil {
				c.Unscored = c.Later(run.RequirementSet)
				pr.cases[c.Key] = c
			}
		}
		if len(pr.cases) < len(pr.recorded) {
			return nil, fmt.Errorf("the recording has %d scenarios of profile %s that this version of the suite has "+
				"not",
				len(pr.recorded)-len(pr.cases), name)
		}
		if err := pr.godog(ctx); err != nil {
			return nil, err
		}
		run.Scenarios = append(run.Scenarios, pr.results...)
	}
	order(run.Scenarios, cases)
	return &run, nil
}

func roleOf(run *reports.Run) string {
	if run.Target.Kind == reports.TargetHooks {
		return features.RoleHookServer
	}
	return features.RoleServer
}

// replay sets a recorded scenario up to be judged again.
func (r *recorder) replay(was *reports.Scenario) {
	r.log = timeline.Recorded(was.Observations)
	r.scene = r.steps.Judge(r.log)
	r.result.Started = was.Started
}

// replayed puts back what only the run itself can know.
func (r *recorder) replayed() {
	was := r.pr.recorded[r.c.ID]
	s := &r.result
	s.Duration, s.Actors = was.Duration, was.Actors
	if len(was.Attempts) > 0 { // the evidence is that of the first
		s.Attempts = append([]reports.Verdict{s.Verdict}, was.Attempts[1:]...)
		settle(s)
	}
	switch {
	case was.Verdict == reports.KnownFailing && broken(s.Verdict):
		s.Verdict, s.Reason = was.Verdict, was.Reason
	case was.Verdict == reports.UnexpectedPass && s.Verdict == reports.Pass:
		s.Verdict, s.Reason = was.Verdict, was.Reason
	}
	for i := range r.result.Steps {
		if i < len(was.Steps) {
			r.result.Steps[i].Duration = was.Steps[i].Duration
		}
	}
}

// keep takes over a scenario that has nothing to judge.
func (r *recorder) keep(was *reports.Scenario) {
	r.result.Verdict, r.result.Reason, r.result.Started = was.Verdict, was.Reason, was.Started
	if was.Verdict != reports.NotRun && was.Verdict != reports.NotApplicable {
		r.result.Verdict, r.result.Reason = reports.Inconclusive, reports.NoEvidence
	}
	r.result.Observations, r.result.Duration = was.Observations, time.Duration(0)
}
