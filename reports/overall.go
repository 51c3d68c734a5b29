package reports

import (
	"fmt"
	"slices"
	"strings"
)

// Summary is the run in numbers.
type Summary struct {
	Conclusion Conclusion      `json:"conclusion"`
	ExitCode   int             `json:"exit_code"`
	ExitReason string          `json:"exit_reason"`
	Scenarios  map[Verdict]int `json:"scenarios"`    // scenarios by verdict
	Cells      map[Verdict]int `json:"requirements"` // requirement × profile by verdict
	Musts      map[Verdict]int `json:"musts"`        // of these, the MUSTs
}

// The exit codes of a run.
const (
	ExitPass   = 0 // nothing failed
	ExitFailed = 1 // a MUST failed or is unstable, a known failing scenario passed, or a mutant lived
	ExitCannot = 3 // could not run, was cut off, or a MUST is inconclusive
)

// Summarize counts and concludes.
func Summarize(run *Run) Summary { return summarize(run, Matrix(run)) }

func summarize(run *Run, rows []Row) Summary {
	s := Summary{Scenarios: map[Verdict]int{}, Cells: map[Verdict]int{}, Musts: map[Verdict]int{}}
	for i := range run.Scenarios {
		v := run.Scenarios[i].Verdict
		if !v.Valid() {
			v = Error
		}
		s.Scenarios[v]++
	}
	all := map[Verdict]bool{} // of any scenario, for a MUST
	for _, r := range rows {
		for _, c := range r.Cells {
			if c.Verdict == "" {
				continue
			}
			s.Cells[c.Verdict]++
			if c.Level != Must {
				continue
			}
			s.Musts[c.Verdict]++
			all[c.Verdict] = true
			for v := range c.Counts {
				all[v] = true
			}
		}
	}
	s.Conclusion = s.conclude(run, all)
	s.ExitCode, s.ExitReason = s.exit(run, all)
	return s
}

// conclude: a broken MUST settles the matter even if other things went wrong.
func (s *Summary) conclude(run *Run, must map[Verdict]bool) Conclusion {
	switch {
	case must[Fail] || must[Unstable] || must[KnownFailing]:
		return NotConformant
	case run.Error != "" || s.Scenarios[Error] > 0 || s.ran(run) == 0:
		return RunError
	case run.Interrupted || must[Inconclusive] || must[NotRun] || len(must) == 0:
		return Partial
	}
	return Conformant
}

// exit returns the exit code, and its reason in words.
func (s *Summary) exit(run *Run, must map[Verdict]bool) (code int, reason string) {
	switch {
	case must[Fail] || must[Unstable]:
		return ExitFailed, s.Sentence()
	case s.Scenarios[UnexpectedPass] > 0:
		return ExitFailed, plural(s.Scenarios[UnexpectedPass], "scenario") + " passed but listed as known to fail"
	case !run.Mutants.AllCaught():
		return ExitFailed, run.Mutants.String()
	case run.Error != "":
		return ExitCannot, "could not run: " + run.Error
	case s.Scenarios[Error] > 0:
		return ExitCannot, plural(s.Scenarios[Error], "scenario") + " met an error of the harness: " +
			run.firstReason(Error)
	case s.ran(run) == 0:
		return ExitCannot, "nothing was run"
	case run.Interrupted:
		return ExitCannot, "the run was interrupted"
	case must[Inconclusive] || run.lacksEvidence():
		return ExitCannot, plural(s.Scenarios[Inconclusive], "scenario") + " undecided: " +
			run.firstReason(Inconclusive)
	case run.Mutants != nil:
		return ExitPass, run.Mutants.String()
	case must[KnownFailing]:
		return ExitPass, "nothing failed but what is listed as known to fail"
	case s.Conclusion == Conformant:
		return ExitPass, s.Sentence()
	}
	return ExitPass, "no MUST failed: " + s.Sentence()
}

// firstReason is the reason of the first scenario with that verdict.
func (run *Run) firstReason(v Verdict) string {
	for i := range run.Scenarios {
		if run.Scenarios[i].Verdict == v {
			return run.Scenarios[i].saw()
		}
	}
	return "no reason"
}

// ExitLine says the exit code and its reason in one line.
func (s *Summary) ExitLine() string {
	return visible(fmt.Sprintf("exit %d: %s", s.ExitCode, s.ExitReason), false)
}

// lacksEvidence reports whether a scenario cannot be judged for lack of it.
func (run *Run) lacksEvidence() bool {
	return slices.ContainsFunc(run.Scenarios, func(s Scenario) bool {
		return s.Verdict == Inconclusive && s.Reason == NoEvidence
	})
}

// ran is the number of scenarios that were run at all.
func (s *Summary) ran(run *Run) int {
	return len(run.Scenarios) - s.Scenarios[NotRun] - s.Scenarios[NotApplicable]
}

// AllCaught reports whether each mutant was caught and the unmutated run
// passed. No mutants is true.
func (m *Mutants) AllCaught() bool {
	if m == nil {
		return true
	}
	for _, r := range m.Rows {
		if !r.Caught {
			return false
		}
	}
	return m.Unmutated == Pass
}

// Sentence says the conclusion in words: what holds it up, in numbers.
func (s *Summary) Sentence() string {
	var parts []string
	add := func(v Verdict, one, many string) {
		switch n := s.Musts[v]; n {
		case 0:
		case 1:
			parts = append(parts, "1 MUST "+one)
		default:
			parts = append(parts, fmt.Sprintf("%d MUSTs %s", n, many))
		}
	}
	add(Fail, "is broken", "are broken")
	add(Unstable, "is unstable", "are unstable")
	add(KnownFailing, "fails as known", "fail as known")
	add(Error, "met an error of the harness", "met errors of the harness")
	add(Inconclusive, "is undecided", "are undecided")
	add(NotRun, "was not run", "were not run")
	if len(s.Musts) == 0 {
		return "no MUST is scored"
	}
	held := s.Musts[Pass] + s.Musts[Warn] + s.Musts[UnexpectedPass]
	if len(parts) == 0 && held > 0 {
		return fmt.Sprintf("every MUST holds (%d)", held)
	}
	if held == 1 {
		parts = append(parts, "1 holds")
	} else {
		parts = append(parts, fmt.Sprintf("%d hold", held))
	}
	return strings.Join(parts, ", ")
}
