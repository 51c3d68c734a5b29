package rtmptarget

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/timeline"
	"hookproof/server"
)

// somebodys is the built-in server as if it were somebody else's, configured with a stanza that edit has changed.
func somebodys(t *testing.T, p *hook.Profile, edit func(string) string) *Target {
	t.Helper()
	target := &Target{Profile: p, App: "live", ClientIP: loopback, Scale: 0.3, HookTimeout: time.Second, shared: true,
		Lacks: map[Capability]string{}}
	at, err := target.endpoints(Addresses{Main: anyPort, Stoppable: anyPort, TLS: anyPort}, "n")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	cfg, err := parseBuiltIn(edit(target.builtInText(at)), 0)
	if err != nil {
		t.Fatal(err)
	}
	srv, err := newServer(cfg, server.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	target.Addr, target.API = srv.Addr().String(), "http://"+srv.APIAddr().String()
	return target
}

func asItIs(text string) string { return text }

// probed returns what the probe before all scenarios says, and its remarks.
func probed(t *testing.T, target *Target) (text, remarks string) {
	t.Helper()
	cases, err := features.Cases(features.RoleServer)
	if err != nil {
		t.Fatal(err)
	}
	planned := make([]*features.Case, len(cases))
	for i := range cases {
		planned[i] = &cases[i]
	}
	log := timeline.New("", target.Profile.Name, time.Now(), nil)
	if err := target.Probe(t.Context(), log, planned); err != nil {
		text = err.Error()
	}
	for _, o := range log.All() {
		if o.Name == "remark" {
			remarks += o.Text
		}
	}
	return text, remarks
}

// without takes a vhost out of a stanza.
func without(vhost string) func(string) string {
	return func(text string) string {
		return regexp.MustCompile(`(?s)vhost `+regexp.QuoteMeta(vhost)+` \{.*?\n\}\n`).ReplaceAllString(text, "")
	}
}

// TestProbeOfVHosts: what the scenarios need and the server has not is named, and nothing else.
func TestProbeOfVHosts(t *testing.T) {
	for _, c := range []struct {
		name    string
		edit    func(string) string
		want    []string
		profile *hook.Profile
	}{
		{name: "whole", edit: asItIs, profile: hook.SRS6},
		{name: "whole, srs1", edit: asItIs, profile: hook.SRS1},
		{name: "one is missing", edit: without("off.hookproof.test"), profile: hook.SRS6,
			want: []string{"off.hookproof.test (its hooks arrive at the URLs of the vhost default);", "-no-vhosts",
				"conformance config -listen 127.0.0.1:"}},
		{name: "two are missing", profile: hook.SRS1,
			edit: func(text string) string {
				return without("other.hookproof.test")(without("down.hookproof.test")(text))
			},
			want: []string{"other.hookproof.test (", "down.hookproof.test ("}},
		{name: "its hooks are off", profile: hook.SRS6,
			edit: func(text string) string {
				at := strings.Index(text, "vhost partial")
				return text[:at] + strings.Replace(text[at:], "enabled on", "enabled off", 1)
			}, want: []string{"partial.hookproof.test (no hook of it arrives)"}},
		{name: "hooks of the default one are off", profile: hook.SRS6,
			edit: func(text string) string { return strings.Replace(text, "enabled on", "enabled off", 1) },
			want: []string{"no hook arrived", "is http_hooks enabled for vhost __defaultVhost__"}},
		{name: "no on_publish", profile: hook.SRS6,
			edit: func(text string) string {
				return regexp.MustCompile(` on_publish [^;]*;`).ReplaceAllString(text, "")
			},
			want: []string{"no on_publish of a publisher"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, _ := probed(t, somebodys(t, c.profile, c.edit))
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("want %q, got %q", want, text)
				}
			}
			if n := strings.Count(text, ".hookproof.test ("); len(c.want) == 0 && text != "" || n > len(c.want) {
				t.Errorf("want nothing else, got %q", text)
			}
		})
	}
}

// TestProbeOfAPI: what is wrong with the HTTP API is said before any scenario.
func TestProbeOfAPI(t *testing.T) {
	answer := func(status int, body string) func(*Target) http.Handler {
		return func(*Target) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				io.WriteString(w, body)
			})
		}
	}
	for _, c := range []struct {
		name string
		api  func(*Target) http.Handler // instead of the server's own
		path string
		want string
	}{
		{"right", nil, "", ""},
		{"another path", nil, "/api", `-api is what comes before /api/v1`},
		{"a password", answer(401, ""), "", "give the user and the password in -api"},
		{"not JSON", answer(200, "<html>"), "", "want a JSON object"},
		{"another server's", answer(200, `{"code":0,"clients":[]}`), "", "is it the API of that server?"},
		{"keeps its clients", func(target *Target) http.Handler {
			to, _ := url.Parse(target.API)
			p := httputil.NewSingleHostReverseProxy(to)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodDelete {
					io.WriteString(w, `{"code":1061}`)
					return
				}
				p.ServeHTTP(w, r)
			})
		}, "", "does not drop clients"},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := somebodys(t, hook.SRS6, asItIs)
			if c.api != nil {
				srv := httptest.NewServer(c.api(target))
				defer srv.Close()
				defer http.DefaultClient.CloseIdleConnections()
				target.API = srv.URL
			}
			target.API += c.path
			text, _ := probed(t, target)
			if (text == "") != (c.want == "") || !strings.Contains(text, c.want) {
				t.Errorf("want %q, got %q", c.want, text)
			}
		})
	}
	target := somebodys(t, hook.SRS6, asItIs)
	target.API = "http://127.0.0.1:1"
	if text, _ := probed(t, target); !strings.Contains(text, "does not answer") {
		t.Errorf("nobody listens: %q", text)
	}
}

// TestProbeOfDialect: a server whose hooks are another protocol's is told so, with what came.
func TestProbeOfDialect(t *testing.T) {
	for _, c := range []struct {
		name, method, target, kind, body string
		want                             []string
	}{
		{"nginx-rtmp", "POST", "/on_publish", "application/x-www-form-urlencoded",
			"app=live&addr=127.0.0.1&clientid=3&call=connect&name=x",
			[]string{"form-encoded, `call=connect`", "this is nginx-rtmp (notify)", "docs/servers.md"}},
		{"nginx-rtmp by GET", "GET", "/x?call=publish&app=live&addr=1", "", "",
			[]string{"a query, `call=publish`", "nginx-rtmp"}},
		{"MediaMTX", "POST", "/auth", "application/json",
			`{"ip":"127.0.0.1","action":"publish","path":"live","protocol":"rtmp"}`,
			[]string{"JSON, `action=publish`", "MediaMTX"}},
		{"nobody's", "POST", "/x", "text/plain", "hello", []string{"none of them is an event of this protocol"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := somebodys(t, hook.SRS6, func(text string) string {
				return strings.Replace(text, "enabled on",
					"enabled off", 1)
			})
			target.Scale = 0.1
			ctx, cancel := context.WithCancel(t.Context())
			sent := make(chan struct{})
			go func() {
				defer close(sent)
				for ctx.Err() == nil { // the probe takes those that come while it waits
					req, _ := http.NewRequestWithContext(ctx, c.method, "http://"+target.main.Addr()+c.target,
						strings.NewReader(c.body))
					req.Header.Set("Content-Type", c.kind)
					if resp, err := http.DefaultClient.Do(req); err == nil {
						resp.Body.Close()
					}
				}
			}()
			text, _ := probed(t, target)
			cancel()
			<-sent
			http.DefaultClient.CloseIdleConnections()
			for _, want := range append(c.want, "requests came to "+target.main.Addr()) {
				if !strings.Contains(text, want) {
					t.Errorf("want %q, got %q", want, text)
				}
			}
		})
	}
}

// TestMisfit: a profile that does not fit the server is said.
func TestMisfit(t *testing.T) {
	q := func(agent, body string) hook.Request { return hook.Request{UserAgent: agent, Body: []byte(body)} }
	const whole = `{"server_id":"v","service_id":"s","action":"on_publish","client_id":"2","ip":"127.0.0.1","vhost":"v","app":"live","tcUrl":"u","stream":"c","param":"","stream_url":"/live/c","stream_id":"i"}`
	old := `{"action":"on_publish","client_id":1985,"ip":"127.0.0.1","vhost":"v","app":"live","stream":"c"}`
	for _, c := range []struct {
		name string
		q    hook.Request
		want string // "" says nothing
	}{
		{"it fits", q("SRS/7.0.18(Hang)", whole), ""},
		{"not SRS", q("other/1.0", whole), ""},
		{"another version", q("SRS/3.0.170(OuXuli)", whole),
			"the server calls itself SRS/3.0.170(OuXuli); profile srs6 describes SRS 5.0.214 to"},
		{"another profile", q("SRS(Simple RTMP Server)0.9.2", old), "fit -profile srs1 better"},
		{"keys are missing", q("SRS/7.0.18", strings.Replace(whole, `"ip":"127.0.0.1",`, "", 1)),
			"its hooks differ: on_publish comes closest to"},
		{"an older server's keys", q("SRS/7.0.18", strings.Replace(whole, `,"stream_id":"i"`, "", 1)),
			"fit -profile srs4 better"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := (&Target{Profile: hook.SRS6}).misfit(c.q)
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("want %q, got %q", c.want, got)
			}
		})
	}
	if _, remark := probed(t, somebodys(t, hook.SRS1, func(text string) string {
		return strings.ReplaceAll(text,
			"profile srs1", "profile srs6")
	})); !strings.Contains(remark, "-profile srs6") {
		t.Errorf("the remark of a probe: %q", remark)
	}
}
