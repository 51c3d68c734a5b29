package suite

import (
	"context"
	"os"
	"testing"
	"time"

	"hookproof/features"
	"hookproof/internal/hook"
	"hookproof/internal/hookserver"
	"hookproof/internal/hookstage"
	"hookproof/reports"
	"hookproof/server/srsconf"
)

// hookServer starts the default callback server, which goes by a token.
func hookServer(t *testing.T, o hookstage.Options) func(context.Context, *hook.Profile) (*hookstage.Target, error) {
	return func(ctx context.Context, p *hook.Profile) (*hookstage.Target, error) {
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
		if o.URLs, err = srsconf.DefaultURLs(srv.URL()); err != nil {
			return nil, err
		}
		return hookstage.Open(ctx, o)
	}
}

func tokens(t *testing.T) hookstage.Identities {
	var id hookstage.Identities
	for _, given := range [][2]string{{"accept", "token=Good1"}, {"refuse", "token=bad"}} {
		if err := id.Add(given[0], given[1]); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

// The default callback server conforms: every case of every profile passes.
func TestHookServerConforms(t *testing.T) {
	run, err := Run(t.Context(), Options{Role: features.RoleHookServer, OpenHooks: hookServer(t, hookstage.Options{Identities: tokens(t)}),
		Clients: 200, Seed: 1, Selection: Selection{Name: os.Getenv("CASE")}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		if s.Duration > 300*time.Millisecond {
			t.Logf("%v %s %s", s.Duration, s.ID, s.Profile)
		}
		if s.Verdict != reports.Pass {
			t.Errorf("%s\n%s", reports.FailureText(s, reports.Style{}), s.Reason)
		}
	}
}
