package forward

import (
	"net/http"
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
	f := New(map[hook.Event][]string{hook.OnConnect: both, hook.OnPlay: both, hook.OnClose: {"http://127.0.0.1:1/x"}}, 10*time.Second)
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
		a := f.Ask(&endpoint.Request{Method: "POST", Event: c.event, HasEvent: true, Body: []byte(`{"action":"` + c.event.String() + `","client_id":"c"}`)}, hook.SRS7)
		if a.Status != c.status || len(first.Requests()) != c.first || len(second.Requests()) != c.second {
			t.Errorf("%s: got %d with %d and %d requests, want %d with %d and %d", c.event, a.Status, len(first.Requests()), len(second.Requests()), c.status, c.first, c.second)
		}
	}
	if got := first.Requests()[0].Target; got != "/a?k=v" {
		t.Errorf("asked at %s", got)
	}
	if a := f.Ask(&endpoint.Request{Method: "POST", Event: hook.OnClose, HasEvent: true}, hook.SRS7); a.Fault != endpoint.CloseWithoutAnswer || f.Err() == nil {
		t.Errorf("nobody answers: got %+v, %v", a, f.Err())
	}
}
