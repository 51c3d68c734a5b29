package hooktarget

import (
	"context"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"

	"hookproof/hook"
	"hookproof/internal/hookcheck"
	"hookproof/internal/ownclock"
)

// endless answers every connection with a beginning and then with more of the same until it is cut off.
func endless(t *testing.T, begin, more string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, begin)
			for _, err = io.WriteString(c, more); err == nil; {
				_, err = io.WriteString(c, more)
			}
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return "http://" + l.Addr().String() + "/"
}

// An answer without end costs a bounded amount of memory and is told from an answer.
func TestEndlessAnswers(t *testing.T) {
	long := strings.Repeat("x", 64<<10)
	for _, c := range []struct{ name, begin, more string }{
		{"status line", "HTTP/1.1 200 ", long},
		{"header line", "HTTP/1.1 200 OK\r\nX: ", long},
		{"header lines", "HTTP/1.1 200 OK\r\n", strings.Repeat("X: y\r\n", 10<<10)},
		{"interim answers", "", strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 1<<10)},
		{"body", "HTTP/1.1 200 OK\r\n\r\n", long},
		{"declared body", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", long},
		{"chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n", long},
		{"chunks of one byte", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", strings.Repeat("1\r\nx\r\n",
			10<<10)},
		{"chunk extension", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", long},
		{"trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", strings.Repeat("X: y\r\n", 10<<10)},
		{"no HTTP", "", long},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := endless(t, c.begin, c.more)
			target := &Target{o: Options{Profile: hook.SRS6, Scale: 1}, clock: ownclock.Start(nil)}
			defer target.clock.Close()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r := target.exchange(context.Background(), &Request{URL: url}, target.limit())
			runtime.ReadMemStats(&after)
			if r.err == nil || r.how == hookcheck.TimedOut {
				t.Errorf("got %q, %v; want a failure that is no time-out", r.how, r.err)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 32<<20 {
				t.Errorf("one answer allocated %d MB, want at most 32", took>>20)
			}
		})
	}
}

// A scene keeps a bounded amount of what a server answers.
func TestKept(t *testing.T) {
	var s Scene
	body := []byte(strings.Repeat("x", maxAnswer))
	total := 0
	for range 200 {
		total += len(s.keep(body))
	}
	if total > maxKept+200*briefest {
		t.Errorf("200 answers of %d bytes: kept %d bytes, want at most %d", maxAnswer, total, maxKept+200*briefest)
	}
	if n := len(s.keep([]byte("0"))); n != 1 {
		t.Errorf("a short answer: kept %d bytes, want 1", n)
	}
}

// A server whose answers are not HTTP lives: it is wrong, and not dead.
func TestWrongIsNotDead(t *testing.T) {
	url := endless(t, "HTTP/1.1 200 ", strings.Repeat("x", 64<<10))
	target := &Target{o: Options{Profile: hook.SRS6, Scale: 1, URLs: map[hook.Event][]string{hook.OnClose: {url}}},
		clock: ownclock.Start(nil), probe: hook.OnClose}
	defer target.clock.Close()
	if !target.answers(t.Context()) {
		t.Error("want a server that answers endlessly to be alive, got dead")
	}
}
