package rtmptarget

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/endpoint"
	"hookproof/internal/scenario"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// Scene is one scenario: its clients, the answers that the hook server gives
// them, and the log of what happened. Scenes of one target are played side by
// side; each has an app name of its own. The scene of a recording has no target.
type Scene struct {
	scenario.Base
	Target *Target
	Facts  Facts

	key string

	mu       sync.Mutex
	actors   map[string]*Actor
	byStream map[string][]*Actor
	byID     map[string]*Actor // by client_id
	rules    []rule
	held     map[int]*Actor // hooks held back, by observation
	markers  int
	vhost    VHost
	patience time.Duration // at least
	delays   time.Duration // the longest that an answer takes on purpose
	ended    bool          // the server has ended
	own      bool          // the server is the scene's own, to end
	deadly   bool          // it can end the server, and runs alone
}

// Facts are what checks need to know of a scene; they are part of its
// recording, as the note "scene".
type Facts struct {
	App     string // the scene's app name
	Suffix  string // of the names of all its streams; "" where the app is the scene's own
	Address string // host:port of the server under test
	IP      string // the address that clients come from, unless they choose another
}

const factsNote = "scene"

// NewScene sets a scene up.
func (t *Target) NewScene(ctx context.Context, log *timeline.Log) scenario.Scene {
	return NewScene(ctx, t, log)
}

// NewScene sets a scene up at a target.
func NewScene(ctx context.Context, t *Target, log *timeline.Log) *Scene {
	s := newScene(ctx, log)
	s.Target = t
	s.key = t.router.key(t.scenes.Add(1))
	s.Facts = Facts{App: t.App + "-" + s.key, Address: t.Addr, IP: t.ClientIP}
	if t.FixedApp {
		s.Facts.App, s.Facts.Suffix = t.App, "-"+s.key
	}
	t.router.add(s)
	log.Add(reports.Observation{Kind: reports.KindNote, Name: factsNote, Text: "the scene's app is " + s.Facts.App,
		Data: &reports.Details{SceneFacts: reports.SceneFacts{App: s.Facts.App, Suffix: s.Facts.Suffix,
			Address: s.Facts.Address, IP: s.Facts.IP}}})
	return s
}

func newScene(ctx context.Context, log *timeline.Log) *Scene {
	s := &Scene{vhost: VHosts[0], actors: map[string]*Actor{}, byStream: map[string][]*Actor{},
		byID: map[string]*Actor{},
		held: map[int]*Actor{}}
	s.Init(ctx, log)
	return s
}

// Recorded returns the scene of a recording.
func Recorded(log *timeline.Log) *Scene {
	s := newScene(context.Background(), log)
	for _, o := range log.All() {
		if o.Kind == reports.KindNote && o.Name == factsNote {
			d := o.Details()
			s.Facts = Facts{App: d.App, Suffix: d.Suffix, Address: d.Address, IP: d.IP}
		}
	}
	return s
}

// After looks, where the steps failed, whether the server still takes connections.
func (s *Scene) After(_ string, failed bool) *check.Finding {
	if failed && !s.Recorded() {
		s.checkAlive()
	}
	return check.Alive(s.Log.Whole())
}

// Close ends every client, lets go of every answer and frees the scene. What
// the clients' leaving brings is still recorded.
func (s *Scene) Close() []reports.Actor {
	s.mu.Lock()
	var all []reports.Actor
	actors := make([]*Actor, 0, len(s.actors))
	for _, a := range s.actors {
		actors = append(actors, a)
		all = append(all, reports.Actor{Name: a.Name, ClientID: a.clientID, Role: a.role()})
	}
	s.mu.Unlock()
	s.End(func() {
		for _, a := range actors {
			a.end()
		}
	})
	if s.Target != nil {
		s.Target.strays.leave(actors)
		s.Target.router.remove(s)
	}
	return all
}

// Use has the clients that come from now on use a vhost.
func (s *Scene) Use(v VHost) { s.vhost = v }

// Move has the clients from now on use another server: one of the scene's own.
func (s *Scene) Move(t *Target) {
	s.Target.router.remove(s)
	s.Target, s.own = t, true
	s.Facts.Address = t.Addr
	t.router.add(s)
}

// Shutdown tells the server to end and waits until it has. A server that is not
// the scene's own may take longer, and has its end expected from now on.
func (s *Scene) Shutdown(ctx context.Context) error {
	within := s.Patience()
	if !s.own {
		within = max(within, time.Duration(float64(foreignEnd)*s.Target.Scale))
		s.own = true
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	err := s.Target.Shutdown(ctx)
	s.ended = err == nil
	return err
}

// Patience is how long a step waits for what must come: 5 s times the
// time-out scale, more where the vhost's time-out or an answer that takes its
// time is part of the wait.
func (s *Scene) Patience() time.Duration {
	if s.Target == nil {
		return time.Second
	}
	d := 5 * time.Second
	if s.vhost.Quick {
		d += s.Target.HookTimeout + time.Second
	}
	d = max(d, s.patience)
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Duration(float64(d)*s.Target.Scale) + s.delays
}

// Within returns a context that ends when the scene's patience does, by the
// target's clock.
func (s *Scene) Within(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.Target == nil {
		return context.WithCancel(ctx)
	}
	return s.Target.clock.WithTimeout(ctx, s.Patience())
}

// Await waits until cond holds of what was observed, within the scene's
// patience (or the recording's end). It reports whether it held.
func (s *Scene) Await(ctx context.Context, cond func([]reports.Observation) bool) bool {
	ctx, cancel := s.Within(ctx)
	defer cancel()
	return s.Log.Await(ctx, cond) == nil
}

// Named returns the name under which a scenario's stream, or its URL, goes in this scene.
func (s *Scene) Named(stream string) string {
	bare, params, found := strings.Cut(stream, "?")
	if found {
		params = "?" + params
	}
	return bare + s.Facts.Suffix + params
}

// Expand replaces what is in braces in a scenario's text: {app},
// {address}, {vhost}, {LF}, {0x01} (a byte), {255 bytes} (that many).
func (s *Scene) Expand(text string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, ok := strings.Cut(rest, "}")
		value, known := s.placeholder(name)
		if !ok || !known {
			b.WriteString("{")
			text = rest
			continue
		}
		b.WriteString(value)
		text = after
	}
}

func (s *Scene) placeholder(name string) (string, bool) {
	switch name {
	case "app":
		return s.Facts.App, true
	case "address":
		return s.Facts.Address, true
	case "vhost":
		return s.vhost.Name, true
	case "LF":
		return "\n", true
	}
	var n int
	if _, err := fmt.Sscanf(name, "0x%x", &n); err == nil && n < 256 {
		return string([]byte{byte(n)}), true
	}
	if k, err := fmt.Sscanf(name, "%d bytes", &n); k == 1 && err == nil && n > 0 && n <= 1<<20 {
		return strings.Repeat("0123456789abcdef", n/16+1)[:n], true
	}
	return "", false
}

// arrived records a request and finds out whose it is.
func (s *Scene) arrived(a *arrival, q *endpoint.Request) {
	o := observation(a, q)
	o.T = s.Log.At(q.Arrived)
	s.mu.Lock()
	who := s.attribute(a, q)
	if who != nil {
		o.Actor, a.actor = who.Name, who.Name
	}
	s.mu.Unlock()
	a.n = s.Log.Add(o)
}

// attribute names the client that a request speaks of; nil when none fits. It
// trusts first what only that client sent, and the client_id last: whether
// that is right is what some checks are about.
func (s *Scene) attribute(a *arrival, q *endpoint.Request) *Actor {
	pl := q.Payload
	if pl == nil {
		return nil
	}
	who := s.actors[s.actorIn(pl.PageURL)]
	known := s.byID[pl.ClientID]
	if who == nil && a.known && pl.Stream != "" && a.event != hook.OnConnect && a.event != hook.OnClose {
		who = s.ofStream(pl.Stream, known)
	}
	if who == nil {
		who = known
	}
	if who == nil {
		who = s.onlyNameless()
	}
	if who != nil && pl.ClientID != "" {
		if known == nil {
			s.byID[pl.ClientID] = who
		}
		if who.clientID == "" {
			who.clientID = pl.ClientID
		}
	}
	return who
}

// ofStream returns the one client of that stream; of several the known one, or
// the only one that has no client_id yet.
func (s *Scene) ofStream(stream string, known *Actor) *Actor {
	bare, _, _ := strings.Cut(stream, "?")
	all := s.byStream[bare]
	var nameless []*Actor
	for _, a := range all {
		if a == known {
			return a
		}
		if a.clientID == "" {
			nameless = append(nameless, a)
		}
	}
	switch {
	case len(all) == 1:
		return all[0]
	case len(nameless) == 1:
		return nameless[0]
	}
	return nil
}

// onlyNameless returns the only client that connected and has no client_id yet.
func (s *Scene) onlyNameless() *Actor {
	var only *Actor
	for _, a := range s.actors {
		if a.clientID != "" || !a.dialed {
			continue
		}
		if only != nil {
			return nil
		}
		only = a
	}
	return only
}

// answered records the answer that is about to be given.
func (s *Scene) answered(a *arrival, q *endpoint.Request) {
	status := q.Answer.Status
	if status == 0 {
		status = 200
	}
	body := q.Answer.Body
	if len(body) > 512 {
		body = body[:512]
	}
	o := reports.Observation{T: s.Log.At(q.Answered), Kind: reports.KindAnswer, Actor: a.actor, ClientID: q.ClientID(),
		Event: q.Event.String(),
		Code:  fmt.Sprint(status), Body: body, Refs: []int{a.n},
		Data: &reports.Details{Answer: reports.Answer{Accept: s.accepts(q)}}}
	if q.Answer.Fault != endpoint.None {
		o.Text = "as " + q.Answer.Fault.String()
	}
	s.Log.Add(o)
	s.mu.Lock()
	delete(s.held, a.n)
	s.mu.Unlock()
}

// accepts reports whether the answer to a request accepts in the profile.
func (s *Scene) accepts(q *endpoint.Request) bool {
	if !q.Answer.Fault.Readable() {
		return false
	}
	status := q.Answer.Status
	if status == 0 {
		status = 200
	}
	return s.Target.Profile.Judge(hook.Answer{Status: status, Body: []byte(q.Answer.Body)}).Accept
}

// unanswered records that a request got no answer: that was the answer.
func (s *Scene) unanswered(a *arrival, q *endpoint.Request) {
	s.Log.Add(reports.Observation{T: s.Log.At(q.Done), Kind: reports.KindAnswer, Actor: a.actor, ClientID: q.ClientID(),
		Event: q.Event.String(),
		Code:  "none", Text: q.Answer.Fault.String(), Refs: []int{a.n}})
	s.mu.Lock()
	delete(s.held, a.n)
	s.mu.Unlock()
}

// Wait makes the scene at least that patient.
func (s *Scene) Wait(d time.Duration) { s.patience = d }
