package hook

import (
	"crypto/tls"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

// The limits of the callers that meet hostile servers.
const (
	hostileAnswer  = 1 << 20
	hostileTimeout = 300 * time.Millisecond
)

// hostile is a hook server that means harm.
type hostile struct {
	name   string
	answer func(net.Conn, int) bool
	tls    *tls.Config // of the server; nil: plain HTTP, or none where secure
	secure bool        // it is called by https
	want   string      // part of the reason of the refusal
	memory uint64      // bytes that a call may allocate; 0: little
}

// little is what a call may allocate that refuses before the answer's body.
const little = 512 << 10

// late is in the reason where only the time-out ends the call.
var late = "no whole answer within " + hostileTimeout.String()

func hostiles(t *testing.T) []hostile {
	inside := "http://" + untouched(t) + "/latest/meta-data"
	const head = "HTTP/1.1 200 OK\r\n"
	tooLarge := errTooLarge.Error()
	body := uint64(4 * hostileAnswer) // it grows by doubling
	chunked := head + "Transfer-Encoding: chunked\r\n\r\n"
	return []hostile{
		{name: "endless status line", answer: forever("HTTP/1.1 200 ", "OK"),
			want: "status line: want at most 65536 bytes"},
		{name: "endless headers", answer: forever(head, "X-Flood: 0123456789\r\n"),
			want: "headers: want at most 65536 bytes"},
		{name: "an endless header", answer: forever(head+"X-Flood: ", "x"), want: "headers: want at most 65536 bytes"},
		{name: "endless blank lines", answer: forever("", "\r\n"), want: "status line"},
		{name: "endless interim answers", answer: forever("", "HTTP/1.1 100 Continue\r\n\r\n"), want: "interim answer"},
		{name: "endless body", answer: forever(head+"\r\n", `{"code":0,`), want: tooLarge, memory: body},
		{name: "endless chunks", answer: forever(chunked, "1\r\n0\r\n"), want: tooLarge, memory: body},
		{name: "endless chunk", answer: forever(chunked+"fffffff\r\n", "0"), want: tooLarge},
		{name: "endless chunk size", answer: forever(chunked, "0"), want: "chunk size"},
		{name: "endless chunk extensions", answer: forever(chunked, "1;"+strings.Repeat("x", 2000)+"\r\n0\r\n"),
			want: tooLarge},
		{name: "endless trailers", answer: forever(chunked+"0\r\n", "X-Flood: 0\r\n"),
			want: "trailers: want at most 65536 bytes"},
		{name: "endless nesting", answer: withBody("200 OK", `{"code":`+strings.Repeat("[", hostileAnswer/2)),
			want: "answer: want", memory: body},
		{name: "length of 1 GB", answer: forever(head+"Content-Length: 1073741824\r\n\r\n", "0"), want: tooLarge},
		{name: "all that is allowed announced, one byte sent", answer: mute(head + "Content-Length: 1048576\r\n\r\n0"),
			want: late},

		{name: "no answer", answer: mute(""), want: late},
		{name: "head byte by byte", answer: dripping(head + "Content-Length: 1\r\n\r\n0"), want: late},
		{name: "body byte by byte", answer: dripping(head+"\r\n"+strings.Repeat("0", 1<<20), len(head)+2), want: late},
		{name: "chunks byte by byte", answer: dripping(chunked+strings.Repeat("1\r\n0\r\n", 1<<20), len(chunked)),
			want: late},

		{name: "redirect to a file", answer: redirect("302 Found", "file:///etc/passwd"), want: "HTTP status 302"},
		{name: "redirect to an internal address", answer: redirect("307 Temporary Redirect", inside),
			want: "HTTP status 307"},
		{name: "permanent redirect to an internal address", answer: redirect("308 Permanent Redirect", inside),
			want: "HTTP status 308"},
		{name: "refresh to an internal address", answer: says(head + "Refresh: 0; url=" + inside +
			"\r\nContent-Length: 0\r\n\r\n"), want: "got nothing"},
		{name: "compressed bomb", answer: withEncoding("gzip", bomb), want: "Content-Encoding"},
		{name: "compressed bomb, not said", answer: withBody("200 OK", bomb), want: "answer: want"},
		{name: "compressed bomb as a transfer coding", answer: says(head + "Transfer-Encoding: gzip, chunked\r\n\r\n"),
			want: "Transfer-Encoding"},

		{name: "closed inside the status line", answer: saysAndCloses("HTTP/1.1 20"), want: "status line cut off"},
		{name: "closed inside the headers", answer: saysAndCloses(head + "Content-Length: 1"), want: "headers cut off"},
		{name: "closed inside the body", answer: saysAndCloses(head + "Content-Length: 10\r\n\r\n{\"code\":0"),
			want: "body, 1 bytes before its end, cut off"},
		{name: "closed inside a chunk", answer: saysAndCloses(chunked + "a\r\n{\"code\":0"), want: "cut off"},
		{name: "closed before the last chunk", answer: saysAndCloses(chunked + "1\r\n0\r\n"),
			want: "chunk size cut off"},
		{name: "reset inside the body", answer: func(c net.Conn, n int) bool {
			says(head+"\r\n0")(c, n)
			reset(c)
			return false
		}, want: "reset"},

		{name: "certificate nobody vouches for", secure: true, tls: certified(t, unknown, "127.0.0.1", time.Hour),
			answer: says(ok), want: "certificate"},
		{name: "certificate of another host", secure: true, tls: certified(t, trusted, "hooks.example", time.Hour),
			answer: says(ok), want: "certificate"},
		{name: "certificate out of date", secure: true, tls: certified(t, trusted, "127.0.0.1", -time.Hour),
			answer: says(ok), want: "certificate"},
		{name: "TLS of the past", secure: true, tls: old(certified(t, trusted, "127.0.0.1", time.Hour)),
			answer: says(ok), want: "protocol version"},
		{name: "no TLS behind https", secure: true, answer: says(ok), want: "does not look like a TLS handshake"},
		{name: "silence in the TLS handshake", secure: true, answer: mute(""), want: late},
		{name: "a TLS handshake without an end", secure: true, answer: dripping("\x16\x03\x03\x40\x00" +
			strings.Repeat("\x00", 1<<14)), want: late},
	}
}

// TestHostileServers: whatever a hook server answers, the client is refused, in
// time, at a cost that is bounded, and the connection is gone. TestAnswers has
// more rows of what is merely wrong.
func TestHostileServers(t *testing.T) {
	good := newRawServer(t, says(ok))
	for _, h := range hostiles(t) {
		t.Run(h.name, func(t *testing.T) {
			url, gone := h.serve(t)
			o := CallerOptions{MaxAnswer: hostileAnswer, RootCAs: authority().pool, Fresh: true}
			if h.want == late {
				o.Timeout = hostileTimeout
			}
			c := newCaller(t, o)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			d := decision(t, c, url)
			runtime.ReadMemStats(&after)
			if d.Accept || !strings.Contains(d.Reason, h.want) {
				t.Errorf("%+v, want a refusal with %q", d, h.want)
			}
			if got, most := after.TotalAlloc-before.TotalAlloc, max(h.memory, little); got > most {
				t.Errorf("%d bytes allocated, want at most %d", got, most)
			}
			select {
			case <-gone:
			case <-time.After(patience):
				t.Error("the connection is still open")
			}
			if n := len(c.wires); n > 0 {
				t.Errorf("%d connections kept", n)
			}
			loaded(t, c, Load{})
			if d := decision(t, newCaller(t, CallerOptions{}), good.url("/")); !d.Accept {
				t.Error("another server:", d.Reason)
			}
		})
	}
}

// decision makes a call that has to end.
func decision(t *testing.T, c *Caller, url string) Decision {
	t.Helper()
	done := make(chan Decision, 1)
	go func() { done <- c.Call(t.Context(), []string{url}, example(OnPublish)) }()
	select {
	case d := <-done:
		return d
	case <-time.After(2 * patience):
		t.Fatal("the call does not end")
		return Decision{}
	}
}

// TestManyHostileAnswers: large answers share what memory there is for them;
// who finds none is refused, and those with small answers are served.
func TestManyHostileAnswers(t *testing.T) {
	const calls, room = 64, manyLarge * hostileAnswer
	bad := hostile{answer: forever("HTTP/1.1 200 OK\r\n\r\n", "0")}
	url, _ := bad.serve(t)
	good := newRawServer(t, says(ok))
	c := newCaller(t, CallerOptions{MaxAnswer: hostileAnswer})
	done := make(chan Decision, calls)
	for range calls {
		go func() { done <- c.Call(t.Context(), []string{url}, example(OnPublish)) }()
	}
	for range calls {
		if d := decision(t, c, good.url("/")); !d.Accept {
			t.Error(d.Reason)
		}
		if left := c.large.left.Load(); left > room {
			t.Errorf("%d bytes are left for large answers, of %d", left, room)
		}
	}
	for range calls {
		select {
		case d := <-done:
			if d.Accept || !strings.Contains(d.Reason, "larger than allowed") {
				t.Errorf("%+v, want refused as too large", d)
			}
		case <-time.After(patience):
			t.Fatal("a call does not end")
		}
	}
	if left := c.large.left.Load(); left != room {
		t.Errorf("%d bytes are left for large answers at the end, want %d", left, room)
	}
}

// TestLargeAnswersShare: a large answer that finds no room for itself refuses,
// a small one needs none, and the room comes back.
func TestLargeAnswersShare(t *testing.T) {
	large := `{"code":0,"data":"` + strings.Repeat("x", 100<<10) + `"}`
	s := newRawServer(t, withBody("200 OK", large))
	small := newRawServer(t, withBody("200 OK", `{"code":0,"data":"`+strings.Repeat("x", 50<<10)+`"}`))
	c := newCaller(t, CallerOptions{MaxAnswer: 1 << 20})
	all := c.large.left.Load()
	c.large.left.Store(10 << 10)
	if d := decision(t, c, s.url("/")); d.Accept || !strings.Contains(d.Reason, errTooMany.Error()) {
		t.Errorf("%+v, want refused for lack of room", d)
	}
	if d := decision(t, c, small.url("/")); !d.Accept {
		t.Error("small:", d.Reason)
	}
	c.large.left.Store(all)
	for range 20 {
		if d := decision(t, c, s.url("/")); !d.Accept {
			t.Error("large:", d.Reason)
		}
	}
	if left := c.large.left.Load(); left != all {
		t.Errorf("%d bytes are left, want %d", left, all)
	}
}
