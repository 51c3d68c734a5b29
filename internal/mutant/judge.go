package mutant

import (
	"fmt"
	"slices"
	"strings"

	"hookproof/features"
	"hookproof/reports"
)

// about gives the requirement that a scenario's result speaks of.
func about(s *reports.Scenario) string {
	if f := s.Failure; f != nil && slices.Contains(s.Requirements, f.Requirement) {
		return f.Requirement
	}
	return s.Requirements[0]
}

// failed reports whether a scenario found a requirement broken or missed.
func failed(s *reports.Scenario) bool { return s.Verdict == reports.Fail || s.Verdict == reports.Warn }

// wrong reports whether a scenario came out as it must not: an error of the
// harness, whatever the defect; else a requirement that is not the row's and
// did not pass. What a hook server's gate keeps from being run, and what does
// not apply to the peer, is not wrong.
func (t *Trial) wrong(s *reports.Scenario) bool {
	switch s.Verdict {
	case reports.Error:
		return true
	case reports.Pass, reports.NotApplicable:
		return false
	case reports.NotRun:
		if t.Row.Peer.Role() == features.RoleHookServer && !t.Row.sound() {
			return false
		}
	}
	return !t.Row.Allows(about(s)) && !t.busy(s)
}

// timing is the requirement of a hook server that goes by the clock alone.
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
		verdicts[about(&s)] = verdicts[about(&s)] || failed(&s) && !t.busy(&s)
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
