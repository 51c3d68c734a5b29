package hook

import (
	"context"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// failing answers the first n requests badly, the others well.
func failing(n int, bad func(net.Conn, int) bool) func(net.Conn, int) bool {
	return func(conn net.Conn, request int) bool {
		if request <= n {
			return bad(conn, request)
		}
		return says(ok)(conn, request)
	}
}

func resets(conn net.Conn, _ int) bool { reset(conn); return false }

// TestDeliver: which failures of a closing event are tried again.
func TestDeliver(t *testing.T) {
	tests := []struct {
		name   string
		answer func(net.Conn, int) bool
		again  bool // it is tried again, and lost if not
	}{
		{"reset", resets, true},
		{"closed", saysAndCloses(""), true},
		{"502", withBody("502 Bad Gateway", ""), true},
		{"503", withBody("503 Service Unavailable", "0"), true},
		{"504", withBody("504 Gateway Timeout", ""), true},
		{"400", withBody("400 Bad Request", ""), true},
		{"408", withBody("408 Request Timeout", ""), true},
		{"0", says(ok), false},
		{"1", withBody("200 OK", "1"), false},
		{"404", withBody("404 Not Found", ""), false},
		{"429", withBody("429 Too Many Requests", ""), false},
		{"500", withBody("500 Oops", ""), false},
		{"501", withBody("501 Not Implemented", ""), false},
		{"redirect", says("HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n"), false},
		{"cut off", saysAndCloses("HTTP/1.1 2"), false},
		{"not HTTP", saysAndCloses("hello\r\n"), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, retry := range []time.Duration{0, patience} {
				const bad = 2
				s := newRawServer(t, failing(bad, test.answer))
				c := newCaller(t, CallerOptions{})
				left := c.Deliver(t.Context(), []string{s.url("/")}, example(OnClose), retry)
				want := 1
				if test.again && retry > 0 {
					want += bad
				}
				lost := test.again && retry == 0
				if got := s.await(want); got != want || (len(left) > 0) != lost {
					t.Errorf("retry %v: %d requests, %+v left; want %d, something left %v", retry, got, left, want,
						lost)
				}
			}
		})
	}
}

// TestDeliverAfterSilence: an attempt that was not answered in time is followed
// by another, though the first may have been seen.
func TestDeliverAfterSilence(t *testing.T) {
	s := newRawServer(t, failing(1, says("")))
	c := newCaller(t, CallerOptions{Timeout: 200 * time.Millisecond})
	if left := c.Deliver(t.Context(), []string{s.url("/")}, example(OnClose), patience); len(left) > 0 ||
		s.await(2) < 2 {
		t.Errorf("%+v left after %d requests", left, len(s.requests()))
	}
}

// TestDeliverAfterOutage: nobody listens at first.
func TestDeliverAfterOutage(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	var attempts []int
	c := newCaller(t, CallerOptions{Observe: func(call Call) { attempts = append(attempts, call.Attempt) }})
	done := make(chan []Undelivered, 1)
	go func() {
		done <- c.Deliver(t.Context(), []string{"http://" + addr + "/"}, example(OnUnpublish), patience)
	}()
	loaded(t, c, Load{Retrying: 1})
	if l, err = net.Listen("tcp", addr); err != nil {
		t.Skip("the port is taken: ", err)
	}
	s := serveRaw(t, l, says(ok))
	if left := <-done; len(left) > 0 || len(s.requests()) != 1 {
		t.Errorf("%+v left, %d requests, want none and 1", left, len(s.requests()))
	}
	if n := len(attempts); n < 2 || attempts[0] != 1 || attempts[n-1] != n {
		t.Errorf("attempts %v, want 1, 2 …", attempts)
	}
	loaded(t, c, Load{})
}

// TestDeliverToSeveral: a URL that fails keeps no other waiting; all are called
// once before one is called again (S-URL-01, S-URL-03).
func TestDeliverToSeveral(t *testing.T) {
	var s *rawServer
	s = newRawServer(t, func(conn net.Conn, n int) bool {
		if target := s.requests()[n-1].Target; target == "/2" && n <= 4 || target == "/4" && n <= 6 {
			return resets(conn, n)
		}
		return says(ok)(conn, n)
	})
	c := newCaller(t, CallerOptions{})
	urls := []string{s.url("/1"), s.url("/2"), s.url("/3"), s.url("/4")}
	if left := c.Deliver(t.Context(), urls, example(OnStop), patience); len(left) > 0 {
		t.Errorf("%+v left", left)
	}
	var got []string
	for _, r := range s.requests() {
		got = append(got, r.Target)
	}
	if want := []string{"/1", "/2", "/3", "/4", "/2", "/4", "/4"}; !slices.Equal(got, want) {
		t.Errorf("called %v, want %v", got, want)
	}
}

// TestDeliverGivesUp: when the time is over, when the context's is, and when
// the caller is closed; not because the context is cancelled.
func TestDeliverGivesUp(t *testing.T) {
	refused := "http://127.0.0.1:1/" // nobody has it
	const short = 250 * time.Millisecond
	tests := []struct {
		name     string
		deadline time.Duration // of the context
		cancel   bool          // the context, at once
		retry    time.Duration
		close    bool // the caller
	}{
		{name: "time", deadline: time.Hour, retry: short},
		{name: "deadline", deadline: short, retry: time.Hour},
		{name: "closed", deadline: time.Hour, retry: time.Hour, close: true},
		{name: "cancelled, and closed", deadline: time.Hour, cancel: true, retry: time.Hour, close: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), test.deadline)
			defer cancel()
			if test.cancel {
				cancel()
			}
			c := newCaller(t, CallerOptions{})
			done := make(chan []Undelivered, 1)
			go func() { done <- c.Deliver(ctx, []string{refused}, example(OnClose), test.retry) }()
			if test.close {
				loaded(t, c, Load{Retrying: 1})
				c.Close()
			}
			select {
			case left := <-done:
				if len(left) != 1 || left[0].URL != refused || left[0].Reason == "" || !test.close &&
					left[0].Attempts < 2 {
					t.Errorf("%+v left", left)
				}
			case <-time.After(patience):
				t.Error("it still tries")
			}
			loaded(t, c, Load{})
		})
	}
}

// TestDeliverOnce: what no time mends is not tried again, and told.
func TestDeliverOnce(t *testing.T) {
	l, scheme := listen(t, true)
	s := serveRaw(t, l, says(ok))
	plain := httptest.NewServer(nil) // answers what is no HTTP with 400
	defer plain.Close()
	c := newCaller(t, CallerOptions{})
	for _, url := range []string{
		scheme + "://" + s.Addr().String() + "/", "https://" + plain.Listener.Addr().String() +
			"/", "http://127.0.0.1:0/",
	} {
		left := c.Deliver(t.Context(), []string{url}, example(OnClose), time.Hour)
		if len(left) != 1 || left[0].Attempts != 1 {
			t.Errorf("%s: %+v left, want 1 after 1 attempt", url, left)
		}
	}
	bad := example(OnClose)
	bad.ClientID = ""
	if left := c.Deliver(t.Context(), []string{plain.URL}, bad, time.Hour); len(left) != 1 ||
		!strings.Contains(left[0].Reason, "client_id") {
		t.Errorf("%+v left, want one for its client_id", left)
	}
	if left := c.Deliver(t.Context(), nil, bad, time.Hour); left != nil {
		t.Errorf("%+v left of no URL", left)
	}
}

// TestUnseen: a refusal tells whether a hook server may have seen the event.
func TestUnseen(t *testing.T) {
	const refused = "http://127.0.0.1:1/"
	good, broken := newRawServer(t, says(ok)).url("/"), newRawServer(t, resets).url("/")
	no, oops := newRawServer(t, withBody("200 OK", "1")).url("/"), newRawServer(t, withBody("500 Oops", "")).url("/")
	tests := []struct {
		name string
		urls []string
		want bool
	}{
		{"refused connection", []string{refused}, true},
		{"wrong URL", []string{"http://127.0.0.1:0/"}, true},
		{"reset", []string{broken}, false},
		{"no", []string{no}, false},
		{"500", []string{oops}, false},
		{"the second is refused", []string{good, refused}, false},
	}
	c := newCaller(t, CallerOptions{})
	for _, test := range tests {
		if d := c.Call(t.Context(), test.urls, example(OnConnect)); d.Accept || d.Unseen != test.want {
			t.Errorf("%s: %+v, want unseen %v", test.name, d, test.want)
		}
	}
}
