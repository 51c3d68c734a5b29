package reports

import (
	"fmt"
	"strings"
)

// A heading is what a report begins with.
type heading struct {
	As       Conclusion // whose sign and colour it has
	Words    string
	Sentence string
}

// heading returns a run's: its conclusion, or, of a run of mutants, which is
// about the suite and not about a server, how many were caught.
func (s *Summary) heading(run *Run) heading {
	m := run.Mutants
	switch {
	case run.Error != "":
		return heading{As: s.Conclusion, Words: "could not run", Sentence: run.Error}
	case m == nil:
		return heading{As: s.Conclusion, Words: string(s.Conclusion) + run.Target.covering(), Sentence: s.Sentence()}
	}
	h := heading{As: Conformant, Words: m.Counts(), Sentence: fmt.Sprintf("without a difference: %s", m.Unmutated)}
	if len(run.Scenarios) > 0 {
		h.Sentence = "without a difference " + s.Sentence()
	}
	switch {
	case !m.AllCaught():
		h.As = NotConformant
	case run.Interrupted:
		h.As = Partial
	}
	var lived []string
	for _, r := range m.Rows {
		if !r.Caught {
			lived = append(lived, strings.TrimSpace(r.Name+" "+r.Profile))
		}
	}
	if n := len(lived); n > mostNamed {
		lived = append(lived[:mostNamed:mostNamed], fmt.Sprintf("and %d more", n-mostNamed))
	}
	if len(lived) > 0 {
		h.Sentence = "not as they must be: " + strings.Join(lived, ", ") + "; " + h.Sentence
	}
	return h
}

// covering names the events that the verdict speaks of; "" where it speaks of all.
func (t *Target) covering() string {
	if len(t.Covers) == 0 {
		return ""
	}
	return " for " + strings.Join(t.Covers, ", ")
}

// mostNamed is how many mutants a heading names.
const mostNamed = 10

// Caught counts the rows that came out as they must: mutants that were caught,
// and variants that were not accused.
func (m *Mutants) Caught() int {
	n := 0
	for _, r := range m.Rows {
		if r.Caught {
			n++
		}
	}
	return n
}

// Counts says how many mutants were caught and variants let be.
func (m *Mutants) Counts() string {
	var caught, mutants, let, variants int
	for _, r := range m.Rows {
		n := 0
		if r.Caught {
			n = 1
		}
		if r.Variant {
			variants, let = variants+1, let+n
		} else {
			mutants, caught = mutants+1, caught+n
		}
	}
	text := fmt.Sprintf("%d of %d mutants caught", caught, mutants)
	if variants > 0 {
		text += fmt.Sprintf(", %d of %d variants not accused", let, variants)
	}
	return text
}

// String counts the rows, and says how it went without a difference.
func (m *Mutants) String() string {
	return fmt.Sprintf("%s; without a difference: %s", m.Counts(), m.Unmutated)
}
