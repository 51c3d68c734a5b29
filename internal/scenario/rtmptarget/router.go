package rtmptarget

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/endpoint"
	"hookproof/reports"
)

// router tells the requests that arrive at the endpoints to the scenes they
// belong to, and gets their answers there.
//
// A request belongs to the scene whose key it contains, in any place: all
// names that a scene's clients use carry the key, so that a request is found
// even where the server under test has spoilt one of its values.
type router struct {
	profile *hook.Profile
	prefix  []byte // what every key begins with; unique to the run

	mu      sync.Mutex
	scenes  map[string]*Scene
	clients map[string]*Scene // by client_id
	past    map[string]bool   // client_ids of scenes that are over
	live    map[liveKey]*arrival
	strays  []*Scene // that look at requests of no scene
	probe   *Scene   // of the probe, which looks at requests that no other has

	app         string  // of all scenes; "" where each has its own
	shared      bool    // the server may have clients that are not ours
	forget      bool    // endpoint.Options.Forget
	unexplained *strays // of the whole run
}

// liveKey names a request while it is being answered.
type liveKey struct {
	endpoint *endpoint.Endpoint
	seq      int64
}

// arrival is what the router knows of a request.
type arrival struct {
	scene *Scene
	n     int // number of its observation
	actor string
	vhost *VHost
	url   int
	event hook.Event
	known bool // event is one of the six
}

func newRouter(p *hook.Profile, nonce string, unexplained *strays) *router {
	return &router{unexplained: unexplained, past: map[string]bool{}, profile: p, prefix: []byte("hp" + nonce + "x"),
		scenes:  map[string]*Scene{},
		clients: map[string]*Scene{}, live: map[liveKey]*arrival{}}
}

// endpoint makes an endpoint that is wired to the router.
func (r *router) endpoint() *endpoint.Endpoint {
	var e *endpoint.Endpoint
	e = endpoint.New(endpoint.Options{
		MaxBody: 16 << 20,
		Forget:  r.forget,
		Refused: r.trouble,
		Observe: func(q *endpoint.Request, p endpoint.Phase) { r.observe(liveKey{e, q.Seq}, q, p) },
		Default: func(q *endpoint.Request) endpoint.Answer { return r.answer(liveKey{e, q.Seq}) },
	})
	return e
}

func (r *router) add(s *Scene) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.scenes[s.key] = s
}

// all returns the scenes that are played.
func (r *router) all() []*Scene {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Values(r.scenes))
}

// starved records in all scenes that the process was not run for a while.
func (r *router) starved(from, to time.Time) {
	for _, s := range r.all() {
		s.Log.Add(check.Starved(s.Log.At(from), s.Log.At(to)))
	}
}

// trouble records in all scenes that an endpoint could not accept a connection.
func (r *router) trouble(err error) {
	for _, s := range r.all() {
		s.Trouble(err)
	}
}

func (r *router) remove(s *Scene) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.scenes, s.key)
	r.strays = slices.DeleteFunc(r.strays, func(w *Scene) bool { return w == s })
	for id, of := range r.clients {
		if of == s {
			delete(r.clients, id)
			if len(r.past) < maxPast {
				r.past[id] = true
			}
		}
	}
}

// maxPast is how many client_ids of scenes that are over are remembered: more
// than any run has clients. Of a server with more no strays are reported.
const maxPast = 1 << 17

// find returns the scene of a request; nil for one of none. stray tells that
// no client explains it: what remains of the clients of a scene that is over is no
// stray.
func (r *router) find(q *endpoint.Request) (s *Scene, stray bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := cmp.Or(r.keyIn(q.Body), r.keyIn([]byte(q.Target)))
	if s = r.scenes[key]; s == nil {
		s = r.clients[q.ClientID()]
	}
	if s == nil && key == "" && r.nameless(q) {
		for _, s = range r.scenes { // the only one
		}
	}
	return s, s == nil && key == "" && !r.past[q.ClientID()] && len(r.past) < maxPast
}

// nameless reports whether a request that names no scene is of the only scene
// there is: where the app is fixed, a client that leaves before it names a
// stream sends nothing else that names one.
func (r *router) nameless(q *endpoint.Request) bool {
	return r.app != "" && len(r.scenes) == 1 && !r.past[q.ClientID()] && q.HasEvent && q.Payload.App == r.app
}

// keyIn finds a scene's key in a body: the prefix, digits, and a z.
func (r *router) keyIn(body []byte) string {
	at := bytes.Index(body, r.prefix)
	if at < 0 {
		return ""
	}
	rest := body[at+len(r.prefix):]
	for i, c := range rest {
		if c == 'z' && i > 0 {
			return string(body[at : at+len(r.prefix)+i+1])
		}
		if c < '0' || c > '9' {
			break
		}
	}
	return ""
}

func (r *router) observe(k liveKey, q *endpoint.Request, p endpoint.Phase) {
	switch p {
	case endpoint.PhaseArrived:
		r.arrived(k, q)
	case endpoint.PhaseAnswered:
		if a := r.look(k, false); a != nil {
			a.scene.answered(a, q)
		}
	case endpoint.PhaseDone:
		if a := r.look(k, true); a != nil && q.Answered.IsZero() {
			a.scene.unanswered(a, q)
		}
	}
}

func (r *router) look(k liveKey, done bool) *arrival {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.live[k]
	if done {
		delete(r.live, k)
	}
	return a
}

func (r *router) arrived(k liveKey, q *endpoint.Request) {
	s, stray := r.find(q)
	if s == nil && r.probed(q) {
		return
	}
	if s == nil && (!stray || r.foreign(q)) {
		return
	}
	if s == nil {
		r.unexplained.add(q)
		r.mu.Lock()
		watching := slices.Clone(r.strays)
		r.mu.Unlock()
		for _, w := range watching {
			w.stray(q)
		}
		return
	}
	a := &arrival{scene: s, event: q.Event, known: q.HasEvent}
	a.vhost, a.url = parseTarget(q.Target)
	s.arrived(a, q)
	if id := q.ClientID(); id != "" {
		r.knows(id, s)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live[k] = a
}

// answer decides what a request is answered.
func (r *router) answer(k liveKey) endpoint.Answer {
	a := r.look(k, false)
	if a == nil {
		return endpoint.Accept()
	}
	return a.scene.answer(a)
}

// knows notes whose a client_id is, before any event has come with it.
func (r *router) knows(id string, s *Scene) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.clients[id] == nil {
		r.clients[id] = s
	}
}

// toldID returns the client_id that SRS tells a client when it accepts its
// connect; "" from other servers.
func toldID(args []any) string {
	for _, arg := range args {
		info, _ := arg.(map[string]any)
		data, _ := info["data"].(map[string]any)
		switch id := data["srs_id"].(type) {
		case string:
			return id
		case float64:
			return strconv.FormatFloat(id, 'f', -1, 64)
		}
	}
	return ""
}

// isCalled notes the client_id that the actor was told: SRS has lost the app of a
// client whose tcUrl it cannot read, so that its on_close names nothing else.
func (a *Actor) isCalled(id string) {
	s := a.scene
	s.mu.Lock()
	if s.byID[id] == nil {
		s.byID[id] = a
	}
	s.mu.Unlock()
	s.Target.router.knows(id, s)
}

// observation describes a request as evidence.
func observation(a *arrival, q *endpoint.Request) reports.Observation {
	o := reports.Observation{
		Kind: reports.KindHook, ClientID: q.ClientID(), URL: q.Target, Body: string(q.Body),
		Data: &reports.Details{Request: reports.Request{
			Method: q.Method, Target: a.vhost.target(a.event, a.url), VHost: a.vhost.Key, URLNumber: a.url, TLS: q.TLS,
			Type: q.Header.Get("Content-Type"), Agent: q.Header.Get("User-Agent"),
			Length: q.Header.Get("Content-Length"),
		}},
	}
	if q.HasEvent {
		o.Event = q.Event.String()
	}
	switch {
	case q.HeadErr != nil:
		o.Data.BodyError = q.HeadErr.Error()
	case q.BodyErr != nil:
		o.Data.BodyError = q.BodyErr.Error()
	case q.Trailing > 0:
		o.Data.BodyError = fmt.Sprintf("%d bytes more than Content-Length says", q.Trailing)
	}
	return o
}

// actorIn finds the actor's name in a page URL of the scene:
// http://page.hookproof.test/KEY/ACTOR/…
func (s *Scene) actorIn(pageURL string) string {
	_, rest, ok := strings.Cut(pageURL, "/"+s.key+"/")
	if !ok {
		return ""
	}
	actor, _, _ := strings.Cut(rest, "/")
	return actor
}

// key makes the key of the n-th scene.
func (r *router) key(n int64) string { return string(r.prefix) + strconv.FormatInt(n, 10) + "z" }
