package oracle

import (
	"slices"
	"strings"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// world is a timeline, read client by client.
type world struct {
	profile *hook.Profile
	obs     []reports.Observation
	lives   []*life
	fences  []float64
	nobodys []timeline.Hook // events that no client explains
	peers   bool            // there was a peer that never sent connect
	stopped bool            // the server was told to end
}

// life is what one client did and met.
type life struct {
	name      string
	connected bool // it sent connect
	admitted  bool // its connect was accepted
	asks      []*ask
	hooks     []timeline.Hook // its events, in order of arrival
	going     float64         // when it began to end its connection itself; never without
	vanishes  bool            // it did so by a reset
	gone      *reports.Observation
	kicked    float64 // never without
	silent    float64 // never without
	paused    float64 // when it first sent pause; never without
	moved     bool    // it has paused or sought, of which servers tell as of a stream's begin
}

// ask is one publish or play.
type ask struct {
	life   *life
	plays  bool
	stream string
	sent   float64
	told   float64        // when the server said that it is on; never without
	hook   *timeline.Hook // its on_publish or on_play
	ended  float64        // when the client sent a command that ends it; never without
	closed *timeline.Hook // its on_unpublish or on_stop
	media  float64        // when it began to send media; never without
	seen   float64        // when media of it reached a player first; never without
}

// never is later than everything.
const never = 1e18

// read reads a timeline.
func read(p *hook.Profile, obs []reports.Observation) *world {
	w := &world{profile: p, obs: obs}
	by := map[string]*life{}
	of := func(name string) *life {
		l := by[name]
		if l == nil {
			l = &life{name: name, going: never, kicked: never, silent: never, paused: never}
			by[name] = l
			w.lives = append(w.lives, l)
		}
		return l
	}
	for i := range obs {
		o := &obs[i]
		switch {
		case o.Kind == reports.KindFence:
			w.fences = append(w.fences, o.T)
		case o.Kind == reports.KindNote && o.Name == "shutdown":
			w.stopped = true
		case o.Actor == "" || timeline.IsMarker(o.Actor):
		case o.Actor == peer:
			w.peers = true
		case o.Kind != reports.KindHook && o.Kind != reports.KindAnswer:
			of(o.Actor).note(o)
		}
	}
	for _, h := range timeline.Hooks(obs, "") {
		if h.Answer >= 0 && obs[h.Answer].Code == "none" {
			h.Answered = h.Arrived // that no answer came is noted once the connection is over
		}
		switch l := by[h.Actor]; {
		case h.URL > 1:
		case l != nil:
			l.hooks = append(l.hooks, h)
		default:
			w.nobodys = append(w.nobodys, h)
		}
	}
	w.nameless()
	for _, l := range w.lives {
		l.join()
	}
	w.watch(by)
	return w
}

// peer is the actor of clients that never send connect.
const peer = "Peer"

// note takes in what a client did or met.
func (l *life) note(o *reports.Observation) {
	last := l.last()
	switch o.Kind {
	case reports.KindSent:
		l.sent(o, last)
	case reports.KindStatus:
		switch {
		case o.Name == "_result" && o.Code == check.ConnectSuccess:
			l.admitted = true
		case last == nil || o.Name != "onStatus":
		case o.Code == check.PublishStart && !last.plays, o.Code == check.PlayStart && last.plays:
			last.told = min(last.told, o.T)
		}
	case reports.KindDisconnect:
		l.gone = o
		if o.Name == "local" {
			l.going = min(l.going, o.T)
		}
	case reports.KindNote:
		l.noted(o, last)
	}
}

func (l *life) noted(o *reports.Observation, last *ask) {
	switch o.Name {
	case check.GoingNote:
		l.going, l.vanishes = min(l.going, o.T), l.vanishes || o.Text == check.Vanishes
	case check.HalfClose:
		l.going = min(l.going, o.T)
	case check.SilentNote:
		l.silent = min(l.silent, o.T)
	case check.KickNote:
		l.kicked = min(l.kicked, o.T)
	case check.NotKickedNote:
		l.kicked = never
	case check.MediaNote:
		if last != nil && !last.plays {
			last.media = min(last.media, o.T)
		}
	}
}

// sent takes in a command.
func (l *life) sent(o *reports.Observation, last *ask) {
	switch o.Name {
	case "connect":
		l.connected = true
	case "publish", "play":
		l.asks = append(l.asks, &ask{life: l, plays: o.Name == "play", stream: timeline.StreamSent(o), sent: o.T,
			told: never, ended: never, media: never, seen: never})
	case "pause":
		l.paused, l.moved = min(l.paused, o.T), true
	case "seek":
		l.moved = true
	case "FCUnpublish", "closeStream", "deleteStream":
		if last != nil {
			last.ended = min(last.ended, o.T)
		}
	}
}

func (l *life) last() *ask {
	if len(l.asks) == 0 {
		return nil
	}
	return l.asks[len(l.asks)-1]
}

// nameless gives an on_close that names nobody to a client that has connected, asked
// for nothing and caused no event: where nothing else names such a client, it is its.
// Further ones of that client_id are, too.
func (w *world) nameless() {
	owner := map[string]*life{}
	w.nobodys = slices.DeleteFunc(w.nobodys, func(h timeline.Hook) bool {
		l := owner[h.ClientID]
		if l == nil && h.Event == hook.OnClose {
			l = w.silentOne()
		}
		if l == nil {
			return false
		}
		owner[h.ClientID] = l
		l.hooks = append(l.hooks, h)
		return true
	})
}

// silentOne returns a client that has connected, has gone and caused no event; nil
// without one.
func (w *world) silentOne() *life {
	for _, l := range w.lives {
		if l.connected && len(l.hooks) == 0 && l.over() {
			return l
		}
	}
	return nil
}

// join finds the events of each ask: the n-th on_publish is of the n-th publish.
func (l *life) join() {
	for _, plays := range []bool{false, true} {
		opens, closes := hook.OnPublish, hook.OnUnpublish
		if plays {
			opens, closes = hook.OnPlay, hook.OnStop
		}
		next := 0
		var current *ask
		for i := range l.hooks {
			h := &l.hooks[i]
			switch {
			case h.Event == opens:
				current = nil
				for next < len(l.asks) && l.asks[next].plays != plays {
					next++
				}
				if next < len(l.asks) {
					current = l.asks[next]
					current.hook = h
					next++
				}
			case h.Event == closes && current != nil && current.closed == nil:
				current.closed = h
			}
		}
	}
}

// watch finds when media of each publish reached a player first. What comes of a client
// that has published the name before may have been sent then: servers deliver late.
func (w *world) watch(by map[string]*life) {
	for i := range w.obs {
		o := &w.obs[i]
		if o.Kind != reports.KindMedia {
			continue
		}
		from, to := by[o.Details().Publisher], by[o.Actor]
		if from == nil || to == nil {
			continue
		}
		for _, a := range from.asks {
			if !a.plays && a.sent <= o.T && to.plays(a.stream, o.T) {
				a.seen = min(a.seen, o.T)
				break
			}
		}
	}
}

// plays reports whether a client had asked for a stream before t, to play it.
func (l *life) plays(stream string, t float64) bool {
	for _, a := range l.asks {
		if a.plays && a.stream == stream && a.sent <= t {
			return true
		}
	}
	return false
}

// over reports whether the connection is over, or the client has ended its side.
func (l *life) over() bool { return l.gone != nil || l.going < never }

// dropped reports whether the server ended the connection, with the client doing
// nothing to that end.
func (l *life) dropped() bool {
	return l.gone != nil && l.gone.Name != "local" && l.gone.Name != "refused" && l.gone.T < l.going &&
		l.gone.T < l.kicked
}

// refusal returns the event at which the hook server refused a client; nil without one.
func (l *life) refusal() *timeline.Hook {
	for i := range l.hooks {
		if h := &l.hooks[i]; !h.Event.Closing() && h.Answer >= 0 && !h.Accept {
			return h
		}
	}
	return nil
}

// accepted returns when the hook server let an ask on; never otherwise.
func (a *ask) accepted() float64 {
	if a.hook == nil || a.hook.Answer < 0 || !a.hook.Accept || a.overtaken() {
		return never
	}
	return a.hook.Answered
}

// overtaken reports whether the client's on_close came while its ask was unanswered:
// what the answer was nobody waited for.
func (a *ask) overtaken() bool {
	end := a.life.closes()
	return a.hook != nil && end != nil && (a.hook.Answer < 0 || end.Arrived < a.hook.Answered)
}

// live returns when an accepted ask was surely on: media of it had reached a player,
// or it had been told so and was connected still when a marker client had run through.
func (w *world) live(a *ask) float64 {
	at := a.seen
	if a.closed != nil && !w.profile.UnpublishAfterBusy {
		at = min(at, a.closed.Arrived)
	}
	end := a.end()
	for _, h := range []*timeline.Hook{a.closed, a.life.closes()} {
		if h != nil {
			end = min(end, h.Arrived)
		}
	}
	for _, f := range w.fences {
		if f > a.told && f > a.accepted() && f < end {
			at = min(at, f)
			break
		}
	}
	if a.accepted() == never && a.hook != nil {
		return never
	}
	return at
}

// end returns when something first happened that may have ended an ask.
func (a *ask) end() float64 {
	at := min(a.ended, a.life.going, a.life.kicked)
	if a.life.gone != nil {
		at = min(at, a.life.gone.T)
	}
	return at
}

// lost reports whether a publish came to nothing although it was accepted, or not
// even asked about: the server dropped its client before it was surely on, or the
// client went while it was asked about and no on_unpublish came. That somebody
// else was live then is for the lock to see.
func (w *world) lost(a *ask) bool {
	if a.plays || a != a.life.last() || w.live(a) < never || a.life.refusal() != nil {
		return false
	}
	if a.life.dropped() {
		return a.hook == nil && a.told == never || a.accepted() < never
	}
	return a.accepted() < never && a.told == never && a.closed == nil && a.life.over() && a.life.closes() != nil
}

// closes returns the on_close of a client; nil without one.
func (l *life) closes() *timeline.Hook { return l.first(hook.OnClose) }

// words names the streams of a scenario as its author wrote them.
func (w *world) words(stream string) string {
	for i := range w.obs {
		if d := w.obs[i].Details(); d.Suffix != "" {
			return strings.TrimSuffix(stream, d.Suffix)
		}
	}
	return stream
}
