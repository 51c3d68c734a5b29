package reports

import "testing"

// A run of mutants is headed by what became of them, any other by its
// conclusion.
func TestHeading(t *testing.T) {
	plain := func(m *Mutants, v Verdict) *Run {
		r := run2(func(*Run) {}, v, v)
		r.Mutants = m
		return r
	}
	covering := run2(nil, Pass, NotApplicable)
	covering.Target.Covers = []string{"on_publish", "on_unpublish"}
	many := &Mutants{Unmutated: Pass}
	for range mostNamed + 2 {
		many.Rows = append(many.Rows, Mutant{Name: "m", Profile: "srs1"})
	}
	for _, c := range []struct {
		name, words, sentence string
		run                   *Run
		as                    Conclusion
	}{
		{"no mutants", "conformant", "every MUST holds (1)", plain(nil, Pass), Conformant},
		{"some events", "conformant for on_publish, on_unpublish", "every MUST holds (1)", covering, Conformant},
		{"all caught", "1 of 1 mutants caught", "without a difference every MUST holds (1)",
			plain(&Mutants{Unmutated: Pass, Rows: []Mutant{{Caught: true}}}, Pass), Conformant},
		{"one lived", "0 of 1 mutants caught", "not as they must be: x srs6; without a difference every MUST holds (1)",
			plain(&Mutants{Unmutated: Pass, Rows: []Mutant{{Name: "x", Profile: "srs6"}}}, Pass), NotConformant},
		{"fails without a difference", "1 of 1 mutants caught", "without a difference 1 MUST is broken, 0 hold",
			plain(&Mutants{Unmutated: Fail, Rows: []Mutant{{Caught: true}}}, Fail), NotConformant},
		{"no scenarios", "1 of 1 mutants caught", "without a difference: pass",
			&Run{Mutants: &Mutants{Unmutated: Pass, Rows: []Mutant{{Caught: true}}}}, Conformant},
		{"many lived", "0 of 12 mutants caught",
			"not as they must be: m srs1, m srs1, m srs1, m srs1, m srs1, m srs1, m srs1, m srs1, m srs1, m srs1, " +
				"and 2 more; without a difference every MUST holds (1)", plain(many, Pass), NotConformant},
	} {
		sum := Summarize(c.run)
		if got := sum.heading(c.run); got.Words != c.words || got.Sentence != c.sentence || got.As != c.as {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}
