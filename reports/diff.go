package reports

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"hookproof/internal/redact"
)

// Change is a requirement in one profile whose verdict differs between two
// runs; "" is a verdict that a run does not have.
type Change struct {
	Requirement string
	Profile     string
	Level       Level
	Before      Verdict
	After       Verdict
}

// otherSets says that two runs are of different sets of requirements; "" otherwise.
func otherSets(a, b *Run) string {
	if a.RequirementSet == b.RequirementSet {
		return ""
	}
	return fmt.Sprintf("The requirements are those of %s, then of %s: a change may be theirs.\n",
		cmp.Or(a.RequirementSet, "an older set"), cmp.Or(b.RequirementSet, "an older set"))
}

// Worse reports whether the change is for the worse: from a verdict to one that
// comes before it in Verdicts.
func (c Change) Worse() bool {
	return c.After != "" && (c.Before == "" && c.After != Pass || c.Before != "" && c.After.rank() < c.Before.rank())
}

// Diff lists which requirements changed verdict from run a to run b: b's rows in
// b's order, then those that only a has.
func Diff(a, b *Run) []Change {
	type key struct{ id, profile string }
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
			if old := before[k]; old.Verdict != c.Verdict {
				level := c.Level
				if level == "" {
					level = old.Level
				}
				out = append(out, Change{r.ID, c.Profile, level, old.Verdict, c.Verdict})
			}
			delete(before, k)
		}
	}
	for _, r := range rowsA {
		for _, c := range r.Cells {
			if _, left := before[key{r.ID, c.Profile}]; left && c.Verdict != "" {
				out = append(out, Change{r.ID, c.Profile, c.Level, c.Verdict, ""})
			}
		}
	}
	return out
}

// WriteDiff renders the difference of two runs: first the conclusions, then a
// line for each changed requirement, those for the worse marked.
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
		t.WriteString("no requirement changed its verdict\n")
	}
	sentence := map[string]string{}
	for _, r := range []*Run{a, b} {
		for _, q := range r.Requirements {
			sentence[q.ID] = q.Sentence
		}
	}
	for _, c := range changes {
		mark := " "
		if c.Worse() {
			mark = "!"
		}
		fmt.Fprintf(&t, "%s %-9s %-5s %-6s %s -> %s  %s\n", mark, visible(c.Requirement, false),
			visible(c.Profile, false),
			visible(strings.ToUpper(string(c.Level)), false),
			orNone(c.Before), orNone(c.After), visible(redact.Clip(sentence[c.Requirement], 80), false))
	}
	return printLines(w, t.String())
}

func orNone(v Verdict) string {
	if v == "" {
		return "(none)"
	}
	return string(v)
}
