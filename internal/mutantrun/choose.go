package mutantrun

import (
	"hash/fnv"
	"io"
	"slices"
	"strings"

	"hookproof/features"
	"hookproof/internal/scenario/rtmptarget"
)

// Tags of cases that cost much: those that wait long, and those of a server of
// the scenario's own. Only mutants whose defect may show there face them.
const (
	slow = "slow"
	last = "last" // looks back at what the others brought about
	own  = string(rtmptarget.CanRestart)
	size = string(rtmptarget.ShowsMemory)
)

// choose gives the ids of the cases that a trial runs: of the requirements
// that must fail all of them, since any may be the one that shows the defect;
// of each other requirement one, another one for each mutant, and none of those
// that cost much. Without a defect it is all of them.
func (t *Trial) choose(cases []features.Case, every bool) map[string]bool {
	chosen, others := map[string]bool{}, map[string][]string{}
	for i := range cases {
		c := &cases[i]
		mine := slices.ContainsFunc(c.Requirements, t.must)
		switch {
		case c.Profile != t.Profile.Name:
		case every || t.unmutated():
			chosen[c.ID] = true
		case c.Has(size) && t.Mutant.Leak == 0 || c.Has(slow) && !t.Mutant.Slow:
		case mine:
			chosen[c.ID] = true
		case !c.Has(own) && !c.Has(size) && !c.Has(slow):
			others[c.Requirements[0]] = append(others[c.Requirements[0]], c.ID)
		}
	}
	for id, of := range others {
		h := fnv.New32a()
		io.WriteString(h, t.Mutant.Name+id)
		chosen[of[h.Sum32()%uint32(len(of))]] = true
	}
	return chosen
}

// crowd is the size of crowds for the trial: what is not about load only has
// to see that load still works.
func (t *Trial) crowd(o *Options) int {
	if t.unmutated() || slices.ContainsFunc(t.Mutant.Expected, func(id string) bool { return strings.HasPrefix(id, "S-CON-") }) {
		return o.Clients
	}
	return min(o.Clients, smallCrowd)
}

// smallCrowd is more than one client, and few enough to cost nothing.
const smallCrowd = 8

// doubtful gives the ids of the cases that came out wrong: those of a
// requirement that must fail and did not, and those of others that did not pass.
// One that looks back at the others cannot be looked at without them.
func (t *Trial) doubtful(cases []features.Case) map[string]bool {
	all, everything := map[string]bool{}, false
	for i := range cases {
		c := &cases[i]
		s, ran := t.results[c.ID]
		if !ran || c.Profile != t.Profile.Name {
			continue
		}
		id := about(&s)
		if t.must(id) && !slices.Contains(t.Failed, id) || t.wrong(&s) {
			all[c.ID] = true
			everything = everything || c.Has(last)
		}
	}
	if everything {
		for _, id := range t.order {
			all[id] = true
		}
	}
	return all
}
