package reports

import (
	"fmt"
	"sort"
)

// byTime sorts observations by time and leaves their numbers.
func byTime(obs []Observation) []Observation {
	sort.SliceStable(obs, func(i, j int) bool { return obs[i].T < obs[j].T })
	return obs
}

// renumber makes each observation's number its place, in references too.
func renumber(s *Scenario) {
	to := map[int]int{}
	for i, o := range s.Observations {
		to[o.N] = i
	}
	for i := range s.Observations {
		o := &s.Observations[i]
		o.N = i
		for j := range o.Refs {
			o.Refs[j] = to[o.Refs[j]]
		}
	}
	for i, n := range s.Failure.Evidence {
		s.Failure.Evidence[i] = to[n]
	}
}

// bigRun has n scenarios with their evidence, one in 97 failing.
func bigRun(n int) *Run {
	run := failingRun()
	run.Mutants = nil
	for i := len(run.Scenarios); i < n; i++ {
		q := run.Requirements[i%len(run.Requirements)]
		p := run.Profiles[i/len(run.Requirements)%2]
		if !q.Holds(p) {
			p = "srs6"
		}
		s := sampleScenario(q, p, fmt.Sprintf("client of case %d", i), float64(i)/100)
		if i%97 == 0 {
			s.Verdict = Fail
			s.Steps[2].Status = StepFailed
			s.Failure = &Failure{Expected: "on_unpublish exactly once", Seen: "on_unpublish twice",
				Evidence: []int{18, 20}}
		}
		run.Scenarios = append(run.Scenarios, s)
	}
	return run
}
