package rtmptarget

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"hookproof/internal/check"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// then has the actor do something in the background, after what it began
// before. One that was turned away does nothing more.
func (a *Actor) then(f func() error) {
	before := a.act
	a.act = begin(func() error {
		if err := before.wait(); err != nil {
			return err
		}
		return f()
	})
}

// settle waits until what the actor began is over, as long as the hook server
// holds none of its hooks back and the scene has patience.
func (a *Actor) settle() {
	if a.act == nil || a.scene.holds(a) {
		return
	}
	ctx, cancel := a.scene.Within(a.ctx)
	defer cancel()
	select {
	case <-a.act.done:
	case <-ctx.Done():
	}
}

// BeginConnect connects in the background. It returns once connect is answered,
// the actor has been turned away, or waits for an answer that the hook server
// holds back.
func (a *Actor) BeginConnect(ctx context.Context) {
	a.patient, a.free = true, true
	a.then(func() error { return a.Connect(a.ctx) })
	a.scene.Await(ctx, func(obs []reports.Observation) bool {
		return a.scene.holds(a) || check.Connected(obs, a.Name) || timeline.Disconnected(obs, a.Name) != nil
	})
}

// BeginOn publishes or plays a stream on the connection there is, in the
// background. It returns once the server has let the actor on or turned it away,
// or the actor waits for an answer that the hook server holds back.
func (a *Actor) BeginOn(ctx context.Context, stream string) {
	a.use(stream)
	a.patient, a.free = true, false
	a.begun++
	entry := a.Entry()
	before := check.TimesOn(a.scene.Log.All(), a.Name, entry)
	a.then(func() error { return a.Again(a.ctx, stream) })
	a.scene.Await(ctx, func(obs []reports.Observation) bool {
		return a.scene.holds(a) || check.TimesOn(obs, a.Name, entry) > before ||
			timeline.Disconnected(obs, a.Name) != nil
	})
}

// BeginAtOnce has several actors enter with the same stream, none waiting for
// another. It returns once each of them has entered, has been turned away, or
// waits for an answer that the hook server holds back.
func (s *Scene) BeginAtOnce(ctx context.Context, actors []*Actor, stream string) {
	var all sync.WaitGroup
	for _, a := range actors {
		all.Go(func() { a.Begin(ctx, stream) })
	}
	all.Wait()
}

// Seek asks for another place of what the actor plays. Whether that is answered
// is the server's to choose.
func (a *Actor) Seek() error {
	if a.c.Load() == nil {
		return fmt.Errorf("%s has no connection on which to seek", a.Name)
	}
	return a.c.Load().SendSeek(0)
}

// Goes ends the actor's connection, in words: it leaves, vanishes, falls silent,
// closes the sending half of its connection, or closes its connection.
func (a *Actor) Goes(how string) {
	switch {
	case how == "leaves":
		a.Leave()
	case how == "vanishes":
		a.Vanish()
	case how == "falls silent":
		a.Silence()
	case strings.HasPrefix(how, "closes the sending half"):
		a.HalfClose()
	default:
		a.Close()
	}
}

// Connected reports whether the actor has a connection.
func (a *Actor) Connected() bool {
	return a.c.Load() != nil && timeline.Disconnected(a.scene.Log.All(), a.Name) == nil
}

// CanBegin reports whether the actor, which does things in the background, may
// publish or play on the connection that it has.
func (a *Actor) CanBegin() bool { return a.Connected() && a.free }

// CanEnd reports whether it has a stream to end: what it has not sent yet, since the
// hook server holds it up, is none.
func (a *Actor) CanEnd() bool {
	asked := 0
	for _, o := range timeline.Of(a.scene.Log.All(), a.Name, reports.KindSent) {
		if o.Name == "publish" || o.Name == "play" {
			asked++
		}
	}
	return a.Connected() && !a.free && asked >= a.begun
}

// Has reports whether the scene has had a client of that name.
func (s *Scene) Has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.actors[name] != nil
}

// State says in a word or two what the actor is up to, and how many have used its
// stream so far, itself among them.
func (a *Actor) State() string {
	s := a.scene
	obs := s.Log.All()
	state := "connected"
	switch {
	case a.c.Load() == nil:
		state = "absent"
	case timeline.Disconnected(obs, a.Name) != nil:
		state = "gone"
	case s.holds(a):
		state = "asked"
	case check.On(obs, a.Name, a.Entry()):
		state = "on"
	}
	bare, _, _ := strings.Cut(a.Stream, "?")
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("%s, %d of its stream", state, len(s.byStream[bare]))
}

// LeaveAll has everyone who is connected leave, all at once.
func (s *Scene) LeaveAll() {
	obs := s.Log.All()
	var all sync.WaitGroup
	for _, name := range s.Names() {
		if !timeline.IsMarker(name) && timeline.Disconnected(obs, name) == nil {
			all.Go(s.Actor(name).Leave)
		}
	}
	all.Wait()
}

// Kick drops an actor over the server's HTTP API. Its error is the server's
// failure: it named the actor in an event, or it refused.
func (s *Scene) Kick(ctx context.Context, name string) error {
	id := s.Actor(name).ClientID()
	if id == "" {
		return &check.Finding{Expected: "an event that tells the client_id of " + name, Seen: "none"}
	}
	s.Log.Add(reports.Observation{Kind: reports.KindNote, Actor: name, ClientID: id, Name: check.KickNote,
		Text: fmt.Sprintf("the operator drops %s, client_id %s, over the HTTP API", name, id)})
	ctx, cancel := s.Within(ctx)
	defer cancel()
	if err := s.Target.Kick(ctx, id); err != nil {
		s.Log.Add(reports.Observation{Kind: reports.KindNote, Actor: name, ClientID: id, Name: check.NotKickedNote,
			Text: err.Error()})
		return &check.Finding{Expected: "the HTTP API to drop " + name, Seen: err.Error()}
	}
	return nil
}
