package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Group is the scenarios that did not pass for one cause. It is shown once,
// as its first scenario.
type Group struct {
	*Scenario
	Index int   // of the first in Run.Scenarios
	More  []int // those alike, likewise
}

// Groups lists what did not pass, one cause one group: the worst verdict first,
// then in the order of the catalogue.
func Groups(run *Run) []Group {
	place := map[string]int{}
	for i, q := range run.Requirements {
		place[q.ID] = i
	}
	var groups []Group
	at := map[string]int{}
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		if !s.wants() {
			continue
		}
		key := s.cause()
		g, known := at[key]
		if !known {
			at[key] = len(groups)
			groups = append(groups, Group{Scenario: s, Index: i})
			continue
		}
		groups[g].More = append(groups[g].More, i)
	}
	slices.SortStableFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(a.Verdict.rank(), b.Verdict.rank()), cmp.Compare(place[a.named()], place[b.named()]))
	})
	return groups
}

// cause is equal for scenarios that failed for the same cause: the one that the
// checks name, else that the same was expected for the same requirement.
func (s *Scenario) cause() string {
	parts := []string{string(s.Verdict), s.Cause}
	if s.Cause == "" {
		parts = append(parts, s.broken(), s.Reason)
		if s.Failure != nil {
			parts = append(parts, s.Failure.Expected)
		}
	}
	return strings.Join(parts, "\x00")
}

// named is the first requirement that a scenario that did not pass speaks of.
func (s *Scenario) named() string {
	id, _, _ := strings.Cut(s.broken(), " ")
	return id
}

// saw is what was seen of a scenario that did not pass.
func (s *Scenario) saw() string {
	if s.Failure != nil {
		return cmp.Or(s.Failure.Seen, s.Reason)
	}
	if s.Reason != "" {
		return s.Reason
	}
	return s.stepError()
}

// stepError is the error of the first step that has one.
func (s *Scenario) stepError() string {
	for _, st := range s.Steps {
		if st.Error != "" {
			return st.Error
		}
	}
	return ""
}

// mostAlike is how many scenarios of a group a list of text names.
const mostAlike = 5

// alike names the other scenarios of a group in a line; "" for a group of one.
func (g *Group) alike(run *Run) string {
	if len(g.More) == 0 {
		return ""
	}
	var names []string
	for _, i := range g.More[:min(len(g.More), mostAlike)] {
		s := &run.Scenarios[i]
		name := s.Title()
		if s.broken() != g.broken() {
			name = s.broken() + " " + name
		}
		if len(run.Profiles) > 1 {
			name = s.Profile + " " + name
		}
		names = append(names, name)
	}
	if n := len(g.More) - mostAlike; n > 0 {
		names = append(names, "…")
	}
	return fmt.Sprintf("%d more alike: %s", len(g.More), strings.Join(names, "; "))
}

// A Skipped is a reason for which scenarios were not run, or not applicable.
type Skipped struct {
	Verdict Verdict
	Reason  string
	Count   int
	IDs     []string // of their requirements, each once
}

// Skips lists the reasons, each once, in the order of the scenarios.
func Skips(run *Run) []Skipped {
	var all []Skipped
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		if s.Verdict != NotRun && s.Verdict != NotApplicable {
			continue
		}
		at := slices.IndexFunc(all, func(k Skipped) bool { return k.Verdict == s.Verdict && k.Reason == s.Reason })
		if at < 0 {
			at = len(all)
			all = append(all, Skipped{Verdict: s.Verdict, Reason: s.Reason})
		}
		k := &all[at]
		k.Count++
		for _, id := range s.Requirements {
			if !slices.Contains(k.IDs, id) {
				k.IDs = append(k.IDs, id)
			}
		}
	}
	return all
}

// Words is the reason in a line, without its verdict.
func (k *Skipped) Words() string {
	return fmt.Sprintf("%s: %s (%s)", plural(k.Count, "scenario"), cmp.Or(k.Reason, "no reason"),
		strings.Join(k.IDs, " "))
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
