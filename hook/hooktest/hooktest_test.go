package hooktest

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"hookproof/hook"
	"hookproof/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs the built-in server with its hooks at r.
func start(t *testing.T, r *Recorder, p *hook.Profile) (url string) {
	t.Helper()
	v := server.DefaultVHostConfig(server.DefaultVHost)
	v.Hooks.Enabled, v.Hooks.Profile = true, p.Name
	for e, urls := range r.URLs() {
		v.Hooks.URLs[e] = urls
	}
	cfg := server.DefaultConfig()
	cfg.Listen, cfg.VHosts = []string{"127.0.0.1:0"}, []server.VHost{v}
	s, err := server.New(cfg, server.Options{})
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return "rtmp://" + s.Addr().String() + "/live"
}

func eachProfile(t *testing.T, f func(*testing.T, *hook.Profile)) {
	for _, p := range hook.Profiles() {
		t.Run(p.Name, func(t *testing.T) { f(t, p) })
	}
}

func TestPublishAndPlay(t *testing.T) {
	eachProfile(t, func(t *testing.T, p *hook.Profile) {
		r := NewRecorder(t, p)
		url := start(t, r, p)
		alice := Publish(t, url, "cam1?token=x")
		bob := Play(t, url, "cam1")
		bob.AwaitFrames(5)
		if alice.Err() != nil || bob.Err() != nil {
			t.Errorf("want both let on, got %v, %v", alice.Err(), bob.Err())
		}
		bob.Leave()
		r.Await("on_close of the player", func(all []*Request) bool {
			return len(all) == 6 &&
				!all[5].Answered.IsZero()
		})
		alice.Vanish()
		r.Want(hook.OnConnect, hook.OnPublish, hook.OnConnect, hook.OnPlay, hook.OnStop, hook.OnClose,
			hook.OnUnpublish, hook.OnClose)
		for _, q := range r.Requests() {
			if q.Err != nil || !q.Decision.Accept || q.Method != http.MethodPost || q.Payload.App != "live" {
				t.Errorf("request %d: got %+v", q.Number, q)
			}
		}
	})
}

func TestRefused(t *testing.T) {
	eachProfile(t, func(t *testing.T, p *hook.Profile) {
		r := NewRecorder(t, p)
		url := start(t, r, p)
		r.Answer(func(q *Request) Answer {
			if q.Event == hook.OnPublish && q.Payload.Stream == "bad" {
				return Refuse()
			}
			return Accept()
		})
		if c := Publish(t, url, "bad"); c.Err() == nil || c.AwaitEnd() == nil {
			t.Error("want the publisher refused")
		}
		r.Want(hook.OnConnect, hook.OnPublish, hook.OnClose)
		if q := r.Requests()[1]; q.Decision.Accept || q.Answer.Body != "1" {
			t.Errorf("want the request refused, got %+v", q)
		}
		r.Clear()
		r.Answer(nil)
		if c := Publish(t, url, "good"); c.Err() != nil {
			t.Errorf("want the publisher let on, got %v", c.Err())
		}
	})
}

// call sends one event as a server of the profile does.
func call(t *testing.T, r *Recorder, p *hook.Profile) hook.Decision {
	t.Helper()
	c := hook.NewCaller(hook.CallerOptions{Profile: p})
	defer c.Close()
	return c.Call(context.Background(), []string{r.URL() + "/x"}, &hook.Payload{Action: "on_play", ClientID: "1"})
}

func TestFaults(t *testing.T) {
	for _, f := range []Fault{Reset, Close, Truncated, NotHTTP, Chunked} {
		t.Run(string(f), func(t *testing.T) {
			r := NewRecorder(t, hook.SRS6)
			r.Answer(func(*Request) Answer { return Answer{Body: "0", Fault: f} })
			if d := call(t, r, hook.SRS6); d.Accept != (f == Chunked) {
				t.Errorf("got %+v", d)
			}
			r.Want(hook.OnPlay)
			if q := r.Requests()[0]; q.Answer.Fault != f {
				t.Errorf("want the fault %s, got %q", f, q.Answer.Fault)
			}
		})
	}
}

func TestHold(t *testing.T) {
	r := NewRecorder(t, hook.SRS1)
	hold, done := make(chan struct{}), make(chan hook.Decision)
	r.Answer(func(*Request) Answer { return Answer{Body: "0", Hold: hold} })
	go func() { done <- call(t, r, hook.SRS1) }()
	r.Await("the request", func(all []*Request) bool { return len(all) == 1 })
	if q := r.Requests()[0]; !q.Answered.IsZero() {
		t.Error("want it held, but it was answered")
	}
	close(hold)
	if d := <-done; !d.Accept {
		t.Errorf("got %+v", d)
	}
}

func TestDownAndUp(t *testing.T) {
	r := NewRecorder(t, hook.SRS6)
	r.Down()
	if d := call(t, r, hook.SRS6); d.Accept || !d.Unseen {
		t.Errorf("while it is down: got %+v", d)
	}
	r.Up()
	if d := call(t, r, hook.SRS6); !d.Accept {
		t.Errorf("when it is up again: got %+v", d)
	}
}

// What is wrong with a request is told.
func TestWrongRequests(t *testing.T) {
	for _, c := range []struct {
		name, body string
		profile    *hook.Profile
		want       string // in Err; empty: no error
	}{
		{"another profile's", `{"action":"on_close","client_id":1,"ip":"","vhost":"","app":""}`, hook.SRS6,
			"server_id: want"},
		{"any profile's", `{"action":"on_close","client_id":1}`, nil, ""},
		{"no payload", `[`, nil, "want one JSON object"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := NewRecorder(t, c.profile)
			resp, err := http.Post(r.URL(), "application/json", strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			http.DefaultClient.CloseIdleConnections()
			q := r.Requests()[0]
			if got := q.Err; (got == nil) != (c.want == "") || got != nil && !strings.Contains(got.Error(), c.want) {
				t.Errorf("want an error with %q, got %v", c.want, got)
			}
		})
	}
}

func TestFaultsAreKnown(t *testing.T) {
	if len(Faults()) < 10 {
		t.Errorf("got %v", Faults())
	}
	for _, f := range append(Faults(), Hang) {
		if _, err := (Answer{Fault: f}).internal(); err != nil {
			t.Error(err)
		}
	}
	if _, err := (Answer{Fault: "nonsense"}).internal(); err == nil {
		t.Error("want an error for an unknown fault")
	}
}
