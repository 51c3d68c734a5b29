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

// checkLast checks that scenarios of a later turn, @last and then @deadly, began after all of an earlier one had ended.
func checkLast(t *testing.T, all []reports.Scenario) {
	t.Helper()
	turns := []func(tags []string) bool{
		func(tags []string) bool { return !slices.Contains(tags, "last") && !slices.Contains(tags, "deadly") },
		func(tags []string) bool { return slices.Contains(tags, "last") },
		func(tags []string) bool { return slices.Contains(tags, "deadly") },
	}
	over := map[string]time.Time{} // by profile
	for n, in := range turns {
		var latest []reports.Scenario
		for _, s := range all {
			if !in(s.Tags) {
				continue
			}
			latest = append(latest, s)
			if s.Started.Before(over[s.Profile]) {
				t.Errorf("%s, %s: began at %v in turn %d, one of an earlier turn ended at %v", s.Profile, s.ID,
					s.Started, n, over[s.Profile])
			}
		}
		if len(latest) == 0 {
			t.Errorf("no scenario of turn %d", n)
		}
		for _, s := range latest {
			if end := s.Started.Add(s.Duration); end.After(over[s.Profile]) {
				over[s.Profile] = end
			}
		}
	}
}

// ends are the oldest and the newest profile: under the race detector those between them, which have the same code,
// would take minutes. The command runs all.
var ends = Selection{Profiles: []string{hook.SRS1.Name, hook.SRS7.Name}}

// The built-in server conforms: every case passes.
func TestBuiltInServerConforms(t *testing.T) {
	run, err := Run(t.Context(), Options{Role: features.RoleServer, Open: builtIn, SideBySide: true, Clients: 50,
		Seed: 1, Selection: ends})
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
