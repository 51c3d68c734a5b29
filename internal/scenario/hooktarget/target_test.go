package hooktarget

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/hook"
	"hookproof/internal/hookcheck"
	"hookproof/internal/ownclock"
	"hookproof/internal/timeline"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a hook server that answers with f; it ends with the test.
func serve(t *testing.T, f http.HandlerFunc) *httptest.Server {
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	return srv
}

func options(url string) Options {
	return Options{
		Profile: hook.SRS6,
		URLs:    map[hook.Event][]string{hook.OnPublish: {url + "/a"}, hook.OnClose: {url + "/b", url + "/c"}},
	}
}

func open(t *testing.T, o Options) *Target {
	target, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	return target
}

func zero(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	io.WriteString(w, "0")
}

func TestOpen(t *testing.T) {
	if _, err := Open(t.Context(), Options{Profile: hook.SRS6}); err == nil || !strings.Contains(err.Error(),
		"no URL") {
		t.Errorf("without URLs: %v", err)
	}
	if _, err := Open(t.Context(), options("ftp://127.0.0.1")); err == nil {
		t.Error("ftp was taken for a hook's URL")
	}
	gone := httptest.NewServer(http.HandlerFunc(zero))
	gone.Close()
	_, err := Open(t.Context(), options(gone.URL))
	if !errors.Is(err, ErrNoAnswer) || !strings.Contains(err.Error(), "on_close at "+gone.URL+"/b: no connection") {
		t.Errorf("nobody listens: %v", err)
	}
}

func TestLacking(t *testing.T) {
	srv := serve(t, zero)
	o := options(srv.URL)
	o.Safe = true
	target := open(t, o)
	for tags, want := range map[string]string{"": "", "load": "-safe", "hostile": "-safe", "types": "-safe",
		"identities": ""} {
		if got := target.Lacking([]string{tags}); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%q: %q, want %q", tags, got, want)
		}
	}
	if b := Banner(o, 10); !strings.Contains(b, srv.URL+"/c") || !strings.Contains(b, "Left out by -safe") ||
		!strings.Contains(b, "on_play       no URL") {
		t.Error(b)
	}
}

// A target that dies is named, with the scenario, and asked no more.
func TestDead(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(zero))
	o := options(srv.URL)
	o.Scale = 0.02
	target := open(t, o)
	log := timeline.New("x/H-BAD-02/a", "srs6", time.Now(), nil)
	s := NewScene(t.Context(), target, log)
	defer s.Close()
	s.checkAlive("x/H-BAD-02/a")
	if f := hookcheck.Alive(log.All()); f != nil {
		t.Errorf("alive: %v", f)
	}
	srv.Close()
	s.checkAlive("x/H-BAD-02/a")
	if f := hookcheck.Alive(log.All()); f == nil || !f.Fatal {
		t.Errorf("dead: %v", f)
	}
	if got := target.Lacking(nil); !strings.Contains(got, "since x/H-BAD-02/a") {
		t.Errorf("lacking: %q", got)
	}
}

// What a server can do to a request is told apart.
func TestExchange(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, r *http.Request)
		how    hookcheck.Failure
	}{
		"an answer": {zero, ""},
		"dropped":   {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, hookcheck.Dropped},
		"truncated": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			io.WriteString(w, "0")
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, hookcheck.Truncated},
		"silent": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, hookcheck.TimedOut},
		"no HTTP": {func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				io.WriteString(c, "hello\n")
				c.Close()
			}
		}, hookcheck.NotHTTP},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, c.answer)
			target := &Target{o: Options{Profile: hook.SRS6, Scale: 0.1}, clock: ownclock.Start(nil)}
			defer target.clock.Close()
			r := target.exchange(context.Background(), &Request{URL: srv.URL + "/"}, target.limit())
			if r.how != c.how || (r.err == nil) != (c.how == "") {
				t.Errorf("%q, %v; want %q", r.how, r.err, c.how)
			}
		})
	}
}

// An answered connection ends with a FIN, unless the target is to forget it.
func TestExchangeForgets(t *testing.T) {
	for name, forget := range map[string]bool{"FIN": false, "RST": true} {
		t.Run(name, func(t *testing.T) {
			ended := make(chan error, 1)
			srv := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				c, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					ended <- err
					return
				}
				defer c.Close()
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n0")
				_, err = io.Copy(io.Discard, c)
				ended <- err
			})
			target := &Target{o: Options{Profile: hook.SRS6, Scale: 1, Forget: forget}, clock: ownclock.Start(nil)}
			defer target.clock.Close()
			if r := target.exchange(context.Background(), &Request{URL: srv.URL + "/"}, target.limit()); r.err != nil {
				t.Fatal(r.err)
			}
			if err := <-ended; errors.Is(err, syscall.ECONNRESET) != forget || !forget && err != nil {
				t.Errorf("the server's end: %v, want a reset: %v", err, forget)
			}
		})
	}
}
