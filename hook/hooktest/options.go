package hooktest

import (
	"fmt"
	"strings"
	"testing"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/suite"
	"hookproof/reports"
)

// Option changes how TestHookServer and TestRTMPServer run.
type Option func(*settings)

type settings struct {
	profile *hook.Profile
	only    []string
	skipped map[string]string // why, by requirement
	known   []string          // entries of a list of what is known to fail
	clients int
	scale   float64
	report  string
}

// Profile says by which profile the software is tested; the default is
// [hook.SRS7].
func Profile(p *hook.Profile) Option { return func(s *settings) { s.profile = p } }

// Only runs the scenarios of these requirements (S-ANS-04). Without it all of
// the role are run; go test's -run filters what is reported, not what is run.
func Only(ids ...string) Option { return func(s *settings) { s.only = append(s.only, ids...) } }

// Skip leaves out the scenarios of a requirement; their subtests are skipped
// and say why.
func Skip(id, why string) Option { return func(s *settings) { s.skipped[id] = why } }

// KnownFailing lists what is known to fail: requirements, scenarios with * for
// any text, and after the word flaky what may pass as well. What fails of it is
// logged, and an entry of which all passes fails the test, so that the list stays true.
func KnownFailing(entries ...string) Option {
	return func(s *settings) { s.known = append(s.known, entries...) }
}

// TimeoutScale multiplies all time-outs: above 1 for slow machines.
func TimeoutScale(factor float64) Option { return func(s *settings) { s.scale = factor } }

// Clients says how many clients a crowd has; the default is 200.
func Clients(n int) Option { return func(s *settings) { s.clients = n } }

// ReportTo writes the report (HTML, JSON, JUnit, Markdown, and the evidence)
// into a directory, which is made if it does not exist.
func ReportTo(dir string) Option { return func(s *settings) { s.report = dir } }

// options returns the suite's options, and the reports of scenarios that are
// left out.
func options(t *testing.T, role string, all []Option) (suite.Options, *settings) {
	t.Helper()
	s := &settings{profile: hook.SRS7, skipped: map[string]string{}}
	for _, o := range all {
		o(s)
	}
	for id := range s.skipped {
		if features.Requirement(id) == nil {
			t.Fatalf("hooktest: Skip(%q): want a requirement's id", id)
		}
	}
	known, err := suite.ReadKnown("KnownFailing", strings.NewReader(strings.Join(s.known, "\n")))
	if err != nil {
		t.Fatalf("hooktest: %v", err)
	}
	return suite.Options{
		Role: role, Known: known, Repeats: suite.ForeignRepeats, Clients: s.clients, Scale: s.scale, Seed: 1,
		Selection: suite.Selection{Profiles: []string{s.profile.Name}, IDs: s.only, Only: s.wanted},
	}, s
}

// wanted reports whether no requirement of a case is skipped.
func (s *settings) wanted(c *features.Case) bool { return s.why(c.Requirements) == "" }

// why says for what reason scenarios of these requirements are skipped.
func (s *settings) why(requirements []string) string {
	for _, id := range requirements {
		if why, ok := s.skipped[id]; ok {
			return fmt.Sprintf("%s: %s", id, why)
		}
	}
	return ""
}

// run runs the suite and makes a subtest of each scenario.
func run(t *testing.T, o suite.Options, s *settings, target reports.Target) {
	t.Helper()
	result, err := suite.Run(t.Context(), o)
	if err != nil {
		t.Fatalf("hooktest: the suite could not be run: %v", err)
	}
	result.Target = target
	if s.report != "" {
		if err := reports.Write(s.report, result); err != nil {
			t.Errorf("hooktest: report: %v", err)
		}
	}
	for i := range result.Scenarios {
		one := &result.Scenarios[i]
		t.Run(one.ID, func(t *testing.T) { tell(t, one) })
	}
	for id, why := range s.skipped {
		t.Run(id, func(t *testing.T) { t.Skip(why) })
	}
}

// tell makes the verdict of a scenario that of its subtest.
func tell(t *testing.T, s *reports.Scenario) {
	t.Helper()
	switch text := reports.FailureText(s, reports.Style{}); s.Verdict {
	case reports.Pass:
	case reports.NotRun, reports.NotApplicable:
		t.Skip(s.Reason)
	case reports.Warn, reports.KnownFailing:
		t.Log(text)
	default:
		t.Errorf("%s\n%s", text, s.Reason)
	}
}
