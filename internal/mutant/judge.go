package mutant

import (
	"fmt"
	"slices"
	"strings"

	"hookproof/features"
	"hookproof/reports"
)

// about returns the requirement that a scenario's result is about.
func about(s *reports.Scenario) string {
	if f := s.Failure; f != nil && slices.Contains(s.Requirements, f.Requirement) {
		return f.Requirement
	}
	return s.Requirements[0]
}

// failed reports whether a scenario found a requirement broken or missed.
func failed(s *reports.Scenario) bool { return s.Verdict == reports.Fail || s.Verdict == reports.Warn }

// wrong reports whether a scenario came out as it must not: an error of the
// harness, whatever the difference; a requirement that was judged and must not
// be; one that was not judged for another reason than what must fail; else one
// that failed and is not the row's.
func (t *Trial) wrong(s *reports.Scenario) bool {
	id := about(s)
	switch {
	case s.Verdict == reports.Error:
		return true
	case s.Verdict == reports.NotApplicable || t.busy(s):
		return false
	case matches(t.Row.NotRun, id):
		return s.Verdict != reports.NotRun
	case s.Verdict == reports.NotRun:
		return !slices.ContainsFunc(t.Row.Expected, func(id string) bool { return strings.Contains(s.Reason, id) }) &&
			!t.Row.Allows(id)
	}
	return s.Verdict != reports.Pass && !t.Row.Allows(id)
}

// headless reports whether the run's headline lacks what the row asks for, or a
// variant's has one that it does not ask for.
func (t *Trial) headless() bool {
	return !strings.Contains(t.headline, t.Row.Headline) || t.Row.Variant && t.Row.Headline == "" && t.headline != ""
}

// timing is the requirement of a hook server that depends on the clock alone.
// Trials run side by side, on what the machine has left: it counts where it is
// expected.
const timing = "H-CON-02"

func (t *Trial) busy(s *reports.Scenario) bool { return about(s) == timing && !t.must(timing) }

// judge compares what failed with what must.
func (t *Trial) judge() {
	verdicts := map[string]bool{} // whether it failed, by id
	var wrong []string
	for _, id := range t.order {
		s := t.results[id]
		if s.Verdict != reports.NotRun && s.Verdict != reports.NotApplicable {
			verdicts[about(&s)] = verdicts[about(&s)] || failed(&s) && !t.busy(&s)
		}
		if t.wrong(&s) {
			wrong = append(wrong, fmt.Sprintf("%s: %s", s.ID, why(&s)))
		}
	}
	t.Failed, t.Passed, t.Detail = nil, nil, ""
	for id, bad := range verdicts {
		if bad {
			t.Failed = append(t.Failed, id)
		} else {
			t.Passed = append(t.Passed, id)
		}
	}
	slices.Sort(t.Failed)
	slices.Sort(t.Passed)
	if t.headless() {
		wrong = append(wrong, fmt.Sprintf("headline: want %q, got %q", t.Row.Headline, t.headline))
	}
	if missed := t.missed(); len(missed) > 0 {
		wrong = append([]string{"did not fail: " + strings.Join(missed, " ")}, wrong...)
	}
	t.Caught, t.Detail = len(wrong) == 0, summary(wrong)
}

// missed lists the requirements of the profile that must fail and did not.
func (t *Trial) missed() []string {
	var all []string
	for _, id := range t.Row.Expected {
		if r := features.Requirement(id); r != nil && r.Holds(t.Profile.Name) && !slices.Contains(t.Failed, id) {
			all = append(all, id)
		}
	}
	return all
}

// why says in one line why a scenario did not pass.
func why(s *reports.Scenario) string {
	text := string(s.Verdict)
	if s.Reason != "" {
		text += ", " + s.Reason
	}
	if f := s.Failure; f != nil {
		text += fmt.Sprintf(", expected %s; seen %s", f.Expected, f.Seen)
	}
	text, _, _ = strings.Cut(text, "\n")
	return text
}

// shown is how many wrong results a trial lists.
const shown = 6

func summary(wrong []string) string {
	if n := len(wrong); n > shown {
		wrong = append(wrong[:shown:shown], fmt.Sprintf("and %d more", n-shown))
	}
	return strings.Join(wrong, "; ")
}
