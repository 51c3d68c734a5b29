package hooklog

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestLog tells clients by their key first and by their id from then on.
func TestLog(t *testing.T) {
	k := account.NewKeys("t")
	set := measure.NewSet()
	var asked []int
	l := New(Options{Profile: hook.SRS1, Keys: k, Clients: 3, Measure: set,
		Decide: func(client int, r *endpoint.Request) endpoint.Answer {
			asked = append(asked, client)
			if r.Event == hook.OnPublish {
				return endpoint.Refuse()
			}
			return endpoint.Accept()
		}})
	e := l.Endpoint()
	if err := e.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{
		`{"action":"on_connect","client_id":11,"ip":"1","vhost":"v","app":"a","tcUrl":"t","pageUrl":"http://x/` +
			k.Of(2) + `"}`,
		`{"action":"on_publish","client_id":11,"ip":"1","vhost":"v","app":"a","stream":"s"}`,
		`{"action":"on_close","client_id":12,"ip":"1","vhost":"v","app":"a"}`,
		`{"action":"on_connect","client_id":13,"ip":"1","vhost":"v","app":"a","tcUrl":"t","pageUrl":"` +
			k.Of(99) + `"}`,
		`nonsense`,
	} {
		resp, err := http.Post(e.URL()+"/api/v1/clients", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	http.DefaultClient.CloseIdleConnections()
	e.Close()
	got := l.Entries()
	if len(got) != 5 || got[0].Client != 2 || got[1].Client != 2 || got[1].ID != "11" || got[2].Client != -1 ||
		got[3].Client != -1 || got[4].Known {
		t.Fatalf("entries are %+v", got)
	}
	if !got[0].Accepted || got[1].Accepted || got[0].Answered < got[0].Arrived || got[1].Arrived < got[0].Answered {
		t.Errorf("answers are %+v", got[:2])
	}
	if n, refused := l.Counts(); n != 5 || refused != 1 || l.Seen(2, hook.OnConnect) != 1 ||
		l.Seen(2, hook.OnClose) != 0 {
		t.Errorf("%d requests, %d refused", n, refused)
	}
	if h := set.Histogram(measure.HookOf(hook.OnPublish)); h.TotalCount() != 1 {
		t.Errorf("%d latencies", h.TotalCount())
	}
	if len(asked) != 5 || asked[1] != 2 {
		t.Errorf("decided for %v", asked)
	}
}

// TestLogLeavesWarmupOut measures only what arrives after it.
func TestLogLeavesWarmupOut(t *testing.T) {
	set := measure.NewSet()
	l := New(Options{Profile: hook.SRS1, Keys: account.NewKeys("t"), Clients: 1, Measure: set})
	l.MeasureFrom(time.Now().Add(time.Hour))
	e := l.Endpoint()
	if err := e.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(e.URL(), "application/json", strings.NewReader(`{"action":"on_close","client_id":1}`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	e.Close()
	if n := set.Histogram(measure.Hook).TotalCount(); n != 0 || len(l.Entries()) != 1 {
		t.Errorf("%d latencies of %d requests", n, len(l.Entries()))
	}
}

// TestAddAndOpen counts who is in by hooks alone.
func TestAddAndOpen(t *testing.T) {
	l := New(Options{Profile: hook.SRS6, Keys: account.NewKeys("t"), Clients: 2})
	for _, c := range []struct {
		e    account.Entry
		open int
	}{
		{account.Entry{Client: 0, ID: "a", Event: hook.OnConnect, Known: true, Accepted: true}, 1},
		{account.Entry{Client: 1, ID: "b", Event: hook.OnConnect, Known: true}, 1},
		{account.Entry{Client: 1, ID: "b", Event: hook.OnClose, Known: true}, 1},
		{account.Entry{Client: 0, ID: "a", Event: hook.OnClose, Known: true}, 0},
	} {
		if l.Add(c.e); l.Open() != c.open {
			t.Errorf("%d open after %+v, want %d", l.Open(), c.e, c.open)
		}
	}
}
