package server

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hookproof/hook"
)

// seen is one request that the hook server got.
type seen struct {
	event          hook.Event
	path, peer     string
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

// again serves at l, after http was closed.
func (h *hookServer) again(l net.Listener) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	s.Listener.Close()
	s.Listener = l
	s.Start()
	return s
}

func (h *hookServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	s := &seen{path: r.URL.RequestURI(), peer: r.RemoteAddr, body: string(body), arrived: time.Now()}
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
