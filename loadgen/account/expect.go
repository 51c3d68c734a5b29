package account

import (
	"hookproof/hook"
	"hookproof/hook/order"
	"hookproof/loadgen/plan"
)

// span is how often an event may come.
type span struct{ least, most int }

// expect says how often each event of a client should have come, from what the
// client saw. Where that does not decide (an answer that never came), the
// event may have come or not, and the order checker alone judges. opened says
// that the hook of its stream was accepted while it was connected.
func expect(p *hook.Profile, s *plan.Session, o *Outcome, opened bool) (want [len(hook.Events)]span) {
	x := order.Expect(p, deeds(s, o, opened)...)
	if s.Over != plan.RTMP {
		x = order.ExpectViewer(p, views(s, o)...)
	}
	for _, e := range hook.Events {
		want[e].least, want[e].most = x.Count(e)
	}
	if s.Over == plan.RTMP && !p.ConnectFirst && !o.Asked && !o.answered() {
		// It may have come alone, and on_close does not show whose it is.
		want[hook.OnClose].least = 0
	}
	return want
}

// Due returns how often each event of a client has to come at least.
func Due(p *hook.Profile, s *plan.Session, o *Outcome) (least [len(hook.Events)]int) {
	for e, w := range expect(p, s, o, false) {
		least[e] = w.least
	}
	return least
}

// answered reports whether all that the client asked for was answered.
func (o *Outcome) answered() bool { return o.Let || o.End == Refused || o.Told }

// deeds is what a client did, as far as it knows, up to the end of its
// connection.
func deeds(s *plan.Session, o *Outcome, opened bool) []order.Deed {
	if !o.Dialed {
		return nil
	}
	connect, closed := order.Deed{Event: hook.OnConnect}, order.Deed{Event: hook.OnClose}
	atConnect := s.Refused && s.RefuseAt == hook.OnConnect && o.End != Stayed
	switch {
	case atConnect && o.answered():
		connect.Answer = order.Refused
	case !atConnect && o.Connected:
		connect.Answer = order.Accepted
	default:
		connect.Unsure = !o.Connected && !o.answered()
	}
	if atConnect {
		return []order.Deed{connect, closed}
	}
	stream := order.Deed{Event: s.Role.Event()}
	switch {
	case s.Refused:
		stream.Answer, stream.Unsure = order.Refused, !o.answered()
	case o.Let && o.End == Dropped && s.Role == plan.Play && !opened:
		// A player is told that it may play before its hook is asked (SRS).
	case o.Let:
		stream.Answer = order.Accepted
	case o.Asked || o.Connected:
		stream.Unsure = true
	default:
		return []order.Deed{connect, closed}
	}
	return []order.Deed{connect, stream, closed}
}

// views is what a player over HTTP did: it asked, and left. One that was not answered may have been asked about or not;
// a server need not ask about a stream that it does not have (yet).
func views(s *plan.Session, o *Outcome) []order.Deed {
	if !o.Dialed {
		return nil
	}
	play, stop := order.Deed{Event: hook.OnPlay}, order.Deed{Event: hook.OnStop}
	switch {
	case s.Refused:
		play.Answer, play.Unsure = order.Refused, !o.answered()
		return []order.Deed{play}
	case o.Let:
		play.Answer = order.Accepted
	default:
		play.Unsure, stop.Unsure = true, true
	}
	return []order.Deed{play, stop}
}
