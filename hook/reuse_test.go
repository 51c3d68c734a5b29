package hook

import (
	"crypto/tls"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestKeepAlive(t *testing.T) {
	for _, fresh := range []bool{false, true} {
		s := newRawServer(t, says(ok))
		c := newCaller(t, CallerOptions{Fresh: fresh, IdleTimeout: patience})
		const calls = 10
		for range calls {
			if d := c.Call(t.Context(), []string{s.url("/")}, example(OnPlay)); !d.Accept {
				t.Fatal(d.Reason)
			}
		}
		conns := map[int]bool{}
		for _, r := range s.requests() {
			conns[r.Conn] = true
		}
		want := 1
		if fresh {
			want = calls
		}
		if len(conns) != want {
			t.Errorf("fresh %v: %d connections for %d calls, want %d", fresh, len(conns), calls, want)
		}
	}
}

// awaitEnd blocks until the peer's FIN, reset or bytes have come.
func awaitEnd(t *testing.T, w *wire) {
	t.Helper()
	w.SetDeadline(time.Now().Add(patience))
	if err := w.raw.Read(func(fd uintptr) bool { return !silent(fd) }); err != nil {
		t.Error("waiting for the peer to close:", err)
	}
}

// pooled returns the idle connection of a caller that has one.
func pooled(t *testing.T, c *Caller) *wire {
	t.Helper()
	for _, h := range c.hosts {
		h.pool.mu.Lock()
		defer h.pool.mu.Unlock()
		if len(h.pool.idle) > 0 {
			return h.pool.idle[0]
		}
	}
	t.Fatal("no idle connection")
	return nil
}

// ender lets a test end a server's connections while they are idle.
type ender struct {
	mu    sync.Mutex
	conns []net.Conn
}

func (e *ender) answer(conn net.Conn, n int) bool {
	e.mu.Lock()
	e.conns = append(e.conns, conn)
	e.mu.Unlock()
	return says(ok)(conn, n)
}

func (e *ender) end(how func(net.Conn)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	how(e.conns[len(e.conns)-1])
}

var endings = map[string]func(net.Conn){
	"fin":     func(c net.Conn) { c.Close() },
	"half":    func(c net.Conn) { c.(*net.TCPConn).CloseWrite() },
	"reset":   reset,
	"garbage": func(c net.Conn) { io.WriteString(c, ok) },
}

// TestClosedWhileIdle: a connection that ended, or on which something came,
// between two calls is not used again.
func TestClosedWhileIdle(t *testing.T) {
	for name, how := range endings {
		t.Run(name, func(t *testing.T) {
			var e ender
			s := newRawServer(t, e.answer)
			c := newCaller(t, CallerOptions{IdleTimeout: patience})
			c.wary = 0
			for n := range 3 {
				if d := c.Call(t.Context(), []string{s.url("/")}, example(OnPlay)); !d.Accept {
					t.Fatalf("call %d: %s", n, d.Reason)
				}
				e.end(how)
				awaitEnd(t, pooled(t, c))
			}
			if r := s.requests(); len(r) != 3 || r[2].Conn != 2 {
				t.Errorf("%d requests, the last on connection %d, want 3 on 3", len(r), r[len(r)-1].Conn)
			}
		})
	}
}

// TestClosedAtReuse: the connection ends after it was looked at and before
// the request is written. The kernel knows that nothing arrived, so the
// request is sent again: once, and it counts.
func TestClosedAtReuse(t *testing.T) {
	tests := []struct {
		name   string
		ending string
		tls    bool
	}{{"fin", "fin", false}, {"reset", "reset", false}, {"tls", "fin", true}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var e ender
			l, scheme := listen(t, test.tls)
			s := serveRaw(t, l, e.answer)
			c := newCaller(t, CallerOptions{IdleTimeout: patience, InsecureTLS: true})
			c.wary = 0
			c.beforeWrite = func(w *wire) {
				if w.reused {
					e.end(endings[test.ending])
					awaitEnd(t, w)
				}
			}
			const calls = 20
			for n := range calls {
				url := scheme + "://" + l.Addr().String() + "/?" + strconv.Itoa(n)
				if d := c.Call(t.Context(), []string{url}, example(OnPlay)); !d.Accept {
					t.Fatalf("call %d: %s", n, d.Reason)
				}
			}
			for n, r := range s.requests() {
				if want := "/?" + strconv.Itoa(n); r.Target != want {
					t.Fatalf("request %d is %s, want %s", n, r.Target, want)
				}
			}
			if got := len(s.requests()); got != calls {
				t.Errorf("%d requests, want %d", got, calls)
			}
		})
	}
}

// listen returns a listener on a free port and the scheme of its URLs.
func listen(t *testing.T, secure bool) (net.Listener, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if !secure {
		return l, "http"
	}
	other := httptest.NewTLSServer(nil) // for its certificate
	defer other.Close()
	return tls.NewListener(l, &tls.Config{Certificates: other.TLS.Certificates}), "https"
}

// TestChurningServer: a server that closes connections whenever it likes, in
// every way. Each call that was accepted was processed exactly once, and no
// call was processed twice.
func TestChurningServer(t *testing.T) {
	var processed sync.Map
	var mu sync.Mutex
	dice := rand.New(rand.NewPCG(1, 2))
	s := newRawServer(t, func(conn net.Conn, n int) bool {
		mu.Lock()
		roll := dice.IntN(6)
		mu.Unlock()
		switch roll {
		case 0:
			return saysAndCloses(ok)(conn, n)
		case 1:
			says(ok)(conn, n)
			conn.(*net.TCPConn).CloseWrite()
			io.Copy(io.Discard, conn)
			return false
		case 2:
			says(ok)(conn, n)
			reset(conn)
			return false
		}
		return says(ok)(conn, n)
	})
	c := newCaller(t, CallerOptions{})
	c.wary = 0
	var wg sync.WaitGroup
	var refused atomic.Int64
	const callers, calls = 8, 200
	for i := range callers {
		wg.Go(func() {
			for j := range calls {
				id := strconv.Itoa(1 + i*calls + j)
				pl := example(OnPublish)
				pl.ClientID = id
				d := c.Call(t.Context(), []string{s.url("/" + id)}, pl)
				processed.Store("/"+id, d.Accept)
				if !d.Accept {
					refused.Add(1)
				}
			}
		})
	}
	wg.Wait()
	times := map[string]int{}
	for _, r := range s.requests() {
		times[r.Target]++
	}
	processed.Range(func(id, accepted any) bool {
		n := times[id.(string)]
		if n > 1 {
			t.Errorf("%s was processed %d times", id, n)
		}
		if accepted.(bool) && n != 1 {
			t.Errorf("%s was accepted and processed %d times", id, n)
		}
		return true
	})
	t.Logf("%d of %d calls refused: their request stood unread in a connection that the server ended", refused.Load(),
		callers*calls)
}

// TestServerClosesUnannounced: a server that closes after every answer without
// saying so. Once that was seen its connections are not reused, so no call is
// refused, lost or doubled.
func TestServerClosesUnannounced(t *testing.T) {
	s := newRawServer(t, saysAndCloses(ok))
	c := newCaller(t, CallerOptions{IdleTimeout: patience})
	if d := c.Call(t.Context(), []string{s.url("/")}, example(OnPlay)); !d.Accept {
		t.Fatal(d.Reason)
	}
	awaitEnd(t, pooled(t, c))
	if d := c.Call(t.Context(), []string{s.url("/")}, example(OnPlay)); !d.Accept {
		t.Fatal(d.Reason)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if d := c.Call(t.Context(), []string{s.url("/")}, example(OnPlay)); !d.Accept {
					t.Error(d.Reason)
				}
			}
		})
	}
	wg.Wait()
	if got := len(s.requests()); got != 802 {
		t.Errorf("%d requests, want 802", got)
	}
}

// TestServerClosesIdle: against a server with an idle time-out of its own,
// longer than ours, no call is refused, lost or doubled, with pauses of all
// lengths round both time-outs.
func TestServerClosesIdle(t *testing.T) {
	var mu sync.Mutex
	times := map[string]int{}
	srv := &http.Server{IdleTimeout: 400 * time.Millisecond, Handler: http.HandlerFunc(func(w http.ResponseWriter,
		r *http.Request) {
		mu.Lock()
		times[r.URL.Path]++
		mu.Unlock()
		io.WriteString(w, "0")
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() { srv.Serve(l) })
	defer wg.Wait()
	defer srv.Close()
	c := newCaller(t, CallerOptions{IdleTimeout: 20 * time.Millisecond})
	var calls sync.WaitGroup
	for i := range 8 {
		calls.Go(func() {
			dice := rand.New(rand.NewPCG(1, uint64(i)))
			for j := range 100 {
				url := "http://" + l.Addr().String() + "/" + strconv.Itoa(i) + "/" + strconv.Itoa(j)
				if d := c.Call(t.Context(), []string{url}, example(OnPublish)); !d.Accept {
					t.Errorf("%d/%d refused: %s", i, j, d.Reason)
				}
				if dice.IntN(10) == 0 {
					<-time.After(time.Duration(dice.IntN(30)) * time.Millisecond)
				}
			}
		})
	}
	calls.Wait()
	mu.Lock()
	defer mu.Unlock()
	if len(times) != 800 {
		t.Errorf("%d different calls arrived, want 800", len(times))
	}
	for path, n := range times {
		if n != 1 {
			t.Errorf("%s arrived %d times", path, n)
		}
	}
}
