package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/internal/client"
	"hookproof/internal/hook"
)

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		serveChild()
		return
	}
	goleak.VerifyTestMain(m)
}

// patienceOfTests bounds every wait: generous, since the machine may be busy.
const patienceOfTests = 20 * time.Second

// seen is one request that the hook server got.
type seen struct {
	event          hook.Event
	path           string
	pl             hook.Payload
	body           string
	arrived, ended time.Time // zero while unanswered
	accepted       bool
}

// hookServer records hooks and answers them by a function: true accepts. It may block.
type hookServer struct {
	t       *testing.T
	http    *httptest.Server
	profile *hook.Profile

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at each change
	all     []*seen
	answer  func(*seen) bool
}

func newHookServer(t *testing.T, profile *hook.Profile) *hookServer {
	h := &hookServer{t: t, profile: profile, changed: make(chan struct{}), answer: func(*seen) bool { return true }}
	h.http = httptest.NewServer(h)
	t.Cleanup(h.http.Close)
	return h
}

func (h *hookServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	s := &seen{path: r.URL.RequestURI(), body: string(body), arrived: time.Now()}
	if err == nil {
		var pl *hook.Payload
		if pl, err = h.profile.Decode(body); pl != nil {
			s.pl = *pl
			s.event, _ = pl.Event()
		}
	}
	if err != nil || r.Method != http.MethodPost || !json.Valid(body) {
		h.t.Errorf("hook request %s %s: %v: %s", r.Method, r.URL, err, body)
	}
	h.change(func() { h.all = append(h.all, s) })
	accepted := h.decide()(s)
	h.change(func() { s.accepted, s.ended = accepted, time.Now() })
	if accepted {
		io.WriteString(w, "0")
	} else {
		io.WriteString(w, "1")
	}
}

func (h *hookServer) change(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f()
	close(h.changed)
	h.changed = make(chan struct{})
}

func (h *hookServer) decide() func(*seen) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.answer
}

// rule replaces the answer.
func (h *hookServer) rule(f func(*seen) bool) { h.change(func() { h.answer = f }) }

// await waits until the events so far satisfy the condition.
func (h *hookServer) await(what string, ok func([]seen) bool) []seen {
	h.t.Helper()
	timer := time.NewTimer(patienceOfTests)
	defer timer.Stop()
	for {
		h.mu.Lock()
		all, changed := make([]seen, len(h.all)), h.changed
		for i, s := range h.all {
			all[i] = *s
		}
		h.mu.Unlock()
		if ok(all) {
			return all
		}
		select {
		case <-changed:
		case <-timer.C:
			h.t.Fatalf("waiting for %s; the hooks so far: %s", what, names(all))
		}
	}
}

// answered waits until exactly these events were answered, of any clients, in this order.
func (h *hookServer) answered(want ...hook.Event) []seen {
	h.t.Helper()
	all := h.await(fmt.Sprint(want), func(all []seen) bool {
		return len(all) >= len(want) && !slices.ContainsFunc(all, func(s seen) bool { return s.ended.IsZero() })
	})
	if got := events(all); !slices.Equal(got, want) {
		h.t.Fatalf("hooks: got %v, want %v", got, want)
	}
	return all
}

// pending waits until an event has arrived that is not answered.
func (h *hookServer) pending(e hook.Event) {
	h.t.Helper()
	h.await("a pending "+e.String(), func(all []seen) bool {
		return slices.ContainsFunc(all, func(s seen) bool { return s.event == e && s.ended.IsZero() })
	})
}

func (h *hookServer) forget() { h.change(func() { h.all = nil }) }

func events(all []seen) []hook.Event {
	list := make([]hook.Event, len(all))
	for i, s := range all {
		list[i] = s.event
	}
	return list
}

func names(all []seen) string {
	var b strings.Builder
	for _, s := range all {
		fmt.Fprintf(&b, "%s(%s) ", s.event, s.pl.ClientID)
	}
	return b.String()
}

// vhost has all events of one hook server.
func (h *hookServer) vhost(name string) VHost {
	v := DefaultVHostConfig(name)
	v.Hooks.Enabled, v.Hooks.Profile, v.Hooks.Timeout = true, h.profile.Name, patienceOfTests
	for _, e := range hook.Events {
		v.Hooks.URLs[e] = []string{h.http.URL + "/" + e.String() + "?a=b"}
	}
	return v
}

// fixture is a server with its hook server.
type fixture struct {
	*Server
	t     *testing.T
	hooks *hookServer
	ctx   context.Context
}

func start(t *testing.T, profile *hook.Profile, change ...func(*Config)) *fixture {
	t.Helper()
	h := newHookServer(t, profile)
	cfg := DefaultConfig()
	cfg.Listen = []string{"127.0.0.1:0"}
	cfg.VHosts = []VHost{h.vhost(DefaultVHost)}
	for _, f := range change {
		f(&cfg)
	}
	log := slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelInfo}))
	s, err := New(cfg, Options{Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*patienceOfTests)
	t.Cleanup(func() {
		cancel()
		s.Close()
	})
	return &fixture{Server: s, t: t, hooks: h, ctx: ctx}
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

func (f *fixture) url(app string) string { return "rtmp://" + f.Addr().String() + "/" + app }

func (f *fixture) options(change ...func(*client.Options)) client.Options {
	o := client.Options{URL: f.url("live"), Timeout: patienceOfTests}
	for _, c := range change {
		c(&o)
	}
	return o
}

// dial connects TCP and shakes hands.
func (f *fixture) dial(change ...func(*client.Options)) *client.Client {
	f.t.Helper()
	c, err := client.Dial(f.ctx, f.options(change...))
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { c.Close() })
	return c
}

// connect also sends connect and waits for its success.
func (f *fixture) connect(change ...func(*client.Options)) *client.Client {
	f.t.Helper()
	c := f.dial(change...)
	f.must(c.Connect(f.ctx))
	return c
}

// publisher publishes name.
func (f *fixture) publisher(name string, change ...func(*client.Options)) *client.Client {
	f.t.Helper()
	c := f.connect(change...)
	f.must(c.Publish(f.ctx, name, ""))
	return c
}

// player plays name.
func (f *fixture) player(name string, change ...func(*client.Options)) *client.Client {
	f.t.Helper()
	c := f.connect(change...)
	f.must(c.Play(f.ctx, name))
	return c
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// status waits until a client was told that code.
func (f *fixture) status(c *client.Client, code string) client.Event {
	f.t.Helper()
	ev, err := c.Await(f.ctx, func(ev client.Event) bool { return ev.Code == code })
	f.must(err)
	return ev
}

// gone waits until the server has ended a client's connection.
func (f *fixture) gone(c *client.Client) client.Event {
	f.t.Helper()
	select {
	case <-c.Done():
	case <-time.After(patienceOfTests):
		f.t.Fatal("the client is still connected")
	}
	ev, _ := c.End()
	return ev
}

// frames waits until a player got that many audio and video frames.
func (f *fixture) frames(c *client.Client, n uint64) {
	f.t.Helper()
	count := func() uint64 { k := c.Counters(); return k.AudioFrames + k.VideoFrames }
	if count() >= n {
		return
	}
	_, err := c.Await(f.ctx, func(ev client.Event) bool { return count() >= n })
	if err != nil {
		f.t.Fatalf("%v after %d of %d frames", err, count(), n)
	}
}

// everTold tells whether a client was told that code.
func everTold(c *client.Client, code string) bool {
	return slices.ContainsFunc(c.Events(), func(ev client.Event) bool { return ev.Code == code })
}

// bothProfiles runs a test in each.
func bothProfiles(t *testing.T, f func(t *testing.T, p *hook.Profile)) {
	for _, p := range hook.Profiles() {
		t.Run(p.Name, func(t *testing.T) { f(t, p) })
	}
}
