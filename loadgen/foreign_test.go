package loadgen

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/loadgen/account"
	"hookproof/loadgen/plan"
)

// theirHooks is somebody's hook server: it refuses a token, and does what the
// test wants besides.
func theirHooks(t *testing.T, spoil func(*endpoint.Request) (endpoint.Answer, bool)) map[hook.Event][]string {
	t.Helper()
	e := endpoint.New(endpoint.Options{Default: func(r *endpoint.Request) endpoint.Answer {
		if a, yes := spoil(r); yes {
			return a
		}
		if pl := r.Payload; pl != nil && (strings.Contains(pl.TCURL, "token=bad") ||
			strings.Contains(pl.Param, "token=bad") || pl.TCURL != "" &&
			!strings.HasPrefix(pl.TCURL, "rtmp://127.0.0.1")) {
			return endpoint.Refuse()
		}
		return endpoint.Accept()
	}})
	if err := e.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	urls, err := hook.DefaultURLs(e.URL())
	if err != nil {
		t.Fatal(err)
	}
	return urls
}

func honest(*endpoint.Request) (endpoint.Answer, bool) { return endpoint.Answer{}, false }

// someOf answers every fourth of these events in one way, whatever the client's token.
func someOf(what hook.Event, answer endpoint.Answer) func(*endpoint.Request) (endpoint.Answer, bool) {
	var n atomic.Int64
	return func(r *endpoint.Request) (endpoint.Answer, bool) {
		return answer, r.Event == what && n.Add(1)%4 == 0 // the probes come before
	}
}

// TestSomebodysHookServer puts a hook server behind the built-in RTMP server,
// and calls it directly.
func TestSomebodysHookServer(t *testing.T) {
	for _, c := range []struct {
		name      string
		hooksOnly bool
		spoil     func(*endpoint.Request) (endpoint.Answer, bool)
		want      account.Kind // "" for none
	}{
		{"honest", false, honest, ""},
		{"honest, without RTMP", true, honest, ""},
		{"accepts some of the refused", false, someOf(hook.OnConnect, endpoint.Accept()), account.FalseAccept},
		{"accepts some of the refused, without RTMP", true, someOf(hook.OnConnect, endpoint.Accept()),
			account.FalseAccept},
		{"refuses some players, without RTMP", true, someOf(hook.OnPlay, endpoint.Refuse()), account.FalseRefusal},
		{"refuses some players", false, someOf(hook.OnPlay, endpoint.Refuse()), account.FalseRefusal},
		{"answers late", false, func(r *endpoint.Request) (endpoint.Answer, bool) {
			a := endpoint.Accept()
			a.Delay = 600 * time.Millisecond
			return a, r.Event == hook.OnStop
		}, account.Late},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cfg := small(t, "their")
			cfg.Profile, cfg.Hooks, cfg.HooksOnly = hook.SRS6, theirHooks(t, c.spoil), c.hooksOnly
			cfg.Accept, cfg.Refuse = []string{"token=good"}, []string{"token=bad"}
			cfg.Plan.Stages = plan.Ramp(60, time.Second, time.Second, time.Second)
			cfg.LateAfter = time.Minute
			if c.want == account.Late {
				cfg.LateAfter = 500 * time.Millisecond
			}
			out, err := Run(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			r := out.Report
			if c.want == "" && (r.Hooks.Total() > 0 || r.ErrorTotal > 0 || r.Sessions.Refused != 15) {
				t.Errorf("found %v, errors %v, sessions %+v", r.Hooks.Findings, r.Errors, r.Sessions)
			}
			if c.want != "" && r.Hooks.Counts[c.want] == 0 {
				t.Errorf("no %s among %v", c.want, r.Hooks.Findings)
			}
		})
	}
}

// TestNobodyRefuses names no credentials that are refused: nobody is, and the
// report says so.
func TestNobodyRefuses(t *testing.T) {
	cfg := small(t, "nobody")
	cfg.Hooks, cfg.HooksOnly = theirHooks(t, honest), true
	cfg.Plan.Stages = plan.Ramp(30, 0, time.Second, 0)
	out, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if r := out.Report; r.Hooks.Total() > 0 || r.Sessions.ToRefuse != 0 || len(r.Notes) == 0 {
		t.Errorf("found %v, sessions %+v, notes %v", r.Hooks.Findings, r.Sessions, r.Notes)
	}
}
