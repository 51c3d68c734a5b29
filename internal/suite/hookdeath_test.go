package suite

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/scenario/hooktarget"
	"hookproof/reports"
)

// mortal is a hook server that dies of what kills says, and is brought back at the same address as often as lives
// says.
type mortal struct {
	t     *testing.T
	addr  string
	lives int
	kills func(pl *hook.Payload) bool

	mu  sync.Mutex
	srv *http.Server
}

func (m *mortal) start(l net.Listener) {
	srv := &http.Server{ReadHeaderTimeout: time.Minute}
	srv.Handler = hookHandler(func(pl *hook.Payload) int {
		if m.kills(pl) {
			go m.die(srv)
			panic(http.ErrAbortHandler)
		}
		return allowing(good)(pl)
	})
	m.srv = srv
	go srv.Serve(l)
}

// die ends the server; whoever supervises it starts it again.
func (m *mortal) die(srv *http.Server) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if srv != m.srv {
		return // has died before
	}
	srv.Close()
	if m.lives--; m.lives < 0 {
		return
	}
	time.AfterFunc(restart, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		l, err := net.Listen("tcp", m.addr)
		if err != nil {
			m.t.Error(err)
			return
		}
		m.start(l)
	})
}

// restart is how long a supervisor takes.
const restart = 200 * time.Millisecond

// A hook server that dies is named with what it died of; where it is brought back the suite goes on, twice.
func TestHookServerIsBroughtBack(t *testing.T) {
	for _, c := range []struct {
		name      string
		lives     int
		headline  string
		cutShort  bool
		scenarios int // that fail
	}{
		{"never", 0, "was not brought back", true, 1},
		{"twice", 2, "was brought back", false, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			m := &mortal{t: t, addr: l.Addr().String(), lives: c.lives, kills: func(pl *hook.Payload) bool {
				return pl.IP == "10.0.0.1" && pl.Action != "on_play"
			}}
			m.start(l)
			defer func() {
				m.mu.Lock()
				defer m.mu.Unlock()
				m.srv.Close()
			}()
			urls, err := hook.DefaultURLs("http://" + m.addr)
			if err != nil {
				t.Fatal(err)
			}
			run := hookRun(t, hooktarget.Options{URLs: urls, Identities: tokens(t), Scale: 0.2},
				Selection{IDs: []string{"H-REJ-07", "H-REQ-05"}})
			failed, notRun := 0, 0
			for i := range run.Scenarios {
				switch s := &run.Scenarios[i]; s.Verdict {
				case reports.Fail:
					failed++
				case reports.NotRun:
					notRun++
				}
			}
			if failed != c.scenarios || (notRun > 0) != c.cutShort {
				t.Errorf("want %d failures and the rest not run: %v; got %d, and %d not run", c.scenarios, c.cutShort,
					failed,
					notRun)
			}
			if !strings.Contains(run.Headline, "the server died of a refused on_connect") ||
				!strings.Contains(run.Headline, c.headline) {
				t.Errorf("headline: want what it died of, and %q; got %q", c.headline, run.Headline)
			}
		})
	}
}

// A gateway's secret, and the user in a URL, are on every request; that of the built-in RTMP server included.
func TestHookServerAfterGateway(t *testing.T) {
	inner := hookHandler(allowing(good))
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if user != "ann" || password != "s@cret" || r.Header.Get("X-Gateway") != "open" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		inner.ServeHTTP(w, r)
	}))
	defer srv.Close()
	urls, err := hook.DefaultURLs(strings.Replace(srv.URL, "://", "://ann:s%40cret@", 1))
	if err != nil {
		t.Fatal(err)
	}
	run := hookRun(t, hooktarget.Options{URLs: urls, Identities: tokens(t), Header: [][2]string{{"X-Gateway", "open"}}},
		Selection{})
	if failed, other := broke(run); failed != nil || other != nil {
		t.Errorf("want every requirement to hold; failed: %v, not run: %v", failed, other)
	}
}
