package rtmpdefect

import (
	"context"
	"testing"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/internal/suite"
	"hookproof/reports"
)

// What 100 clients leave behind need not be much to be seen: the memory of the
// server is looked at until it decides.
func TestSmallLeak(t *testing.T) {
	for _, c := range []struct {
		leak leak // bytes per client
		want reports.Verdict
	}{{0, reports.Pass}, {16 << 10, reports.Fail}} {
		run, err := suite.Run(t.Context(), suite.Options{Role: features.RoleServer, Clients: 100,
			Selection: suite.Selection{Profiles: []string{"srs6"},
				Only: func(k *features.Case) bool { return k.Has(string(rtmptarget.ShowsMemory)) }},
			Open: func(ctx context.Context, p *hook.Profile) (scenario.Target, error) {
				return c.leak.Open(ctx, p, 1)
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range run.Scenarios {
			if s.Verdict != c.want {
				t.Errorf("%d bytes per client: %s", c.leak, reports.FailureText(&s, reports.Style{}))
			}
		}
		if len(run.Scenarios) != 1 {
			t.Errorf("%d scenarios, want 1", len(run.Scenarios))
		}
	}
}
