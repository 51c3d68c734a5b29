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

// heading gives a run's: its conclusion, or, of a run of mutants, which is
// about the suite and not about a server, how many were caught.
func (s *Summary) heading(run *Run) heading {
	m := run.Mutants
	switch {
	case run.Error != "":
		return heading{As: s.Conclusion, Words: "could not run", Sentence: run.Error}
	case m == nil:
		return heading{As: s.Conclusion, Words: string(s.Conclusion) + run.Target.covering(), Sentence: s.Sentence()}
	}
	h := heading{As: Conformant, Words: fmt.Sprintf("%d of %d mutants caught", m.Caught(), len(m.Rows)),
		Sentence: fmt.Sprintf("without a defect: %s", m.Unmutated)}
	if len(run.Scenarios) > 0 {
		h.Sentence = "without a defect " + s.Sentence()
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
		h.Sentence = "alive: " + strings.Join(lived, ", ") + "; " + h.Sentence
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

// Caught counts the mutants that were.
func (m *Mutants) Caught() int {
	n := 0
	for _, r := range m.Rows {
		if r.Caught {
			n++
		}
	}
	return n
}
