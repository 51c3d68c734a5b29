package httpguard

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// net/http keeps a connection that it gave up for half a second, so that the
// answer is read.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

var (
	loopback = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1985}
	anywhere = &net.TCPAddr{IP: net.IPv6zero, Port: 1985}
)

// TestHost: a name that leads to 127.0.0.1 is not one of a service there.
func TestHost(t *testing.T) {
	for _, c := range []struct {
		host string
		addr net.Addr
		ok   bool
	}{
		{"127.0.0.1:1985", loopback, true}, {"127.0.0.1", loopback, true}, {"[::1]:1985", loopback, true},
		{"[::1]", loopback, true},
		{"localhost:1985", loopback, true}, {"LocalHost.:80", loopback, true}, {"srs.localhost", loopback, true},
		{"192.0.2.1", loopback, true}, // a page there has no name to be bound anew
		{"", loopback, true},
		{"evil.example:1985", loopback, false}, {"127.0.0.1.evil.example", loopback, false}, {"localhost.evil.example",
			loopback, false},
		{"notlocalhost", loopback, false}, {"[::1].evil.example", loopback, false}, {" localhost", loopback, false},
		{"evil.example", &net.TCPAddr{IP: net.IPv6loopback}, false},
		{"media.example:1985", anywhere, true}, {"media.example", &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)}, true},
	} {
		if err := Host(c.host, c.addr); (err == nil) != c.ok {
			t.Errorf("Host(%q, %v) = %v", c.host, c.addr, err)
		}
	}
}

// TestHandler: what a browser sends for a page of somebody else changes nothing.
func TestHandler(t *testing.T) {
	served := 0
	h := Handler(loopback, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { served++ }))
	for _, c := range []struct {
		name, method, host string
		header             [2]string
		want               int
	}{
		{"a program", "DELETE", "127.0.0.1:1985", [2]string{}, 200},
		{"the address bar", "GET", "localhost:1985", [2]string{"Sec-Fetch-Site", "none"}, 200},
		{"a link elsewhere", "GET", "localhost:1985", [2]string{"Sec-Fetch-Site", "cross-site"}, 200},
		{"a page elsewhere deletes", "DELETE", "127.0.0.1:1985", [2]string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"an old browser deletes", "DELETE", "127.0.0.1:1985", [2]string{"Origin", "http://evil.example"}, 403},
		{"a page of another port deletes", "DELETE", "127.0.0.1:1985", [2]string{"Origin", "http://127.0.0.1:8085"},
			403},
		{"its own page deletes", "DELETE", "127.0.0.1:1985", [2]string{"Origin", "http://127.0.0.1:1985"}, 200},
		{"a page without an origin deletes", "DELETE", "127.0.0.1:1985", [2]string{"Origin", "null"}, 403},
		{"a page whose name was bound anew reads", "GET", "evil.example:1985", [2]string{"Sec-Fetch-Site",
			"same-origin"}, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := served
			r, w := httptest.NewRequest(c.method, "/api/v1/clients/1", nil), httptest.NewRecorder()
			if r.Host = c.host; c.header[0] != "" {
				r.Header.Set(c.header[0], c.header[1])
			}
			h.ServeHTTP(w, r)
			if w.Code != c.want || (served > before) != (c.want == 200) {
				t.Errorf("status %d, want %d; served: %v", w.Code, c.want, served > before)
			}
			for name, want := range map[string]string{"X-Content-Type-Options": "nosniff",
				"Content-Security-Policy": policy,
				"Cache-Control":           "no-store", "Cross-Origin-Resource-Policy": "same-origin"} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

// serve runs a server with h until the end of the test.
func serve(t *testing.T, h http.Handler, most int, change func(*http.Server)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := NewServer(l, h, time.Minute, slog.New(slog.DiscardHandler))
	change(s)
	done := make(chan struct{})
	go func() { defer close(done); s.Serve(Limit(l, most)) }()
	t.Cleanup(func() { s.Close(); <-done })
	return l.Addr().String()
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	return c
}

// status sends a request and returns the first line of the answer.
func status(t *testing.T, c net.Conn, request string) string {
	t.Helper()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

var fine = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})

// TestSlowPeers: who sends a header or a body slowly, or nothing, is cut off.
func TestSlowPeers(t *testing.T) {
	read := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })
	addr := serve(t, read, MaxConns, func(s *http.Server) {
		if s.ReadHeaderTimeout != headerTime || s.ReadTimeout != requestTime || s.WriteTimeout != time.Minute ||
			s.IdleTimeout != idleTime {
			t.Errorf("the server's times are %v, %v, %v and %v", s.ReadHeaderTimeout, s.ReadTimeout, s.WriteTimeout,
				s.IdleTimeout)
		}
		const soon = 50 * time.Millisecond
		s.ReadHeaderTimeout, s.ReadTimeout, s.IdleTimeout = soon, soon, soon
	})
	for name, begin := range map[string]string{
		"silent": "", "half a header": "GET / HTTP/1.1\r\nHost: localhost\r\nX-",
		"half a body": "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n1",
		"idle":        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, addr)
			io.WriteString(c, begin)
			if _, err := io.Copy(io.Discard, c); err != nil && !strings.Contains(err.Error(), "reset") {
				t.Errorf("the connection stays: %v", err)
			}
		})
	}
}

// TestHeaderLimit: net/http grants 4 KB on top of the limit.
func TestHeaderLimit(t *testing.T) {
	addr := serve(t, fine, MaxConns, func(*http.Server) {})
	for size, want := range map[int]string{8 << 10: "HTTP/1.1 200 OK",
		maxHeader + 5<<10: "HTTP/1.1 431 Request Header Fields Too Large"} {
		if got := status(t, dial(t, addr), "GET / HTTP/1.1\r\nHost: localhost\r\nX: "+strings.Repeat("x", size)+
			"\r\n\r\n"); got != want {
			t.Errorf("a header of %d bytes: %s, want %s", size, got, want)
		}
	}
}

// TestLimit: a connection too many is served when another one has ended.
func TestLimit(t *testing.T) {
	addr := serve(t, fine, 2, func(*http.Server) {})
	const request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
	var open [2]net.Conn
	for i := range open {
		open[i] = dial(t, addr)
		if got := status(t, open[i], request); got != "HTTP/1.1 200 OK" {
			t.Fatal(got)
		}
	}
	third := dial(t, addr)
	io.WriteString(third, request)
	answered := make(chan error, 1)
	go func() {
		_, err := third.Read(make([]byte, 1))
		answered <- err
	}()
	// The others are still served, which is after the third would have been.
	if got := status(t, open[0], request); got != "HTTP/1.1 200 OK" {
		t.Fatal(got)
	}
	select {
	case err := <-answered:
		t.Fatalf("a third connection was served beside two: %v", err)
	default:
	}
	open[1].Close()
	if err := <-answered; err != nil {
		t.Fatalf("the third connection was not served: %v", err)
	}
}

// TestLimitCloses: closing ends an Accept that waits for a place.
func TestLimitCloses(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Limit(inner, 0)
	done := make(chan error, 1)
	go func() { _, err := l.Accept(); done <- err }()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err == nil {
		t.Error("Accept gives no error")
	}
	if err := l.Close(); err == nil {
		t.Error("closing twice gives no error")
	}
}
