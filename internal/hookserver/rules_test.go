package hookserver

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/yamldoc"
)

// TestRulesErrors: every mistake is told with its line. The golden file has
// the errors of testdata/rules/*.yaml.
func TestRulesErrors(t *testing.T) {
	files, err := filepath.Glob("testdata/rules/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := "right\n"
			if _, err := ParseRules(filepath.Base(file), data); err != nil {
				got = err.Error() + "\n"
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".golden"
			if os.Getenv("UPDATE_GOLDEN") != "" {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestRulesLimits(t *testing.T) {
	many := "rules:\n" + strings.Repeat("- {refuse: true}\n", maxRules)
	if rules := rulesOf(t, many); rules.Len() != maxRules {
		t.Errorf("%d rules", rules.Len())
	}
	for _, c := range []struct{ name, text, want string }{
		{"too many", many + "- {refuse: true}\n", "r:1002: rules: want at most 1000"},
		{"too large", "rules: []\n#" + strings.Repeat("x", yamldoc.MaxFile), "r: want at most 1048576 bytes"},
		{"too many mistakes", "rules:\n" + strings.Repeat("- {x: 1}\n", 100), `r:21: want one of name,`},
		{"empty", "", "r:1: want the key rules, the file is empty"},
	} {
		_, err := ParseRules("r", []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Count(err.Error(), "\nr:") >= maxErrors {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestRulesMatch: which events a rule takes.
func TestRulesMatch(t *testing.T) {
	base := hook.Payload{IP: "10.1.2.3", VHost: "v", App: "live", Stream: "cam1", Param: "?a=b"}
	with := func(change func(*hook.Payload)) *hook.Payload {
		pl := base
		change(&pl)
		return &pl
	}
	for _, c := range []struct {
		name, rule string
		event      hook.Event
		pl         *hook.Payload
		want       bool
	}{
		{"all", "", hook.OnPlay, &base, true},
		{"opening events only", "", hook.OnStop, &base, false},
		{"event", "event: on_publish", hook.OnPublish, &base, true},
		{"other event", "event: on_publish", hook.OnPlay, &base, false},
		{"one of several events", "event: [on_publish, on_play]", hook.OnPlay, &base, true},
		{"app", "app: live", hook.OnPlay, &base, true},
		{"app, exactly", "app: liv", hook.OnPlay, &base, false},
		{"app, case", "app: Live", hook.OnPlay, &base, false},
		{"stream by expression", "stream: '~^cam[0-9]$'", hook.OnPlay, &base, true},
		{"stream by expression, other", "stream: '~^cam[2-9]$'", hook.OnPlay, &base, false},
		{"empty stream", "stream: ''", hook.OnConnect, with(func(pl *hook.Payload) { pl.Stream = "" }), true},
		{"number as stream", "stream: 007", hook.OnPlay, with(func(pl *hook.Payload) { pl.Stream = "007" }), true},
		{"param", `param: "?a=b"`, hook.OnPlay, &base, true},
		{"vhost", "vhost: w", hook.OnPlay, &base, false},
		{"all of several", "{app: live, vhost: v, stream: cam1}", hook.OnPlay, &base, true},
		{"one of several not", "{app: live, vhost: v, stream: cam2}", hook.OnPlay, &base, false},
		{"address", "ip: 10.1.2.3", hook.OnPlay, &base, true},
		{"other address", "ip: 10.1.2.30", hook.OnPlay, &base, false},
		{"network", "ip: [192.168.0.0/16, 10.1.0.0/16]", hook.OnPlay, &base, true},
		{"mapped address", "ip: 10.1.0.0/16", hook.OnPlay, with(func(pl *hook.Payload) { pl.IP = "::ffff:10.1.2.3" }),
			true},
		{"IPv6", "ip: '2001:db8::/32'", hook.OnPlay, with(func(pl *hook.Payload) { pl.IP = "2001:db8::1%eth0" }), true},
		{"no address", "ip: 0.0.0.0/0", hook.OnPlay, with(func(pl *hook.Payload) { pl.IP = "localhost" }), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			keys := strings.Trim(c.rule, "{}")
			if keys != "" {
				keys += ", "
			}
			rules := rulesOf(t, "rules: [{"+keys+"delay: 1s}]")
			if got := rules.find(c.event, c.pl) != nil; got != c.want {
				t.Errorf("taken: %v, want %v", got, c.want)
			}
		})
	}
	var none *Rules
	if none.find(hook.OnPlay, &base) != nil {
		t.Error("no rules take something")
	}
}

// TestRulesOnTheWire: refusals, order, times, faults and delays as callers get
// them; a rule accepts nothing that the token refuses.
func TestRulesOnTheWire(t *testing.T) {
	const text = `
rules:
  - {stream: plain, refuse: true}
  - {stream: coded, code: 7}
  - {stream: status, status: 403, code: 9}
  - {stream: twice, refuse: true, times: 2}
  - {stream: cut, fault: truncated}
  - {stream: reset, fault: reset}
  - {stream: pieces, fault: chunked-pieces}
  - {stream: late, delay: 50ms}
  - {stream: first, code: 1}
  - {stream: first, code: 2}
  - {event: [on_unpublish], stream: cut, fault: not-http}
`
	eachProfile(t, func(t *testing.T, p *hook.Profile) {
		o := guarded(t, p)
		o.Rules = rulesOf(t, text)
		s := serve(t, o)
		event := func(e hook.Event, stream, token string) string {
			return sample(t, hook.SRS6, e, func(pl *hook.Payload) {
				pl.Stream, pl.Param, pl.TCURL = stream, "?token="+token, "rtmp://h/live"
			})
		}
		for _, c := range []struct {
			stream, token string
			status        int
			code          string
		}{
			{"plain", "good", 200, "403"}, {"plain", "bad", 200, "403"}, {"coded", "good", 200, "7"},
			{"status", "good", 403, "9"},
			{"twice", "good", 200, "403"}, {"twice", "good", 200, "403"}, {"twice", "good", 200, "0"},
			{"pieces", "good", 200, "0"}, {"pieces", "bad", 200, "401"}, {"late", "good", 200, "0"}, {"late", "bad",
				200, "401"},
			{"first", "good", 200, "1"}, {"other", "good", 200, "0"},
		} {
			began := time.Now()
			got := do(t, s, "POST", "/api/v1/streams", event(hook.OnPublish, c.stream, c.token))
			if got.status != c.status || got.body != codeText(p, c.code) {
				t.Errorf("%s with %s: answered %d %q, want %d %q", c.stream, c.token, got.status, got.body, c.status,
					codeText(p, c.code))
			}
			if took := time.Since(began); c.stream == "late" && took < 50*time.Millisecond {
				t.Errorf("the late answer came after %v", took)
			}
		}
		for _, c := range []struct {
			e      hook.Event
			stream string
		}{{hook.OnPublish, "cut"}, {hook.OnPublish, "reset"}, {hook.OnUnpublish, "cut"}} {
			nc := dial(t, s)
			write(t, nc, request("/api/v1/streams", event(c.e, c.stream, "good")))
			resp, err := http.ReadResponse(bufio.NewReader(nc), nil)
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				resp.Body.Close()
			}
			if err == nil {
				t.Errorf("%s of %s is answered whole", c.e, c.stream)
			}
		}
		st := s.state(-1)
		var open []string
		for _, r := range st.Publishing.Rows {
			open = append(open, *r.Stream)
		}
		if got := strings.Join(open, " "); got != "other late pieces twice" {
			t.Errorf("open are %q", got)
		}
	})
}

func FuzzParseRules(f *testing.F) {
	files, err := filepath.Glob("testdata/rules/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		rules, err := ParseRules("rules.yaml", []byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "rules.yaml:") {
				t.Fatalf("an error without its place: %q", err)
			}
			return
		}
		pl := &hook.Payload{IP: "::1", App: "a", Stream: "s"}
		for _, e := range hook.Events {
			r := rules.find(e, pl)
			if r != nil && r.refuse && (e.Closing() || r.code == CodeOK) {
				t.Fatalf("rule %q refuses %s with %d", r.name, e, r.code)
			}
		}
	})
}
