package suite

import (
	"context"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/reports"
)

func TestMain(m *testing.M) {
	rtmptarget.ServeAsChild()
	goleak.VerifyTestMain(m)
}

func builtIn(_ context.Context, p *hook.Profile) (scenario.Target, error) {
	return rtmptarget.BuiltIn(rtmptarget.BuiltInOptions{Profile: p, Nonce: "t"})
}

// checkLast checks that what looks back at the run of a profile began when all
// else was over but what may end the server.
func checkLast(t *testing.T, all []reports.Scenario) {
	t.Helper()
	ends, last := map[string]time.Time{}, map[string]time.Time{}
	for i := range all {
		s := &all[i]
		if slices.Contains(s.Tags, "last") {
			last[s.Profile] = s.Started
		} else if end := s.Started.Add(s.Duration); end.After(ends[s.Profile]) && !slices.Contains(s.Tags, "deadly") {
			ends[s.Profile] = end
		}
	}
	for p := range ends {
		if last[p].IsZero() || last[p].Before(ends[p]) {
			t.Errorf("%s: the last scenario began at %v, another ended at %v", p, last[p], ends[p])
		}
	}
}

// The built-in server conforms: every case of every profile passes.
func TestBuiltInServerConforms(t *testing.T) {
	run, err := Run(t.Context(), Options{Role: features.RoleServer, Open: builtIn, SideBySide: true, Clients: 50,
		Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	again, err := Judge(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	for i := range again.Scenarios {
		if a, b := &again.Scenarios[i], &run.Scenarios[i]; a.Verdict != b.Verdict || a.ID != b.ID {
			t.Errorf("%s was %s; judged again from its evidence it is %s:\n%s", b.ID, b.Verdict, a.Verdict,
				reports.FailureText(a, reports.Style{}))
		}
	}
	for i := range run.Scenarios {
		if s := &run.Scenarios[i]; s.Verdict != reports.Pass {
			t.Errorf("%s", reports.FailureText(s, reports.Style{}))
		}
	}
	checkLast(t, run.Scenarios)
}
