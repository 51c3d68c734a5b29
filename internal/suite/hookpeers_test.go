package suite

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/identity"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/hooktarget"
	"hookproof/reports"
)

// answerer decides what an event gets: a code.
type answerer func(pl *hook.Payload) int

// serveHooks starts a hook server that reads JSON as it should and answers with what decide says.
func serveHooks(t *testing.T, decide answerer) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(hookHandler(decide))
	t.Cleanup(srv.Close)
	return srv
}

func hookHandler(decide answerer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		pl, bad := hook.DecodeAny(body)
		if r.Method != http.MethodPost || err != nil || bad != nil || !typed(body) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		fmt.Fprintf(w, `{"code":%d}`, decide(pl))
	})
}

// typed reports whether a body is JSON and its keys have the types of a hook's.
func typed(body []byte) bool {
	var o map[string]any
	if json.Unmarshal(body, &o) != nil {
		return false
	}
	for _, key := range []string{"action", "ip", "vhost", "app", "stream", "param", "tcUrl", "pageUrl"} {
		if _, text := o[key].(string); o[key] != nil && !text {
			return false
		}
	}
	switch o["client_id"].(type) {
	case string, float64:
		return o["action"] != nil
	}
	return false
}

// allowing answers opening events by a rule, and closing ones with 0.
func allowing(allow func(*hook.Payload) bool) answerer {
	return func(pl *hook.Payload) int {
		ev, ok := pl.Event()
		switch {
		case !ok:
			return 100
		case ev.Closing() || allow(pl):
			return 0
		}
		return 403
	}
}

// carries reports whether every value of a key in the event's parameters is the right one, and there is one.
func carries(pl *hook.Payload, key, value string) bool {
	n := 0
	for _, place := range []string{pl.Param, pl.TCURL[strings.IndexByte(pl.TCURL+"?", '?'):]} {
		for k, v := range hook.Params(place) {
			if k == key {
				if n++; v != value {
					return false
				}
			}
		}
	}
	return n > 0
}

func good(pl *hook.Payload) bool { return carries(pl, "token", "Good1") }

// hookRun runs the suite against a hook server in srs6.
func hookRun(t *testing.T, o hooktarget.Options, sel Selection) *reports.Run {
	t.Helper()
	sel.Profiles = []string{"srs6"}
	run, err := Run(t.Context(), Options{Role: features.RoleHookServer, Clients: 40, Seed: 1, Selection: sel,
		Open: func(ctx context.Context, p *hook.Profile) (scenario.Target, error) {
			o := o
			o.Profile = p
			return hooktarget.Open(ctx, o)
		}})
	if err != nil {
		t.Fatal(err)
	}
	rejudged(t, run)
	return run
}

// broke lists the requirements that failed or were missed, and what else did not pass, without repeats. H-CON-02
// goes by the clock, which says nothing here.
func broke(run *reports.Run) (failed, other []string) {
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		id := s.Requirements[0]
		switch {
		case id == "H-CON-02":
		case s.Verdict == reports.Fail || s.Verdict == reports.Warn:
			failed = append(failed, id)
		case s.Verdict == reports.NotRun:
			other = append(other, s.Reason)
		case s.Verdict != reports.Pass && s.Verdict != reports.NotApplicable:
			other = append(other, fmt.Sprintf("%s: %s (%s)", s.ID, s.Verdict, s.Reason))
		}
	}
	slices.Sort(failed)
	slices.Sort(other)
	return slices.Compact(failed), slices.Compact(other)
}

// room is a hook server that knows its clients: a stream can be published once at a time, and be played while it is.
type room struct {
	mu        sync.Mutex
	known     map[string]bool   // clients
	published map[string]string // stream to client
	allow     func(*hook.Payload) bool
}

func (r *room) decide(pl *hook.Payload) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	stream := pl.App + "/" + pl.Stream
	switch pl.Action {
	case "on_connect":
		if !r.allow(pl) {
			return 1
		}
		r.known[pl.ClientID] = true
	case "on_publish":
		if !r.allow(pl) || !r.known[pl.ClientID] || r.published[stream] != "" {
			return 2
		}
		r.published[stream] = pl.ClientID
	case "on_play":
		if !r.allow(pl) || !r.known[pl.ClientID] || r.published[stream] == "" {
			return 3
		}
	case "on_unpublish":
		if r.published[stream] == pl.ClientID {
			delete(r.published, stream)
		}
	case "on_close":
		delete(r.known, pl.ClientID)
	case "on_stop":
	default:
		return 100
	}
	return 0
}

func named(t *testing.T, yaml string) identity.Set {
	t.Helper()
	var id identity.Set
	if err := id.Parse("identities", []byte(yaml)); err != nil {
		t.Fatal(err)
	}
	return id
}

// TestHookPeers: hook servers that know more than a token. Those that go by one
// are rows of internal/mutant/hookdefect.
func TestHookPeers(t *testing.T) {
	for _, c := range []struct {
		name   string
		decide answerer
		ids    string   // identities; "" are a good and a bad token
		failed []string // requirements
		other  []string // reasons of what was not run
	}{
		{name: "knows rooms", decide: (&room{allow: good, known: map[string]bool{},
			published: map[string]string{}}).decide},
		{name: "knows two given rooms", decide: (&room{known: map[string]bool{}, published: map[string]string{},
			allow: func(pl *hook.Payload) bool {
				signature := map[string]string{"cam1": "Aa1", "cam2": "Bb2"}[pl.Stream]
				return carries(pl, "sig", signature) && carries(pl, "user", "ann") || pl.Action == "on_connect"
			}}).decide,
			ids: `{accept: {on_publish: [{stream: cam1, param: "?user=ann&sig=Aa1"}, {stream: cam2, param: "?user=ann&sig=Bb2"}],
				on_play: [{stream: cam2, param: "?user=ann&sig=Bb2"}]},
				refuse: {on_publish: [{param: "?user=ann&sig=no"}], on_play: [{param: "?user=ann&sig=no"}]}}`,
			other: []string{"no client is named that on_connect refuses: " + hooktarget.HowToIdentify}},
		{name: "refuses publishers alone",
			decide: allowing(func(pl *hook.Payload) bool { return pl.Action != "on_publish" && good(pl) }),
			failed: []string{"H-RSP-03"}, other: []string{"needs H-RSP-03"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := serveHooks(t, c.decide)
			urls, err := hook.DefaultURLs(srv.URL)
			if err != nil {
				t.Fatal(err)
			}
			ids := tokens(t)
			if c.ids != "" {
				ids = named(t, c.ids)
			}
			run := hookRun(t, hooktarget.Options{URLs: urls, Identities: ids}, Selection{Tags: "not @hostile"})
			failed, other := broke(run)
			if !slices.Equal(failed, c.failed) || !slices.Equal(other, c.other) {
				t.Errorf("want %v to fail, got %v; not run: want %q, got %q", c.failed, failed, c.other, other)
				for i := range run.Scenarios {
					if s := &run.Scenarios[i]; s.Failure != nil {
						t.Logf("%s: %s; %s\n%s", s.ID, s.Failure.Expected, s.Failure.Seen, s.Failure.Detail)
					}
				}
			}
			if run.Headline != "" {
				t.Errorf("headline: want none, got %q", run.Headline)
			}
		})
	}
}

// A hook server holds where clients present their credentials at the place that it looks at. In param is also what
// servers append of tcUrl.
func TestTokenAt(t *testing.T) {
	servers := map[identity.Place]func(tcURL, param bool) bool{
		identity.TCURL: func(tcURL, _ bool) bool { return tcURL },
		identity.Param: func(tcURL, param bool) bool { return param && !tcURL },
		identity.Both:  func(tcURL, param bool) bool { return tcURL && param },
	}
	for at, sound := range servers {
		for _, place := range []identity.Place{identity.TCURL, identity.Param, identity.Both} {
			t.Run(fmt.Sprintf("server %s, clients %s", at, place), func(t *testing.T) {
				srv := httptest.NewServer(withBody(func(body string) int {
					pl, _ := hook.SRS7.Decode([]byte(body))
					_, query, _ := strings.Cut(pl.TCURL, "?")
					const good = "token=Good1"
					return codeIf(sound(strings.Contains(query, good), strings.Contains(pl.Param, good)))
				}))
				defer srv.Close()
				run := hookRun(t, hooktarget.Options{Identities: tokens(t), TokenAt: place,
					URLs: map[hook.Event][]string{hook.OnPublish: {srv.URL}}},
					Selection{IDs: []string{"H-RSP-03", "H-REJ-02"}})
				for i := range run.Scenarios {
					if s := &run.Scenarios[i]; (s.Verdict == reports.Pass) !=
						(place == at || place == identity.Both && at == identity.TCURL) {
						t.Errorf("%s: %s", s.ID, s.Verdict)
					}
				}
			})
		}
	}
}

// What changes the answer to an acceptable event is said in the failure of its requirement, once.
func TestHookDiagnosis(t *testing.T) {
	for _, c := range []struct {
		name    string
		handler http.Handler
		want    string // in the failure of H-RSP-03
	}{
		{"an integer client_id", withBody(func(body string) int {
			return codeIf(!strings.Contains(body,
				`"client_id":"`))
		}),
			"accepted with an integer for client_id, and with the keys of profile srs1"},
		{"param without its ?", withBody(func(body string) int {
			return codeIf(!strings.Contains(body, `"param":"?`))
		}),
			`with a param that has no "?" at its beginning`},
		{"keys of srs1", withBody(func(body string) int { return codeIf(!strings.Contains(body, "server_id")) }),
			"this server reads profile srs1 (-profile srs1)"},
		{"in tcUrl alone", withBody(func(body string) int {
			return codeIf(!strings.Contains(body, `"param":"?`) && strings.Contains(body, "live?token="))
		}),
			"with the credential in tcUrl alone (-token-at tcUrl)"},
		{"loopback", withBody(func(body string) int { return codeIf(strings.Contains(body, `"ip":"127.0.0.1"`)) }),
			"accepted with a loopback address for ip"},
		{"401", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }),
			"callers send no Authorization"},
		{"404", http.NotFoundHandler(), "is this the URL that takes the event?"},
		{"307", http.RedirectHandler("/elsewhere", http.StatusTemporaryRedirect), "callers do not follow redirects"},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := httptest.NewServer(c.handler)
			defer srv.Close()
			run := hookRun(t, hooktarget.Options{Identities: tokens(t),
				URLs: map[hook.Event][]string{hook.OnPublish: {srv.URL}}},
				Selection{IDs: []string{"H-RSP-03", "H-REJ-02", "H-BAD-01"}})
			failed := 0
			for i := range run.Scenarios {
				if s := &run.Scenarios[i]; s.Verdict == reports.Fail {
					if failed++; !strings.Contains(s.Failure.Seen, c.want) || s.Cause == "" {
						t.Errorf("want %q, got %q (cause %q)", c.want, s.Failure.Seen, s.Cause)
					}
				}
			}
			if failed != 1 {
				t.Errorf("want one failure, got %d", failed)
			}
		})
	}
}

func codeIf(accepted bool) int {
	if accepted {
		return 0
	}
	return 1
}

func withBody(code func(body string) int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprint(w, code(string(body)))
	})
}
