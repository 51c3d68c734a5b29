package suite

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/hookserver"
	"hookproof/internal/identity"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/hooktarget"
	"hookproof/reports"
)

// hookServer starts the default callback server, which goes by a token.
func hookServer(t *testing.T, o hooktarget.Options) func(context.Context, *hook.Profile) (scenario.Target, error) {
	return func(ctx context.Context, p *hook.Profile) (scenario.Target, error) {
		token, err := hookserver.ParseToken("token=Good1")
		if err != nil {
			return nil, err
		}
		srv := hookserver.New(hookserver.Options{Profile: p, Token: token})
		if err := srv.Listen("127.0.0.1:0"); err != nil {
			return nil, err
		}
		t.Cleanup(func() { srv.Close() })
		o.Profile = p
		if o.URLs, err = hook.DefaultURLs(srv.URL()); err != nil {
			return nil, err
		}
		return hooktarget.Open(ctx, o)
	}
}

func tokens(t *testing.T) identity.Set {
	var id identity.Set
	for _, given := range [][2]string{{"accept", "token=Good1"}, {"refuse", "token=bad"}} {
		if err := id.Add(given[0], given[1]); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

// The default callback server conforms: every case passes.
func TestHookServerConforms(t *testing.T) {
	run, err := Run(t.Context(), Options{Role: features.RoleHookServer,
		Open:    hookServer(t, hooktarget.Options{Identities: tokens(t)}),
		Clients: 200, Seed: 1, Selection: ends})
	if err != nil {
		t.Fatal(err)
	}
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		if s.Duration > 300*time.Millisecond {
			t.Logf("%v %s %s", s.Duration, s.ID, s.Profile)
		}
		if s.Requirements[0] == "H-CON-02" {
			// Server, callers and the race detector share this process and a busy
			// machine: the time says nothing here.
			t.Logf("%s %s: %s", s.ID, s.Profile, s.Verdict)
			continue
		}
		if s.Verdict != reports.Pass && s.Verdict != reports.NotApplicable {
			t.Errorf("%s\n%s", reports.FailureText(s, reports.Style{}), s.Reason)
		}
	}
	rejudged(t, run)
}

// rejudged judges the evidence of a run again: the verdicts are the same.
func rejudged(t *testing.T, run *reports.Run) {
	t.Helper()
	run.Target.Kind = reports.TargetHooks
	again, err := Judge(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	for i := range again.Scenarios {
		if a, b := &run.Scenarios[i], &again.Scenarios[i]; a.Verdict != b.Verdict || a.Reason != b.Reason {
			t.Errorf("%s %s: %s (%s), judged again %s (%s)", a.ID, a.Profile, a.Verdict, a.Reason, b.Verdict, b.Reason)
		}
	}
}

// Without identities, with care, and without a URL for an event, scenarios are
// not run, and say why.
func TestHookServerNotRun(t *testing.T) {
	open := hookServer(t, hooktarget.Options{Safe: true, Identities: identity.Set{Accept: tokens(t).Accept}})
	run, err := Run(t.Context(), Options{Role: features.RoleHookServer, Open: open, Clients: 10,
		Selection: Selection{Profiles: []string{"srs6"}, IDs: []string{"H-REJ-01", "H-BAD-02", "H-CON-01",
			"H-RSP-02"}}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"H-REJ-01": "no client is named that on_connect refuses: give -accept",
		"H-BAD-02": "left out by -safe", "H-CON-01": "left out by -safe"}
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		reason := want[s.Requirements[0]]
		if reason != "" && (s.Verdict != reports.NotRun || !strings.HasPrefix(s.Reason, reason)) {
			t.Errorf("%s: %s (%s), want not run: %s", s.ID, s.Verdict, s.Reason, reason)
		}
		if reason == "" && s.Verdict == reports.NotRun {
			t.Errorf("%s: not run (%s)", s.ID, s.Reason)
		}
	}
	rejudged(t, run)
}

// A hook server that dies is noticed: the scenario that ended it fails, and
// what would come after it is not run.
func TestHookServerDies(t *testing.T) {
	var srv *httptest.Server
	srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if bytes.Contains(body, []byte(`\/`)) {
			go srv.CloseClientConnections()
			srv.Listener.Close()
		}
		io.WriteString(w, "0")
	}))
	t.Cleanup(srv.Close)
	run, err := Run(t.Context(), Options{Role: features.RoleHookServer,
		Selection: Selection{Profiles: []string{"srs6"}, IDs: []string{"H-REQ-01"}},
		Open: func(ctx context.Context, p *hook.Profile) (scenario.Target, error) {
			urls, err := hook.DefaultURLs(srv.URL)
			if err != nil {
				return nil, err
			}
			return hooktarget.Open(ctx, hooktarget.Options{Profile: p, URLs: urls, Scale: 0.05})
		}})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[reports.Verdict]int{}
	killer := ""
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		if counts[s.Verdict]++; s.Verdict == reports.Fail {
			killer = s.ID
		}
	}
	if counts[reports.Fail] != 1 || counts[reports.NotRun] == 0 || counts[reports.Pass] == 0 {
		t.Errorf("verdicts: %v", counts)
	}
	for i := range run.Scenarios {
		if s := &run.Scenarios[i]; s.Verdict == reports.NotRun && !strings.Contains(s.Reason, "since "+killer) {
			t.Errorf("%s: not run: %s; %s ended it", s.ID, s.Reason, killer)
		}
	}
	rejudged(t, run)
}
