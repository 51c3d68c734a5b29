package realinput

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"hookproof/hook"
	"hookproof/hook/order"
	"hookproof/internal/endpoint"
	"hookproof/internal/test/recorder"
	"hookproof/server"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		removeClip()
		os.Exit(code)
	}))
}

// rig is a server whose hooks arrive at a recording endpoint, and a checker of
// every client's order that is told of events as they come.
type rig struct {
	t       *testing.T
	ctx     context.Context
	profile *hook.Profile
	hooks   *recorder.Recorder
	order   *order.Checker
	server  *server.Server
}

// inProfiles runs a test in each profile, with a rig of its own, and judges the
// order of all events at the end.
func inProfiles(t *testing.T, f func(r *rig)) {
	for _, p := range hook.Profiles() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, p)
			f(r)
			r.judge()
		})
	}
}

func newRig(t *testing.T, p *hook.Profile) *rig {
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	r := &rig{t: t, ctx: ctx, profile: p, order: order.New(order.Options{Profile: p})}
	t.Cleanup(cancel)
	r.hooks = recorder.New(t, endpoint.Options{Profile: p, Observe: r.observe})
	v := server.DefaultVHostConfig(server.DefaultVHost)
	v.Hooks.Enabled, v.Hooks.Profile = true, p.Name
	for _, e := range hook.Events {
		v.Hooks.URLs[e] = []string{r.hooks.URL() + "/hooks/" + e.String()}
	}
	cfg := server.DefaultConfig()
	cfg.Listen, cfg.VHosts = []string{"127.0.0.1:0"}, []server.VHost{v}
	s, err := server.New(cfg, server.Options{Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	r.server = s
	return r
}

// observe tells the checker of an event and its answer.
func (r *rig) observe(q *endpoint.Request, p endpoint.Phase) {
	switch {
	case !q.HasEvent:
	case p == endpoint.PhaseArrived:
		r.order.Arrived(q.ClientID(), q.Event, q.Arrived)
	case p == endpoint.PhaseAnswered:
		accepted := !q.Event.Closing() && q.Verdict(r.profile).Accept
		r.order.Answered(q.ClientID(), q.Event, q.Answered, accepted)
	}
}

// url is the address of a stream of the app live, with that parameter in its
// tcUrl: url("alice", "cam?token=x").
func (r *rig) url(who, stream string) string { return r.tcURL(who) + "/" + stream }

func (r *rig) tcURL(who string) string {
	return "rtmp://" + r.server.Addr().String() + "/live?who=" + who
}

// refuse refuses an event of every client until the function it returns is called.
func (r *rig) refuse(e hook.Event) (remove func()) {
	r.hooks.Answer(recorder.Refusing(e))
	return func() { r.hooks.Answer(nil) }
}

// client returns the client_id of the program whose tcUrl says who=WHO, once its
// on_connect was answered.
func (r *rig) client(who string) string {
	r.t.Helper()
	id := ""
	err := r.hooks.Await(r.ctx, func(all []*endpoint.Request) bool {
		i := slices.IndexFunc(all, func(q *endpoint.Request) bool {
			return q.HasEvent && q.Event == hook.OnConnect && !q.Done.IsZero() && strings.HasSuffix(q.Payload.TCURL,
				"?who="+who)
		})
		if i >= 0 {
			id = all[i].ClientID()
		}
		return i >= 0
	})
	if err != nil {
		r.t.Fatalf("on_connect of %s: %v", who, err)
	}
	return id
}

// answered waits for the nth event of that kind by a client, and its answer.
func (r *rig) answered(who string, e hook.Event, nth int) *endpoint.Request {
	r.t.Helper()
	id := r.client(who)
	var found *endpoint.Request
	err := r.hooks.Await(r.ctx, func(all []*endpoint.Request) bool {
		n := 0
		for _, q := range all {
			if q.HasEvent && q.Event == e && q.ClientID() == id && !q.Done.IsZero() {
				if n++; n == nth {
					found = q
					return true
				}
			}
		}
		return false
	})
	if err != nil {
		r.t.Fatalf("%s number %d of %s: %v", e, nth, who, err)
	}
	return found
}

// life returns the events of one client so far.
func (r *rig) life(clientID string) []hook.Event {
	var events []hook.Event
	for _, q := range r.hooks.Requests() {
		if q.HasEvent && q.ClientID() == clientID {
			events = append(events, q.Event)
		}
	}
	return events
}

// lived waits for a client's on_close and checks its events up to there.
func (r *rig) lived(who string, want ...hook.Event) {
	r.t.Helper()
	r.answered(who, hook.OnClose, 1)
	if got := r.life(r.client(who)); !slices.Equal(got, want) {
		r.t.Errorf("%s: got the events %v, want %v", who, got, want)
	}
}

// published and played are the lives of clients that nobody refuses.
func (r *rig) published(who string) {
	r.t.Helper()
	r.lived(who, hook.OnConnect, hook.OnPublish, hook.OnUnpublish, hook.OnClose)
}

func (r *rig) played(who string) {
	r.t.Helper()
	r.lived(who, hook.OnConnect, hook.OnPlay, hook.OnStop, hook.OnClose)
}

// refused is the life of a client that was refused at that event. After a
// refused on_connect on_close must follow in one profile and may in the other.
func (r *rig) refused(who string, at hook.Event) {
	r.t.Helper()
	if at != hook.OnConnect {
		r.lived(who, hook.OnConnect, at, hook.OnClose)
	} else if r.profile.CloseAfterRefusal == hook.Must {
		r.lived(who, hook.OnConnect, hook.OnClose)
	}
}

// judge ends the server and holds every event against the profile: its payload,
// its method, its place in the order. The test has waited for its clients' ends.
func (r *rig) judge() {
	r.t.Helper()
	r.shutdown()
	for _, q := range r.hooks.Requests() {
		if q.Method != "POST" || !q.HasEvent || q.DecodeErr != nil || q.BodyErr != nil {
			r.t.Errorf("%s %s: %v %v: %s", q.Method, q.Target, q.DecodeErr, q.BodyErr, q.Body)
		}
		if q.HasEvent && q.Payload.IP != "127.0.0.1" {
			r.t.Errorf("%s: ip %q", q.Event, q.Payload.IP)
		}
	}
	r.order.Finish(false)
	for _, p := range r.order.Problems() {
		r.t.Errorf("order: %v", p)
	}
	if r.t.Failed() {
		r.t.Log(r.story())
	}
}

func (r *rig) shutdown() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := r.server.Shutdown(ctx); err != nil {
		r.t.Error(err)
	}
}

// story lists the events, for people.
func (r *rig) story() string {
	var b strings.Builder
	all := r.hooks.Requests()
	for _, q := range all {
		fmt.Fprintf(&b, "%8.3fs %-12s %s\n", q.Arrived.Sub(all[0].Arrived).Seconds(), q.Event, q.Body)
	}
	return b.String()
}
