package hooktest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/identity"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/hooktarget"
	"hookproof/reports"
)

// HookServer is a hook server under test. One of Handler, URL and URLs says
// where it is.
type HookServer struct {
	Handler http.Handler            // served at a loopback port, with the default callback server's paths
	URL     string                  // base URL of a running one, with these paths
	URLs    map[hook.Event][]string // the URLs of each event; events without one are not tested

	// Accept and Refuse name clients that it accepts and refuses, each as
	// KEY=VALUE, which is a parameter in tcUrl and after the stream's name, or
	// as EVENT:KEY=VALUE for one event (on_publish:token=good). Without Accept
	// every client is taken to be accepted; without Refuse, scenarios about
	// refusals are skipped.
	Accept, Refuse []string

	// Safe leaves out hostile requests, values of wrong types, and load.
	Safe bool
}

// TestHookServer tests a hook server against the requirements of role H. Each
// scenario is a subtest: it fails where a MUST is broken, with the requirement,
// what was expected, what was seen and the exchange; it logs where a SHOULD is
// missed; and it is skipped, with the reason, where it was not run.
func TestHookServer(t *testing.T, h HookServer, opts ...Option) {
	t.Helper()
	base := h.URL
	if h.Handler != nil {
		srv := httptest.NewServer(h.Handler)
		t.Cleanup(srv.Close)
		base = srv.URL
	}
	urls := h.URLs
	if urls == nil {
		var err error
		if urls, err = hook.DefaultURLs(base); err != nil {
			t.Fatalf("hooktest: HookServer: want a Handler, a URL or URLs: %v", err)
		}
	}
	var clients identity.Set
	for flag, all := range map[string][]string{"accept": h.Accept, "refuse": h.Refuse} {
		for _, text := range all {
			if err := clients.Add(flag, text); err != nil {
				t.Fatalf("hooktest: HookServer: %s: %v", flag, err)
			}
		}
	}
	o, s := options(t, features.RoleHookServer, opts)
	o.Open = func(ctx context.Context, p *hook.Profile) (scenario.Target, error) {
		return hooktarget.Open(ctx, hooktarget.Options{Profile: p, URLs: urls, Identities: clients, Scale: s.scale,
			Safe: h.Safe})
	}
	run(t, o, s, reports.Target{Kind: reports.TargetHooks, URL: base})
}
