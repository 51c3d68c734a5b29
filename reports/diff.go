package reports

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"hookproof/internal/redact"
)

// Change is a requirement in one profile whose verdict, or that of one of its
// scenarios, differs between two runs; "" is a verdict that a run does not have.
type Change struct {
	Requirement string
	Profile     string
	Level       Level
	Before      Verdict
	After       Verdict
	Scenarios   []ScenarioChange
}

// ScenarioChange is a scenario whose verdict differs between two runs.
type ScenarioChange struct {
	ID            string
	Before, After Verdict
}

// otherSets says that two runs are of different sets of requirements; "" otherwise.
func otherSets(a, b *Run) string {
	if a.RequirementSet == b.RequirementSet {
		return ""
	}
	return fmt.Sprintf("The requirements are those of %s, then of %s: a change may be theirs.\n",
		cmp.Or(a.RequirementSet, "an older set"), cmp.Or(b.RequirementSet, "an older set"))
}

// Worse reports whether the requirement or one of its scenarios came off worse:
// from a verdict to one that comes before it in Verdicts.
func (c Change) Worse() bool {
	return gotWorse(c.Before, c.After) || slices.ContainsFunc(c.Scenarios, ScenarioChange.Worse)
}

// Worse reports whether the scenario came off worse.
func (c ScenarioChange) Worse() bool { return gotWorse(c.Before, c.After) }

func gotWorse(before, after Verdict) bool {
	return after != "" && (before == "" && after != Pass || before != "" && after.rank() < before.rank())
}

// cellKey names a requirement in one profile.
type cellKey struct{ id, profile string }

// Diff lists which requirements changed from run a to run b, and which of their
// scenarios: b's rows in b's order, then those that only a has.
func Diff(a, b *Run) []Change {
	type key = cellKey
	scenarios := scenarioChanges(a, b)
	before := map[key]Cell{}
	rowsA := Matrix(a)
	for _, r := range rowsA {
		for _, c := range r.Cells {
			before[key{r.ID, c.Profile}] = c
		}
	}
	var out []Change
	for _, r := range Matrix(b) {
		for _, c := range r.Cells {
			k := key{r.ID, c.Profile}
			if old := before[k]; old.Verdict != c.Verdict || len(scenarios[k]) > 0 {
				level := c.Level
				if level == "" {
					level = old.Level
				}
				out = append(out, Change{r.ID, c.Profile, level, old.Verdict, c.Verdict, scenarios[k]})
			}
			delete(before, k)
		}
	}
	for _, r := range rowsA {
		for _, c := range r.Cells {
			if _, left := before[key{r.ID, c.Profile}]; left && c.Verdict != "" {
				out = append(out, Change{r.ID, c.Profile, c.Level, c.Verdict, "", nil})
			}
		}
	}
	return out
}

// scenarioChanges lists the scenarios that both runs have, or b alone, and whose
// verdict changed, by the requirement that they are of first.
func scenarioChanges(a, b *Run) map[cellKey][]ScenarioChange {
	type key struct{ id, profile string }
	before := map[key]Verdict{}
	for i := range a.Scenarios {
		before[key{a.Scenarios[i].ID, a.Scenarios[i].Profile}] = a.Scenarios[i].Verdict
	}
	all := map[cellKey][]ScenarioChange{}
	for i := range b.Scenarios {
		s := &b.Scenarios[i]
		if was := before[key{s.ID, s.Profile}]; was != s.Verdict && len(s.Requirements) > 0 {
			of := cellKey{s.Requirements[0], s.Profile}
			all[of] = append(all[of], ScenarioChange{s.ID, was, s.Verdict})
		}
	}
	return all
}

// WriteDiff renders the difference of two runs: first the conclusions, then a
// line for each changed requirement and scenario, those for the worse marked.
func WriteDiff(w io.Writer, a, b *Run) error {
	sa, sb := Summarize(a), Summarize(b)
	var t strings.Builder
	t.WriteString(otherSets(a, b))
	if sa.Conclusion == sb.Conclusion {
		fmt.Fprintf(&t, "conclusion: %s, as before\n", sb.Conclusion)
	} else {
		fmt.Fprintf(&t, "conclusion: %s -> %s\n", sa.Conclusion, sb.Conclusion)
	}
	changes := Diff(a, b)
	if len(changes) == 0 {
		t.WriteString("no requirement and no scenario changed its verdict\n")
	}
	sentence := map[string]string{}
	for _, r := range []*Run{a, b} {
		for _, q := range r.Requirements {
			sentence[q.ID] = q.Sentence
		}
	}
	for _, c := range changes {
		c.write(&t, sentence[c.Requirement])
	}
	return printLines(w, t.String())
}

// write writes the line of a requirement, and those of its scenarios.
func (c *Change) write(t *strings.Builder, sentence string) {
	fmt.Fprintf(t, "%s %-9s %-5s %-6s %s  %s\n", mark(c.Worse()), visible(c.Requirement, false),
		visible(c.Profile, false), visible(strings.ToUpper(string(c.Level)), false), arrow(c.Before, c.After),
		visible(redact.Clip(sentence, 80), false))
	for _, s := range c.Scenarios {
		fmt.Fprintf(t, "%s   %s  %s\n", mark(s.Worse()), arrow(s.Before, s.After), visible(s.ID, false))
	}
}

// mark marks what came off worse.
func mark(worse bool) string {
	if worse {
		return "!"
	}
	return " "
}

func arrow(before, after Verdict) string {
	if before == after {
		return orNone(after) + ", as before"
	}
	return orNone(before) + " -> " + orNone(after)
}

func orNone(v Verdict) string {
	if v == "" {
		return "(none)"
	}
	return string(v)
}
