package forward

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/internal/test/recorder"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestAsk passes events on to the URLs that they have.
func TestAsk(t *testing.T) {
	first := recorder.New(t, endpoint.Options{Default: func(r *endpoint.Request) endpoint.Answer {
		if r.Event == hook.OnPlay {
			return endpoint.Status(http.StatusForbidden, "no")
		}
		return endpoint.Status(http.StatusOK, `{"code":0}`)
	}})
	second := recorder.New(t, endpoint.Options{})
	both := []string{first.URL() + "/a?k=v", second.URL() + "/b"}
	f := New(map[hook.Event][]string{hook.OnConnect: both, hook.OnPlay: both, hook.OnClose: {"http://127.0.0.1:1/x"}},
		10*time.Second)
	defer f.Close()
	for _, c := range []struct {
		event         hook.Event
		status        int
		first, second int // requests so far
	}{
		{hook.OnConnect, http.StatusOK, 1, 1},
		{hook.OnPlay, http.StatusForbidden, 2, 1}, // the first refusal is the last word
		{hook.OnPublish, http.StatusOK, 2, 1},     // no URL: accepted
	} {
		a := f.Ask(&endpoint.Request{Method: "POST", Event: c.event, HasEvent: true,
			Body: []byte(`{"action":"` + c.event.String() + `","client_id":"c"}`)}, hook.SRS6)
		if a.Status != c.status || len(first.Requests()) != c.first || len(second.Requests()) != c.second {
			t.Errorf("%s: got %d with %d and %d requests, want %d with %d and %d", c.event, a.Status,
				len(first.Requests()),
				len(second.Requests()), c.status, c.first, c.second)
		}
	}
	if got := first.Requests()[0].Target; got != "/a?k=v" {
		t.Errorf("asked at %s", got)
	}
	if a := f.Ask(&endpoint.Request{Method: "POST", Event: hook.OnClose, HasEvent: true},
		hook.SRS6); a.Fault != endpoint.CloseWithoutAnswer || f.Err() == nil {
		t.Errorf("nobody answers: got %+v, %v", a, f.Err())
	}
}

// A hook server's endless head or body costs a bounded amount of memory.
func TestEndlessAnswers(t *testing.T) {
	long := strings.Repeat("x", 64<<10)
	for name, begin := range map[string]string{
		"head": "HTTP/1.1 200 OK\r\nX: ", "status line": "HTTP/1.1 200 ", "body": "HTTP/1.1 200 OK\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				c, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					return
				}
				defer c.Close()
				for _, err = io.WriteString(c, begin); err == nil; {
					_, err = io.WriteString(c, long)
				}
			}))
			defer srv.Close()
			f := New(map[hook.Event][]string{hook.OnPlay: {srv.URL}}, 10*time.Second)
			defer f.Close()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f.Ask(&endpoint.Request{Method: "POST", Event: hook.OnPlay, HasEvent: true}, hook.SRS6)
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; took > 32<<20 { // what is endless takes gigabytes in 10 s
				t.Errorf("want at most 32 MB allocated, got %d", took>>20)
			}
		})
	}
}
