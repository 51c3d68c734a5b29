package hook

import (
	"context"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestRequest: what goes over the wire (S-REQ-01, 02, 04, 05).
func TestRequest(t *testing.T) {
	s := newRawServer(t, says(ok))
	for _, p := range Profiles() {
		c := newCaller(t, CallerOptions{Profile: p, UserAgent: "Tester/1"})
		for _, e := range Events {
			target := "/api/v1/x%20y/../?a=b&c=%2F&e=" + e.String() + "&d"
			c.Call(t.Context(), []string{s.url(target + "#fragment")}, example(e))
			all := s.requests()
			r := all[len(all)-1]
			want, _ := p.Encode(nil, example(e))
			if r.Method != "POST" || r.Target != target || r.Body != string(want) || r.Length != int64(len(want)) {
				t.Errorf("%s %s: got %+v, want POST %s with %s", p, e, r, target, want)
			}
			if r.Header.Get("Content-Type") != "application/json" || r.Header.Get("User-Agent") != "Tester/1" {
				t.Errorf("%s %s: headers %v", p, e, r.Header)
			}
			if _, err := p.Decode([]byte(r.Body)); err != nil {
				t.Errorf("%s %s: %v", p, e, err)
			}
		}
	}
}

// TestURLs: S-URL-01 to 03, and S-CFG-02.
func TestURLs(t *testing.T) {
	refusals := map[string]func(net.Conn, int) bool{
		"/no": withBody("200 OK", "1"), "/500": withBody("500 Oops", "0"),
		"/reset":  func(c net.Conn, _ int) bool { reset(c); return false },
		"/closed": func(net.Conn, int) bool { return false },
	}
	tests := []struct {
		name    string
		urls    []string
		opening []string // called for an event that opens
		accept  bool
	}{
		{"none", nil, nil, true},
		{"one", []string{"/1"}, []string{"/1"}, true},
		{"three", []string{"/3", "/1", "/2"}, []string{"/3", "/1", "/2"}, true},
		{"the same twice", []string{"/1", "/1"}, []string{"/1", "/1"}, true},
		{"first refuses", []string{"/no", "/2", "/3"}, []string{"/no"}, false},
		{"second refuses", []string{"/1", "/no", "/3"}, []string{"/1", "/no"}, false},
		{"last refuses", []string{"/1", "/2", "/no"}, []string{"/1", "/2", "/no"}, false},
		{"500", []string{"/1", "/500", "/3"}, []string{"/1", "/500"}, false},
		{"reset", []string{"/1", "/reset", "/3"}, []string{"/1", "/reset"}, false},
		{"closed", []string{"/1", "/closed", "/3"}, []string{"/1", "/closed"}, false},
	}
	for _, test := range tests {
		for _, e := range Events {
			var s *rawServer
			s = newRawServer(t, func(conn net.Conn, n int) bool {
				if answer := refusals[s.requests()[n-1].Target]; answer != nil {
					return answer(conn, n)
				}
				return says(ok)(conn, n)
			})
			var urls, got []string
			for _, u := range test.urls {
				urls = append(urls, s.url(u))
			}
			d := newCaller(t, CallerOptions{}).Call(t.Context(), urls, example(e))
			for _, r := range s.requests() {
				got = append(got, r.Target)
			}
			want, accept := test.opening, test.accept
			if e.Closing() {
				want, accept = test.urls, true
			}
			if !slices.Equal(got, want) || d.Accept != accept {
				t.Errorf("%s, %s: called %v and %+v, want %v and accept %v", test.name, e, got, d, want, accept)
			}
		}
	}
}

// TestOneByOne: the next URL is called only after the answer to the one before.
func TestOneByOne(t *testing.T) {
	release := make(chan struct{})
	arrived := make(chan string, 10)
	var s *rawServer
	s = newRawServer(t, func(conn net.Conn, n int) bool {
		arrived <- s.requests()[n-1].Target
		<-release
		return says(ok)(conn, n)
	})
	c := newCaller(t, CallerOptions{})
	done := make(chan Decision, 1)
	go func() { done <- c.Call(t.Context(), []string{s.url("/1"), s.url("/2")}, example(OnClose)) }()
	for _, want := range []string{"/1", "/2"} {
		if got := <-arrived; got != want || len(arrived) > 0 {
			t.Errorf("called %s, want %s and nothing beside it", got, want)
		}
		release <- struct{}{}
	}
	<-done
}

// TestClientGone: the end of the context does not stop a request that the
// hook server may be deciding about (S-ANS-10); a deadline does.
func TestClientGone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := newRawServer(t, func(conn net.Conn, n int) bool {
		cancel()
		return says(ok)(conn, n)
	})
	c := newCaller(t, CallerOptions{})
	for range 2 {
		if d := c.Call(ctx, []string{s.url("/1"), s.url("/2")}, example(OnPublish)); !d.Accept {
			t.Error(d.Reason)
		}
	}
	if n := len(s.requests()); n != 4 {
		t.Errorf("%d requests, want 4", n)
	}
}

func TestTimeout(t *testing.T) {
	drip := func(conn net.Conn, _ int) bool {
		// Always something new, never the end.
		for {
			if _, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nX: y\r\n"); err != nil {
				return false
			}
		}
	}
	// The kernel completes connections that nobody accepts.
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	urls := map[string]string{
		"no answer": newRawServer(t, says("")).url("/"),
		"no end":    newRawServer(t, says("HTTP/1.1 200 OK\r\n\r\n0")).url("/"),
		"no accept": "http://" + deaf.Addr().String() + "/",
		"no TLS":    "https://" + deaf.Addr().String() + "/",
	}
	c := newCaller(t, CallerOptions{Timeout: 50 * time.Millisecond})
	for name, url := range urls {
		d := c.Call(t.Context(), []string{url}, example(OnPublish))
		if d.Accept || !strings.Contains(d.Reason, "within 50ms") {
			t.Errorf("%s: %+v, want a refusal that names the time-out", name, d)
		}
	}
	d := c.Call(t.Context(), []string{newRawServer(t, drip).url("/")}, example(OnPublish))
	if d.Accept {
		t.Error("accepted an answer without an end")
	}
}

func TestObserve(t *testing.T) {
	s := newRawServer(t, withBody("200 OK", "1"))
	var calls []Call
	c := newCaller(t, CallerOptions{Observe: func(call Call) { calls = append(calls, call) }})
	good := s.url("/a")
	bad := "http://127.0.0.1:0/"
	pl := example(OnStop)
	c.Call(t.Context(), []string{good, bad}, pl)
	if len(calls) != 2 {
		t.Fatalf("%d calls observed, want 2", len(calls))
	}
	first, second := calls[0], calls[1]
	if first.URL != good || first.Event != OnStop || first.Status != 200 || first.Err != nil ||
		first.Decision.Accept || first.End.Before(first.Start) {
		t.Errorf("first call: %+v", first)
	}
	if first.ClientID != pl.ClientID || first.IP != pl.IP || pl.IP == "" {
		t.Errorf("of client %q at %q", first.ClientID, first.IP)
	}
	if second.URL != bad || second.Status != 0 || second.Err == nil || second.Decision.Accept {
		t.Errorf("second call: %+v", second)
	}
}

// TestLargeAnswers: content decides up to the limit, above it is a refusal.
func TestLargeAnswers(t *testing.T) {
	const limit = 1 << 20
	for _, n := range []int{limit - 100, limit, limit + 1} {
		body := `{"code":0,"data":"`
		body += strings.Repeat("x", n-len(body)-2) + `"}`
		length := withBody("200 OK", body)
		chunked := says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strconv.FormatInt(int64(n), 16) +
			"\r\n" + body + "\r\n0\r\n\r\n")
		open := saysAndCloses("HTTP/1.0 200 OK\r\n\r\n" + body)
		for name, answer := range map[string]func(net.Conn, int) bool{"length": length, "chunked": chunked,
			"until the end": open} {
			s := newRawServer(t, answer)
			c := newCaller(t, CallerOptions{MaxAnswer: limit})
			d := c.Call(t.Context(), []string{s.url("/")}, example(OnPlay))
			if want := n <= limit; d.Accept != want {
				t.Errorf("%s, %d bytes: %+v, want accept %v", name, n, d, want)
			}
		}
	}
	many := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1;"+strings.Repeat("x", 2000)+
		"\r\n0\r\n", 100)
	s := newRawServer(t, says(many))
	d := newCaller(t, CallerOptions{MaxAnswer: 1000}).Call(t.Context(), []string{s.url("/")}, example(OnPlay))
	if d.Accept || !strings.Contains(d.Reason, "chunk sizes") {
		t.Errorf("more chunk extensions than content: %+v, want a refusal for it", d)
	}
	s = newRawServer(t, withBody("200 OK", `{"code":0,"data":"`+strings.Repeat("x", 10<<20)+`"}`))
	if d := newCaller(t, CallerOptions{}).Call(t.Context(), []string{s.url("/")}, example(OnPlay)); !d.Accept {
		t.Error("10 MB:", d.Reason)
	}
}

// TestTLS: S-CFG-04.
func TestTLS(t *testing.T) {
	var mu sync.Mutex
	conns := map[string]bool{}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		conns[r.RemoteAddr] = true
		mu.Unlock()
		io.WriteString(w, "0")
	}))
	s.Config.ErrorLog = discardLog()
	s.StartTLS()
	defer s.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(s.Certificate())
	tests := []struct {
		name   string
		o      CallerOptions
		accept bool
		conns  int
	}{
		{"not trusted", CallerOptions{}, false, 0},
		{"not verified", CallerOptions{InsecureTLS: true}, true, 1},
		{"trusted", CallerOptions{RootCAs: trusted}, true, 1},
		{"fresh", CallerOptions{RootCAs: trusted, Fresh: true}, true, 5},
	}
	for _, test := range tests {
		clear(conns)
		test.o.IdleTimeout = patience
		c := newCaller(t, test.o)
		for range 5 {
			d := c.Call(t.Context(), []string{s.URL + "/x"}, example(OnPlay))
			if d.Accept != test.accept {
				t.Errorf("%s: %+v, want accept %v", test.name, d, test.accept)
			}
			if !test.accept && !strings.Contains(d.Reason, "certificate") {
				t.Errorf("%s: %q, want a word about the certificate", test.name, d.Reason)
			}
		}
		if len(conns) != test.conns {
			t.Errorf("%s: %d connections, want %d", test.name, len(conns), test.conns)
		}
	}
}

// TestBadPayload: nothing is sent that is no valid event.
func TestBadPayload(t *testing.T) {
	s := newRawServer(t, says(ok))
	c := newCaller(t, CallerOptions{Profile: SRS1})
	pl := example(OnPlay)
	pl.ClientID = "x8b67431"
	d := c.Call(t.Context(), []string{s.url("/")}, pl)
	if d.Accept || !strings.Contains(d.Reason, "client_id") || len(s.requests()) > 0 {
		t.Errorf("%+v after %d requests, want a refusal that names client_id after none", d, len(s.requests()))
	}
}
