package loadgen

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/loadgen/account"
	"hookproof/loadgen/internal/builtin"
	"hookproof/loadgen/plan"
)

// anAddress is one where nobody listens.
func anAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// foreign starts a server of somebody else, whose hooks go to a base URL; none if that is empty.
func foreign(t *testing.T, hooks string, p *hook.Profile) *builtin.Child {
	t.Helper()
	c, err := builtin.StartChild(builtin.Order{Hooks: hooks, Profile: p.Name, Clients: 200})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Kill)
	return c
}

// asForms is between a server and our endpoint, and speaks to that as nginx-rtmp does.
func asForms(t *testing.T, to string) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		resp, err := http.Post("http://"+to+"/notify", "application/x-www-form-urlencoded",
			strings.NewReader("app=live&flashver=&swfurl=&tcurl=rtmp%3A%2F%2Fh%2Flive&pageurl=&addr=127.0.0.1"+
				"&clientid=1&call=publish&name=x&type=live"))
		if err != nil {
			return
		}
		defer resp.Body.Close()
		io.Copy(w, resp.Body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestProbe: what makes a test worthless is said before its plan begins, and by whose fault.
func TestProbe(t *testing.T) {
	refuses := func(what hook.Event) func(*endpoint.Request) (endpoint.Answer, bool) {
		return func(r *endpoint.Request) (endpoint.Answer, bool) { return endpoint.Refuse(), r.Event == what }
	}
	accepts := func(*endpoint.Request) (endpoint.Answer, bool) { return endpoint.Accept(), true }
	tokens := func(cfg *Config) { cfg.Accept, cfg.Refuse = []string{"token=good"}, []string{"token=bad"} }
	for _, c := range []struct {
		name   string
		change func(t *testing.T, cfg *Config)
		want   string
	}{
		{"no RTMP server", func(_ *testing.T, cfg *Config) { cfg.RTMP = "rtmp://127.0.0.1:1/live" },
			"the RTMP server at rtmp://127.0.0.1:1/live does not answer: connection refused"},
		{"no hooks come", func(t *testing.T, cfg *Config) {
			cfg.RTMP, cfg.Listen = "rtmp://"+foreign(t, "", hook.SRS1).Addr+"/live", anAddress(t)
		}, "let a client in without asking at"},
		{"hooks of another protocol come", func(t *testing.T, cfg *Config) {
			cfg.Listen = anAddress(t)
			cfg.RTMP = "rtmp://" + foreign(t, asForms(t, cfg.Listen), hook.SRS1).Addr + "/live"
		}, "none is an event of the client that was sent first: nginx-rtmp (notify)"},
		{"the hook server is down", func(t *testing.T, cfg *Config) {
			cfg.Hooks, _ = hook.DefaultURLs("http://" + anAddress(t))
		}, "the hook server at 127.0.0.1"},
		{"the hook server is down, without RTMP", func(t *testing.T, cfg *Config) {
			cfg.Hooks, _ = hook.DefaultURLs("http://" + anAddress(t))
			cfg.HooksOnly = true
		}, "cannot be reached: dial tcp"},
		{"the hook server refuses all", func(t *testing.T, cfg *Config) {
			cfg.Hooks = theirHooks(t, refuses(hook.OnPublish))
		}, "the hook server refuses a client that it should accept: on_publish: "},
		{"the hook server refuses players", func(t *testing.T, cfg *Config) {
			cfg.Hooks = theirHooks(t, refuses(hook.OnPlay))
		}, "the hook server refuses a client that it should accept: on_play: "},
		{"the same, without RTMP", func(t *testing.T, cfg *Config) {
			cfg.Hooks, cfg.HooksOnly = theirHooks(t, refuses(hook.OnPublish)), true
		}, "the hook server refuses a client that it should accept: on_publish: "},
		{"the hook server accepts all", func(t *testing.T, cfg *Config) {
			tokens(cfg)
			cfg.Hooks = theirHooks(t, accepts)
		}, "the hook server accepts a client at on_connect that it should refuse"},
		{"the same, without RTMP", func(t *testing.T, cfg *Config) {
			tokens(cfg)
			cfg.Hooks, cfg.HooksOnly = theirHooks(t, accepts), true
		}, "the hook server accepts a client at on_connect that it should refuse"},
		{"the hook server refuses earlier than was said", func(t *testing.T, cfg *Config) {
			cfg.Accept, cfg.Refuse = []string{"token=good"}, []string{"on_play:token=bad"}
			cfg.Hooks = theirHooks(t, honest)
		}, "the hook server refuses at on_connect already a client that it should refuse at on_play"},
		{"a hook server that is not seen accepts all", func(t *testing.T, cfg *Config) {
			tokens(cfg)
			cfg.RTMP = "rtmp://" + foreign(t, "", hook.SRS1).Addr + "/live"
		}, "the RTMP server lets in a client that is to be refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cfg := small(t, "probe")
			cfg.Profile = nil
			c.change(t, &cfg)
			start := time.Now()
			_, err := Run(t.Context(), cfg)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, want %q", err, c.want)
			}
			if took := time.Since(start); took > 30*time.Second {
				t.Errorf("it was found after %v", took)
			}
		})
	}
}

// TestProfileIsFoundOut: nobody has to say which profile a server or a hook server speaks.
func TestProfileIsFoundOut(t *testing.T) {
	old := func(r *endpoint.Request) (endpoint.Answer, bool) { // written for the document: client_id is a number
		_, err := hook.SRS1.Decode(r.Body)
		return endpoint.Refuse(), err != nil
	}
	for _, c := range []struct {
		name   string
		change func(t *testing.T, cfg *Config)
		want   *hook.Profile
	}{
		{"a server of 2014", func(t *testing.T, cfg *Config) {
			cfg.Listen = anAddress(t)
			cfg.RTMP = "rtmp://" + foreign(t, "http://"+cfg.Listen, hook.SRS1).Addr + "/live"
		}, hook.SRS1},
		{"a server of today", func(t *testing.T, cfg *Config) {
			cfg.Listen = anAddress(t)
			cfg.RTMP = "rtmp://" + foreign(t, "http://"+cfg.Listen, hook.SRS6).Addr + "/live"
		}, hook.SRS6},
		// The newest server that it works with.
		{"a hook server of 2014", func(t *testing.T, cfg *Config) {
			cfg.Hooks, cfg.HooksOnly = theirHooks(t, old), true
		},
			hook.SRS3},
		{"one behind the built-in server", func(t *testing.T, cfg *Config) { cfg.Hooks = theirHooks(t, old) },
			hook.SRS3},
		{"a hook server of today", func(t *testing.T, cfg *Config) {
			cfg.Hooks, cfg.HooksOnly = theirHooks(t, honest), true
		}, hook.SRS7},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cfg := small(t, "found")
			cfg.Profile, cfg.Plan.Stages = nil, plan.Ramp(20, 0, time.Second, 0)
			c.change(t, &cfg)
			out, err := Run(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			if r := out.Report; r.Setup.Profile != c.want.Name || r.Hooks.Total() != 0 || r.ErrorTotal != 0 {
				t.Errorf("profile %s, want %s; found %v, errors %v", r.Setup.Profile, c.want.Name, r.Hooks.Findings,
					r.Errors)
			}
		})
	}
}

// TestKilledServer: what a server that is killed still owed is lost, of players as well.
func TestKilledServer(t *testing.T) {
	cfg := small(t, "lost")
	cfg.Listen = anAddress(t)
	srv := foreign(t, "http://"+cfg.Listen, hook.SRS1)
	cfg.RTMP, cfg.Settle = "rtmp://"+srv.Addr+"/live", time.Second
	cfg.Plan.Stages = plan.Ramp(60, time.Second, 4*time.Second, time.Second)
	var killed atomic.Bool
	cfg.Live = func(s State) {
		if s.Phase == "hold" && killed.CompareAndSwap(false, true) {
			srv.Kill()
		}
	}
	out, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	dropped := 0
	for _, o := range out.Evidence.Outcomes {
		if o.End == account.Dropped {
			dropped++
		}
	}
	if got := out.Report.Hooks.Counts[account.Lost]; dropped < 30 || got != 2*dropped {
		t.Errorf("%d events are lost of %d clients that were in, want 2 of each", got, dropped)
	}
}

// TestHolds: N sessions are held, and those who are refused come on top.
func TestHolds(t *testing.T) {
	cfg := small(t, "held")
	cfg.Plan.Vanish = plan.Share{}
	out, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if s := out.Report.Sessions; s.PeakLive != 120 || s.Started != 150 || s.Refused != 30 ||
		!strings.Contains(out.Report.Setup.Load, "30 more are refused") {
		t.Errorf("sessions %+v, load %q", s, out.Report.Setup.Load)
	}
}

// TestNeeds: a shard needs files and ports for its slice alone.
func TestNeeds(t *testing.T) {
	for _, c := range []struct {
		name               string
		sessions           int
		shard              plan.Shard
		listen             string
		spread             bool
		connections, files int
	}{
		{"the whole", 1000, plan.Shard{}, "", false, 1200, 2400},
		{"a shard", 100_000, plan.Shard{Number: 2, Of: 16}, ":8085", false, 7500, 8700},
		{"the endpoint's shard", 100_000, plan.Shard{Number: 1, Of: 16}, ":8085", false, 7500, 18_700},
		{"an endpoint each", 100_000, plan.Shard{Number: 2, Of: 16}, ":8085", true, 7500, 9325},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := Config{RTMP: "rtmp://h/live", Listen: c.listen, Spread: c.spread, Shard: c.shard,
				Plan: plan.Spec{Stages: plan.Ramp(c.sessions, 0, 0, 0), Refused: plan.Percent(10)}}
			if connections, files := cfg.needs(); connections != c.connections || files != c.files {
				t.Errorf("got %d connections and %d files, want %d and %d", connections, files, c.connections, c.files)
			}
		})
	}
}

// TestValidate: what is missing is said, and nothing panics.
func TestValidate(t *testing.T) {
	good := func() Config { return Config{Run: "abc", Plan: plan.Spec{Stages: plan.Ramp(1, 0, 0, 0)}} }
	for _, c := range []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"as it is", func(*Config) {}, ""},
		{"nothing", func(c *Config) { *c = Config{} }, "loadgen.Config: Run: want"},
		{"no plan", func(c *Config) { c.Plan = plan.Spec{} },
			"loadgen.Config: Plan: the stages never reach one session"},
		{"a listener without a server", func(c *Config) { c.Listen = ":1" }, "Listen needs RTMP"},
		{"a token", func(c *Config) { c.Accept = []string{"x"} }, "Accept: "},
		{"media", func(c *Config) { c.Media = Media{None: true, Bitrate: 1} },
			"Media: a file, a bit rate and none exclude each other"},
		{"a place", func(c *Config) { c.TokenAt = "%s" }, `TokenAt: want auto, tcUrl, param or both, got "%s"`},
		{"spread", func(c *Config) { c.Spread = true }, "Spread needs Shard and Listen"},
		{"spread without a profile", func(c *Config) {
			c.Spread, c.RTMP, c.Listen, c.Shard = true, "rtmp://h/live", ":1", plan.Shard{Number: 1, Of: 2}
		}, "Spread needs Profile"},
		{"spread, refusing what nobody can tell", func(c *Config) {
			c.Spread, c.RTMP, c.Listen, c.Shard = true, "rtmp://h/live", ":1", plan.Shard{Number: 1, Of: 2}
			c.Profile, c.Plan.RefuseAt = hook.SRS1, []hook.Event{hook.OnPlay}
		}, "know clients of profile srs1 by on_connect alone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := good()
			c.change(&cfg)
			err := cfg.Validate()
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if _, again := Run(t.Context(), cfg); c.want != "" && (again == nil || again.Error() != err.Error()) {
				t.Errorf("Run says %v, Validate %v", again, err)
			}
		})
	}
}
