package hooktarget

import (
	"hookproof/hook"
	"hookproof/internal/hookcheck"
	"hookproof/internal/identity"
)

// openedBy are the events that a client gave before another one.
var openedBy = map[hook.Event][]hook.Event{
	hook.OnPublish:   {hook.OnConnect},
	hook.OnPlay:      {hook.OnConnect},
	hook.OnUnpublish: {hook.OnConnect, hook.OnPublish},
	hook.OnStop:      {hook.OnConnect, hook.OnPlay},
	hook.OnClose:     {hook.OnConnect},
}

// visit has a made-up client come, do something about an event, and leave. Hook servers know their clients:
// what it did before is sent first, and what it opened is closed before another client comes.
func (s *Scene) visit(ev hook.Event, do func(v *visitor) error) error {
	return s.visitAs(nil, ev, do)
}

// visitAs is visit of a client that presents itself as the sample says; nil is one whose turn it is.
func (s *Scene) visitAs(sm *identity.Sample, ev hook.Event, do func(v *visitor) error) error {
	v := s.Target.visitor()
	v.own = sm
	err := s.arrive(v, ev)
	if err == nil {
		err = do(v)
	}
	if left := s.leave(v); err == nil {
		err = left
	}
	return err
}

// arrive sends what a client did before an event, as far as it is configured.
func (s *Scene) arrive(v *visitor, ev hook.Event) error {
	if opening := ev.Opening(); opening == hook.OnPlay {
		if err := s.provide(v); err != nil {
			return err
		}
	}
	for _, earlier := range openedBy[ev] {
		if err := s.sendAround(v, v.payload(earlier), hookcheck.Before); err != nil {
			return err
		}
	}
	return nil
}

// provide has the stream published that a visitor is to play, where that can be said of a client that is accepted.
func (s *Scene) provide(v *visitor) error {
	if len(s.Target.o.URLs[hook.OnPublish]) == 0 {
		return nil
	}
	p := s.Target.visitor()
	sm, ok := p.publishes(v)
	if !ok {
		return nil
	}
	p.own, v.publisher = &sm, p
	v.stream = or(sm.Stream, v.stream)
	p.stream = v.stream
	if err := s.arrive(p, hook.OnPublish); err != nil {
		return err
	}
	return s.sendAround(p, p.payload(hook.OnPublish), hookcheck.Before)
}

// publishes finds the accepted publisher of the stream that another visitor plays; false where none is known.
func (v *visitor) publishes(player *visitor) (identity.Sample, bool) {
	plays := player.sample(hook.OnPlay)
	all := v.ids.Accepts(hook.OnPublish)
	if len(all) == 0 {
		all = []identity.Sample{{Event: hook.OnPublish}}
	}
	for i := range all {
		sm := all[(i+player.turn)%len(all)]
		if !agree(sm.App, plays.App) || !agree(sm.VHost, plays.VHost) || !agree(sm.Stream, plays.Stream) {
			continue
		}
		sm.App, sm.VHost, sm.Stream = or(sm.App, plays.App), or(sm.VHost, plays.VHost), or(sm.Stream, plays.Stream)
		return sm, true
	}
	return identity.Sample{}, false
}

func agree(a, b string) bool { return a == "" || b == "" || a == b }

// leave closes what a visitor has open, and what is open for its sake.
func (s *Scene) leave(v *visitor) error {
	if v == nil {
		return nil
	}
	var was *hook.Payload
	for _, ev := range []hook.Event{hook.OnPlay, hook.OnPublish} {
		if pl := v.open[ev]; pl != nil {
			was = pl
			if err := s.sendAround(v, closing(pl, ev+1), hookcheck.After); err != nil {
				return err
			}
		}
	}
	if pl := v.open[hook.OnConnect]; pl != nil {
		was = pl
	}
	if was != nil {
		if err := s.sendAround(v, closing(was, hook.OnClose), hookcheck.After); err != nil {
			return err
		}
	}
	return s.leave(v.publisher)
}

// sendAround sends an event that is not judged, if it has a URL.
func (s *Scene) sendAround(v *visitor, pl *hook.Payload, want hookcheck.Want) error {
	ev, err := hook.ParseEvent(pl.Action)
	if g := s.Target.gates[ev]; err != nil || len(s.Target.o.URLs[ev]) == 0 || g.known && !g.answered {
		return err
	}
	what := described("an acceptable", v.sample(ev))
	if want == hookcheck.After {
		what = "the " + ev.String() + " of the client before"
	}
	return s.sendPayload(v, pl, what, want)
}

// lifetime is every event, in an order in which two clients cause them: one publishes, the other plays its stream.
var lifetime = []hook.Event{hook.OnConnect, hook.OnPublish, hook.OnPlay, hook.OnStop, hook.OnUnpublish, hook.OnClose}

// life leads a publisher, and a player of its stream, through all events that can be accepted; each sends one.
func (s *Scene) life(each func(v *visitor, ev hook.Event) error) error {
	return s.lifeOf(s.Target.visitor(), s.Target.visitor(), each)
}

func (s *Scene) lifeOf(v, player *visitor, each func(v *visitor, ev hook.Event) error) error {
	events, err := s.accepted(lifetime...)
	if err != nil {
		return err
	}
	player.turn = v.turn
	if sm, ok := v.publishes(player); ok {
		v.own, player.stream = &sm, or(sm.Stream, player.stream)
		v.stream = player.stream
	}
	for _, ev := range events {
		who := v
		if ev.Opening() == hook.OnPlay {
			who = player
		}
		if ev == hook.OnPlay {
			if err = s.sendAround(player, player.payload(hook.OnConnect), hookcheck.Before); err != nil {
				return err
			}
		}
		if err := each(who, ev); err != nil {
			return err
		}
	}
	if err := s.leave(player); err != nil {
		return err
	}
	return s.leave(v)
}
