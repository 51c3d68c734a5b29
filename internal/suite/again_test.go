package suite

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/hooktarget"
	"hookproof/reports"
)

// TestUnstable: what failed is played twice more; it fails if it always does, and is unstable otherwise.
func TestUnstable(t *testing.T) {
	const pass, fail = reports.Pass, reports.Fail
	for _, c := range []struct {
		name     string
		fails    int64 // chunked requests that fail, the first ones
		known    string
		verdict  reports.Verdict
		attempts []reports.Verdict
		reason   string
		exit     int
	}{
		{"never", 0, "", pass, nil, "", 0},
		{"always", 1 << 30, "", fail, []reports.Verdict{fail, fail, fail}, "", 1},
		{"once", 1, "", reports.Unstable, []reports.Verdict{fail, pass, pass}, "failed 1 of 3 times", 1},
		{"twice", 2, "", reports.Unstable, []reports.Verdict{fail, fail, pass}, "failed 2 of 3 times", 1},
		{"listed as flaky, once", 1, "flaky H-NET-01", reports.KnownFailing, []reports.Verdict{fail, pass, pass},
			"failed 1 of 3 times; listed", 0},
		{"listed as flaky, never", 0, "flaky H-NET-01", pass, nil, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var chunked atomic.Int64
			sound := hookHandler(allowing(good))
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.ContentLength < 0 && chunked.Add(1) <= c.fails {
					w.WriteHeader(http.StatusLengthRequired)
					return
				}
				sound.ServeHTTP(w, r)
			}))
			defer srv.Close()
			known, err := ReadKnown("k", strings.NewReader(c.known))
			if err != nil {
				t.Fatal(err)
			}
			run, err := Run(t.Context(), Options{Role: features.RoleHookServer, Repeats: 2, Known: known,
				Selection: Selection{IDs: []string{"H-NET-01"}, Profiles: []string{"srs6"},
					Only: func(c *features.Case) bool { return strings.Contains(c.ID, "chunk") }},
				Open: func(ctx context.Context, p *hook.Profile) (scenario.Target, error) {
					return hooktarget.Open(ctx, hooktarget.Options{Profile: p, Identities: tokens(t),
						URLs: map[hook.Event][]string{hook.OnPublish: {srv.URL}}})
				}})
			if err != nil {
				t.Fatal(err)
			}
			if len(run.Scenarios) != 1 {
				t.Fatalf("want one scenario, got %d", len(run.Scenarios))
			}
			s := &run.Scenarios[0]
			if s.Verdict != c.verdict || !slices.Equal(s.Attempts, c.attempts) || !strings.HasPrefix(s.Reason,
				c.reason) {
				t.Errorf("want %s %v %q, got %s %v %q", c.verdict, c.attempts, c.reason, s.Verdict, s.Attempts,
					s.Reason)
			}
			if got := reports.Summarize(run).ExitCode; got != c.exit {
				t.Errorf("exit code: want %d, got %d", c.exit, got)
			}
			rejudged(t, run)
		})
	}
}
