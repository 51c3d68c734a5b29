package rtmptarget

import (
	"slices"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/endpoint"
	"hookproof/internal/timeline"
)

// asked is a hook request as the endpoint hands it over.
func asked(target, body string) *endpoint.Request {
	q := &endpoint.Request{Method: "POST", Target: target, Body: []byte(body), Arrived: time.Now()}
	if q.Payload, _ = hook.DecodeAny(q.Body); q.Payload != nil {
		q.Event, q.HasEvent = q.Payload.Event()
	}
	return q
}

// What no client of the run explains is its server's; what may be of somebody
// else's clients is not, where the server may have some.
func TestStrays(t *testing.T) {
	const url, other = "/hooks/default/1/on_stop?vhost=default&n=1", "/hooks/other/1/on_stop?vhost=other&n=1"
	for _, c := range []struct {
		name, target, body string
		ours, shared       bool // whether it counts where all clients are ours, and where not
	}{
		{"of a scene", url, `{"action":"on_stop","client_id":"1","app":"live-hpnx7z"}`, false, false},
		{"of a client that was here", url, `{"action":"on_stop","client_id":"was"}`, false, false},
		{"somebody else's", url, `{"action":"on_stop","client_id":"1","app":"live"}`, true, false},
		{"without an app", url, `{"action":"on_stop","client_id":"1","app":""}`, true, true},
		{"without a client_id", url, `{"action":"on_stop","client_id":"","app":"live"}`, true, true},
		{"of another vhost", other, `{"action":"on_stop","client_id":"1","app":"live"}`, true, true},
		{"of an earlier run", other, `{"action":"on_stop","client_id":"1","app":"live-hpabcx12z"}`, true, false},
		{"no event", url, "{", true, false},
		{"no hook", "/robots.txt", "", false, false},
		{"at no hook's URL", "/", `{"action":"on_stop","client_id":"","app":"live"}`, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			for shared, want := range map[bool]bool{false: c.ours, true: c.shared} {
				kept := &strays{}
				r := newRouter(hook.SRS6, "n", kept)
				r.shared, r.past["was"] = shared, true
				r.arrived(liveKey{}, asked(c.target, c.body))
				if got := len(kept.kept) == 1; got != want {
					t.Errorf("shared %v: counts %v, want %v", shared, got, want)
				}
			}
		})
	}
}

// An on_close that names nothing may be of a client that gave no other event;
// no more of them than there are such clients, and no other event.
func TestNameless(t *testing.T) {
	kept := &strays{nameless: 1}
	for _, body := range []string{
		`{"action":"on_close","client_id":"","app":""}`, `{"action":"on_stop","client_id":"1","app":""}`,
		`{"action":"on_close","client_id":"2","app":""}`, `{"action":"on_close","client_id":"3","app":""}`,
	} {
		kept.add(asked("/hooks/default/1/on_close", body))
	}
	var ids []string
	left, _ := kept.unexplained()
	for _, r := range left {
		ids = append(ids, r.o.ClientID)
	}
	if want := []string{"", "1", "3"}; !slices.Equal(ids, want) {
		t.Errorf("unexplained are %q, want %q", ids, want)
	}
	s := scene()
	for name, a := range map[string]*Actor{
		"named": {clientID: "1", dialed: true, VHost: VHosts[0]}, "absent": {VHost: VHosts[0]},
		"nameless": {dialed: true, VHost: VHosts[0]}, "unasked": {dialed: true,
			VHost: VHost{Off: true}}, "unheard": {dialed: true, VHost: VHost{where: atNobody}},
	} {
		a.Name, a.scene = name, s
		kept.leave([]*Actor{a})
	}
	if kept.nameless != 2 { // one was there before
		t.Errorf("%d nameless clients, want 2", kept.nameless)
	}
}

// A run keeps some of them and counts the rest; a scene records what was kept.
func TestUnexplained(t *testing.T) {
	target, err := BuiltIn(BuiltInOptions{Profile: hook.SRS1, Nonce: "t"})
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	log := timeline.New("x", "srs1", time.Now(), nil)
	s := NewScene(t.Context(), target, log)
	defer s.Close()
	if s.Unexplained(); check.NoneUnexplained(log.All()) != nil {
		t.Error("a request is unexplained, none has come")
	}
	for range maxStrays + 5 {
		target.router.arrived(liveKey{}, asked("/hooks/default/1/on_stop", `{"action":"on_stop","client_id":9}`))
	}
	before := len(log.All())
	s.Unexplained()
	if n := len(log.All()) - before; n != maxStrays+1 {
		t.Errorf("%d notes", n)
	}
	if f := check.NoneUnexplained(log.All()); f == nil || len(f.Evidence) != 1 {
		t.Errorf("found %+v", f)
	}
}

// SRS tells each client its client_id: an event that names nothing else is that
// client's.
func TestToldID(t *testing.T) {
	for _, c := range []struct {
		name string
		args []any
		want string
	}{
		{"of SRS 4 and later", []any{map[string]any{}, map[string]any{"data": map[string]any{"srs_id": "b23kfy9r"}}},
			"b23kfy9r"},
		{"of SRS 3", []any{nil, map[string]any{"data": map[string]any{"srs_id": 117.0}}}, "117"},
		{"of another server", []any{map[string]any{}, map[string]any{"code": "x"}}, ""},
		{"of none", nil, ""},
	} {
		if got := toldID(c.args); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	target, err := BuiltIn(BuiltInOptions{Profile: hook.SRS6, Nonce: "t"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	s := target.NewScene(t.Context(), timeline.New("s", "srs6", time.Now(), nil)).(*Scene)
	t.Cleanup(func() { s.Close() })
	s.Actor("Bob")
	s.Actor("Alice").isCalled("b23kfy9r")
	q := asked("/hooks/default/1/on_close?vhost=default&n=1", `{"action":"on_close","client_id":"b23kfy9r","app":""}`)
	of, stray := target.router.find(q)
	if of != s || stray {
		t.Fatalf("the scene is %p, stray: %v; want %p", of, stray, s)
	}
	if who := s.attribute(&arrival{event: hook.OnClose, known: true}, q); who == nil || who.Name != "Alice" {
		t.Errorf("it is attributed to %v", who)
	}
}
