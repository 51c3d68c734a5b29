package oracle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"hookproof/hook"
	"hookproof/hook/order"
	"hookproof/internal/check"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// Complete reports whether every client that has gone has caused all events that
// it must, as far as its own events can show.
func Complete(p *hook.Profile, obs []reports.Observation) bool {
	w := read(p, obs)
	for _, l := range w.lives {
		want, known := w.expects(l)
		if l.over() && known && want.Fit(l.events()...) == order.Begun {
			return false
		}
		if n := len(l.hooks); n > 0 && l.over() && l.hooks[n-1].Answer < 0 {
			return false
		}
	}
	return true
}

func (l *life) events() (evs []hook.Event) {
	for i := range l.hooks {
		evs = append(evs, l.hooks[i].Event)
	}
	return evs
}

// expects returns the events that must come of a client; known is false where what
// it did says nothing certain.
func (w *world) expects(l *life) (x order.Expectation, known bool) {
	if !l.connected {
		return order.Expect(w.profile), true
	}
	did := []order.Deed{{Event: hook.OnConnect, Answer: order.Accepted}}
	switch h := l.refusal(); {
	case h != nil && h.Event == hook.OnConnect && h != l.first(hook.OnConnect):
		return x, false // an on_connect that came again was refused
	case h != nil && h.Event == hook.OnConnect:
		did[0].Answer = order.Refused
	case !l.admitted:
		did[0].Answer, did[0].Unsure = order.Unknown, true
	}
	for _, a := range l.asks {
		if did[0].Answer == order.Refused {
			break
		}
		d := w.deed(a)
		if did = append(did, d); d.Answer == order.Refused {
			break
		}
	}
	if l.over() {
		did = append(did, order.Deed{Event: hook.OnClose})
	}
	return order.Expect(w.profile, did...), true
}

// deed is what a client did by an ask, as far as it is certain.
func (w *world) deed(a *ask) order.Deed {
	d := order.Deed{Event: hook.OnPublish}
	if a.plays {
		d.Event = hook.OnPlay
	}
	switch {
	case w.lost(a):
		d.Answer = order.Lost
	case a.hook == nil:
		// A server may tell a player that it is on before it asks.
		d.Answer = order.Accepted
		d.Unsure = a.told == never || a.plays && !w.fenced(a.told, a.end())
	case a.hook.Answer < 0, a.overtaken():
		d.Answer = order.Unknown
	case a.hook.Accept:
		d.Answer = order.Accepted
	default:
		d.Answer = order.Refused
	}
	return d
}

// fenced reports whether a marker client ran through between two times.
func (w *world) fenced(from, to float64) bool {
	for _, f := range w.fences {
		if from < f && f < to {
			return true
		}
	}
	return false
}

func (l *life) first(ev hook.Event) *timeline.Hook {
	for i := range l.hooks {
		if l.hooks[i].Event == ev {
			return &l.hooks[i]
		}
	}
	return nil
}

// events checks what each client caused: in order, and complete.
func (w *world) events() (found []*check.Finding) {
	problems := w.problems()
	for _, l := range w.lives {
		if f := problems[l.name]; f != nil {
			found = append(found, f)
			continue
		}
		want, known := w.expects(l)
		if !known || want.Fit(l.events()...) == order.Complete {
			continue
		}
		f := check.Exactly(want, w.obs, l.name)
		if f == nil { // the events include one that names nobody, which is its
			f = &check.Finding{Expected: fmt.Sprintf("the events of %s to be exactly %s", l.name, want),
				Seen: fmt.Sprint(l.events())}
		}
		f.Requirement, f.Cause = w.blame(l, roleOf(l), never), "events"
		found = append(found, f)
	}
	if len(w.nobodys) > 0 {
		h := w.nobodys[0]
		f := &check.Finding{Requirement: "S-ID-01", Cause: "nobody",
			Expected: "every event to be a client's of the scenario",
			Seen:     fmt.Sprintf("%s with client_id %q at %.3f s", h.Event, h.ClientID, h.Arrived),
			Evidence: []int{h.N}}
		if w.peers {
			f.Requirement = "S-ORD-12"
		}
		found = append(found, f)
	}
	return found
}

// problems has the order checker walk all clients, and returns each one's first.
func (w *world) problems() map[string]*check.Finding {
	k := order.New(order.Options{Profile: w.profile})
	base := time.Unix(1_000_000, 0)
	at := func(t float64) time.Time { return base.Add(time.Duration(t * float64(time.Second))) }
	by := map[string]*life{}
	for _, l := range w.lives {
		by[l.name] = l
		for _, m := range l.moments() {
			h := &l.hooks[m.hook]
			if m.answer {
				k.Answered(l.name, h.Event, at(m.t), h.Accept)
				continue
			}
			k.Arrived(l.name, h.Event, at(m.t))
			w.left(k, l, h, at)
		}
		if a := l.last(); a != nil && a.hook != nil && w.lost(a) {
			k.Lost(l.name)
		}
	}
	found := map[string]*check.Finding{}
	for _, p := range k.Problems() {
		l := by[p.Client]
		if l == nil || found[p.Client] != nil || p.Verdict != order.Fail {
			continue
		}
		id := p.ID
		switch {
		case p.Kind == order.AfterClose && p.Also != "":
			id = p.Also // the client is known by more than its client_id
		case p.Kind == order.Overlap, p.Kind == order.Late:
		case p.Kind == order.AfterRefusal, strings.HasPrefix(id, "S-ORD-0"):
			id = w.blame(l, id, since(base, p.At))
		}
		found[p.Client] = &check.Finding{Requirement: id, Cause: "order " + p.Kind.String(),
			Expected: l.name + ": " + p.Expected, Seen: p.Seen, Evidence: numbers(l.hooks)}
	}
	return found
}

// since is the time of a problem in seconds; never for one of a run's end.
func since(base, at time.Time) float64 {
	if at.IsZero() {
		return never
	}
	return at.Sub(base).Seconds()
}

// moment is the arrival of a hook of a client, or its answer.
type moment struct {
	t      float64
	hook   int
	answer bool
}

// moments are those of a client's hooks, in order of time.
func (l *life) moments() (all []moment) {
	for i := range l.hooks {
		h := &l.hooks[i]
		all = append(all, moment{t: h.Arrived, hook: i})
		if h.Answer >= 0 {
			all = append(all, moment{t: h.Answered, hook: i, answer: true})
		}
	}
	slices.SortStableFunc(all, func(a, b moment) int { return cmp.Compare(a.t, b.t) })
	return all
}

// left tells the checker how a client left, once it is known to it.
func (w *world) left(k *order.Checker, l *life, h *timeline.Hook, at func(float64) time.Time) {
	switch {
	case !h.Event.Closing() || h.Arrived < l.end():
	case l.kicked < l.going:
		k.Left(l.name, order.Kicked, at(l.kicked))
	case l.vanishes:
		k.Left(l.name, order.Vanishes, at(l.going))
	}
}

// end is when a client's connection was over, or began to be.
func (l *life) end() float64 { return min(l.going, l.kicked) }

func numbers(hooks []timeline.Hook) (ns []int) {
	for i := range hooks {
		if ns = append(ns, hooks[i].N); hooks[i].Answer >= 0 {
			ns = append(ns, hooks[i].Answer)
		}
	}
	return ns
}

// roleOf returns the requirement that says which events a client causes.
func roleOf(l *life) string {
	switch a := l.last(); {
	case a == nil:
		return "S-ORD-04"
	case a.plays:
		return "S-ORD-02"
	}
	return "S-ORD-01"
}

// blame names the requirement that is about what was special about a client when its
// events went wrong, at a time; id where nothing was.
func (w *world) blame(l *life, id string, at float64) string {
	refused := l.refusal()
	a := l.last()
	switch {
	case refused != nil && refused.Answered < at && l.letOnAfter(refused):
		return "S-ANS-02"
	case refused != nil && refused.Answered < at:
		return map[hook.Event]string{hook.OnConnect: "S-ANS-03", hook.OnPublish: "S-ANS-04",
			hook.OnPlay: "S-ANS-05"}[refused.Event]
	case a == nil:
		return id
	case w.lost(a):
		return "S-CON-04"
	case l.dropped() && a.accepted() < never && a.closed == nil && w.live(a) == never:
		return "S-ANS-01"
	case l.badlyClosed(w.obs):
		return "S-ANS-09"
	case l.leftPending():
		return "S-ANS-10"
	case l.kicked < l.going:
		return "S-ORD-06"
	case l.vanishes:
		return "S-ORD-05"
	case l.stoppedByPause():
		return "S-ORD-13"
	case w.publisherLeft(l):
		return "S-ORD-08"
	case len(l.asks) > 1 && a.plays:
		return "S-ORD-13"
	case len(l.asks) > 1:
		return "S-ORD-10"
	case a.plays && a.hook == nil && w.early(a):
		return "S-ORD-09"
	}
	return id
}

// letOnAfter reports whether a client was told that it is on after it was refused.
func (l *life) letOnAfter(refused *timeline.Hook) bool {
	a := l.last()
	return a != nil && refused.Answered < a.told && a.told < never
}

// badlyClosed reports whether a closing event of a client got another answer than
// the plain acceptance.
func (l *life) badlyClosed(obs []reports.Observation) bool {
	for i := range l.hooks {
		if h := &l.hooks[i]; h.Event.Closing() && h.Answer >= 0 && !h.Accept {
			return true
		}
	}
	return false
}

// leftPending reports whether a client left while it was asked about.
func (l *life) leftPending() bool {
	for i := range l.hooks {
		h := &l.hooks[i]
		if !h.Event.Closing() && h.Arrived < l.going && (h.Answer < 0 || l.going < h.Answered) {
			return true
		}
	}
	return false
}

// stoppedByPause reports whether on_stop came of a player that had paused and not
// stopped.
func (l *life) stoppedByPause() bool {
	a := l.last()
	return a != nil && a.plays && a.closed != nil && l.paused < a.closed.Arrived && a.closed.Arrived < a.end()
}

// publisherLeft reports whether a player's on_stop came when it had not stopped, and
// a publisher of its stream had ended.
func (w *world) publisherLeft(l *life) bool {
	a := l.last()
	if a == nil || !a.plays || a.closed == nil || a.closed.Arrived > a.end() {
		return false
	}
	for _, other := range w.asksOf(a.stream) {
		if !other.plays && other.end() < a.closed.Arrived {
			return true
		}
	}
	return false
}

// early reports whether a play came before anybody published the stream.
func (w *world) early(a *ask) bool {
	for _, other := range w.asksOf(a.stream) {
		if !other.plays && other.accepted() < a.sent {
			return false
		}
	}
	return true
}

// asksOf lists the asks for a stream, in no order.
func (w *world) asksOf(stream string) (all []*ask) {
	for _, l := range w.lives {
		for _, a := range l.asks {
			if a.stream == stream {
				all = append(all, a)
			}
		}
	}
	return all
}
