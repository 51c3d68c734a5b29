package mutantrun

import (
	"slices"

	"hookproof/features"
	"hookproof/internal/stage"
)

// Tags of cases that are left out: those that wait long, unless the mutant's
// defect shows only there, and those of a server of the scenario's own, which
// has no proxies around it.
const (
	slow = "slow"
	own  = string(stage.CanRestart)
	size = string(stage.ShowsMemory)
)

// choose gives the ids of the cases that a trial runs: of the requirements
// that must fail all of them, since any may be the one that shows the defect;
// of each other requirement the first and the last, which are of different
// scenarios where there are several. Without a defect it is all of them.
func (t *Trial) choose(cases []features.Case, every bool) map[string]bool {
	chosen, last := map[string]bool{}, map[string]string{}
	for i := range cases {
		c := &cases[i]
		if c.Profile != t.Profile.Name || c.Has(own) || c.Has(size) {
			continue
		}
		mine := slices.ContainsFunc(c.Requirements, t.must)
		id := c.Requirements[0]
		switch {
		case c.Has(slow):
			if mine && t.Mutant.Slow {
				chosen[c.ID] = true
			}
		case mine, every, t.unmutated(), last[id] == "":
			chosen[c.ID] = true
		}
		if !c.Has(slow) {
			last[id] = c.ID
		}
	}
	for _, id := range last {
		chosen[id] = true
	}
	return chosen
}

// doubtful gives the ids of the cases that came out wrong: those of a
// requirement that must fail and did not, and those of others that did not pass.
func (t *Trial) doubtful(cases []features.Case) map[string]bool {
	all := map[string]bool{}
	for i := range cases {
		c := &cases[i]
		s, ran := t.results[c.ID]
		if !ran || c.Profile != t.Profile.Name {
			continue
		}
		id := about(&s)
		if t.must(id) && !slices.Contains(t.Failed, id) || t.wrong(&s) {
			all[c.ID] = true
		}
	}
	return all
}
