package suite

import (
	"context"
	"testing"

	"go.uber.org/goleak"

	"hookproof/features"
	"hookproof/internal/hook"
	"hookproof/internal/stage"
	"hookproof/reports"
)

func TestMain(m *testing.M) {
	stage.ServeAsChild()
	goleak.VerifyTestMain(m)
}

func builtIn(_ context.Context, p *hook.Profile) (*stage.Target, error) {
	return stage.BuiltIn(stage.BuiltInOptions{Profile: p, Nonce: "t"})
}

// The built-in server conforms: every case of every profile passes.
func TestBuiltInServerConforms(t *testing.T) {
	run, err := Run(t.Context(), Options{Role: features.RoleServer, Open: builtIn, SideBySide: true, Clients: 50, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	again, err := Judge(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	for i := range again.Scenarios {
		if a, b := &again.Scenarios[i], &run.Scenarios[i]; a.Verdict != b.Verdict || a.ID != b.ID {
			t.Errorf("%s was %s; judged again from its evidence it is %s:\n%s", b.ID, b.Verdict, a.Verdict, reports.FailureText(a, reports.Style{}))
		}
	}
	for i := range run.Scenarios {
		if s := &run.Scenarios[i]; s.Verdict != reports.Pass {
			t.Errorf("%s", reports.FailureText(s, reports.Style{}))
		}
	}
}
