package oracle

import (
	"cmp"
	"fmt"
	"slices"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// media checks that what is published reaches players only once both were accepted,
// and nobody else's reaches anyone.
func (w *world) media() (found []*check.Finding) {
	by := map[string]*life{}
	for _, l := range w.lives {
		by[l.name] = l
	}
	told := map[string]bool{} // one finding for a player and a publisher
	for i := range w.obs {
		o := &w.obs[i]
		to := by[o.Actor]
		if to == nil || o.Kind != reports.KindMedia && (o.Kind != reports.KindReceived || o.Name != "onMetaData") {
			continue
		}
		of := o.Details().Publisher
		if key := to.name + " " + of; !told[key] {
			if f := w.between(o, to, by[of], of); f != nil {
				told[key] = true
				found = append(found, f)
			}
		}
	}
	return append(found, w.shown(told)...)
}

// between checks one message that reached a player.
func (w *world) between(o *reports.Observation, to, from *life, of string) *check.Finding {
	f := &check.Finding{Cause: "media", Evidence: []int{o.N},
		Seen: fmt.Sprintf("%s at %.3f s: %s", o.Name, o.T, o.Text)}
	player := to.accepts(o.T, true)
	switch {
	case len(player) == 0:
		f.Requirement = waitsOrRefused(to, o.T, "S-ANS-05")
		f.Expected = fmt.Sprintf("%s to get no media before its on_play is accepted", to.name)
	case of == "":
		return nil
	case from == nil:
		f.Requirement, f.Expected = "S-CON-02", fmt.Sprintf("%s to get media of streams that it plays only", to.name)
	default:
		publisher := from.accepts(o.T, false)
		if slices.ContainsFunc(publisher, func(s string) bool { return slices.Contains(player, s) }) {
			return nil
		}
		f.Requirement = waitsOrRefused(from, o.T, "S-ANS-04")
		f.Expected = fmt.Sprintf("%s to get media of %s only once its on_publish of that stream is accepted", to.name,
			of)
	}
	return f
}

// waitsOrRefused names the requirement by which a client's media must not flow yet: it
// was refused, or it was not asked about, or not answered.
func waitsOrRefused(l *life, t float64, refused string) string {
	h := l.refusal()
	switch {
	case h == nil || h.Answered > t:
		return "S-ANS-06"
	case l.letOnAfter(h):
		return "S-ANS-02"
	}
	return refused
}

// accepts lists the streams that a client was accepted for until t, to play or to publish.
func (l *life) accepts(t float64, plays bool) (streams []string) {
	for _, a := range l.asks {
		// Where nobody was asked the server decides, and the events are what is wrong.
		if a.plays == plays && (a.accepted() <= t || a.hook == nil && a.told <= t) {
			streams = append(streams, a.stream)
		}
	}
	return streams
}

// shown checks what bears no mark: a player of a stream that one client alone ever
// asks to publish is shown no sign of it before that is accepted. Of a player and a
// publisher that something was told of already nothing more is.
func (w *world) shown(told map[string]bool) (found []*check.Finding) {
	for _, l := range w.lives {
		stream, alone := w.alone(l)
		if !alone {
			continue
		}
		until := w.obs
		for _, a := range l.asks {
			if a.accepted() < never {
				until = w.obs[:a.hook.Answer]
				break
			}
		}
		for _, to := range w.lives {
			if !to.playsOnly(stream) || told[to.name+" "+l.name] {
				continue
			}
			if f := check.ShownNothing(until, to.name, l.name); f != nil {
				f.Requirement, f.Cause = waitsOrRefused(l, w.obs[f.Evidence[0]].T, "S-ANS-04"), "shown"
				found = append(found, f)
			}
		}
	}
	return found
}

// alone returns the one stream that a client asks to publish, if nobody else does and
// the client was asked about.
func (w *world) alone(l *life) (stream string, alone bool) {
	for _, a := range l.asks {
		if a.plays || stream != "" && a.stream != stream || a.hook == nil {
			return "", false
		}
		stream = a.stream
	}
	for _, a := range w.asksOf(stream) {
		if !a.plays && a.life != l {
			return "", false
		}
	}
	return stream, stream != ""
}

// playsOnly reports whether a client has played that stream and done nothing else.
func (l *life) playsOnly(stream string) bool {
	return len(l.asks) == 1 && !l.moved && l.asks[0].plays && l.asks[0].stream == stream
}

// Settled returns what is not yet as the hook server decided; nil once nothing is: who
// was refused or kicked is off, who was accepted is on, and players get media of
// those who publish their stream.
func Settled(p *hook.Profile, obs []reports.Observation) *check.Finding {
	w := read(p, obs)
	for _, l := range w.lives {
		if f := w.unsettled(l); f != nil {
			f.Cause = cmp.Or(f.Cause, "not settled")
			return f
		}
	}
	return nil
}

func (w *world) unsettled(l *life) *check.Finding {
	refused := l.refusal()
	a := l.last()
	switch {
	case l.over():
		return nil
	case refused != nil:
		f := check.Off(w.obs, l.name)
		f.Requirement = "S-ANS-02"
		return f
	case l.kicked < never:
		f := check.Off(w.obs, l.name)
		f.Requirement = "S-ORD-06"
		return f
	case a == nil || a.ended < never || a.accepted() == never:
		return nil
	case a.told == never:
		f := check.LetOn(w.obs, l.name, check.Entry{Plays: a.plays, Asked: true})
		if f != nil {
			f.Requirement = "S-ANS-01"
		}
		return f
	case a.plays:
		return w.watches(a)
	}
	return nil
}

// watches checks that a player gets media of the one who publishes its stream.
func (w *world) watches(play *ask) *check.Finding {
	var of *ask
	for _, a := range w.asksOf(play.stream) {
		if a.plays || a.told == never || a.accepted() == never && a.hook != nil || a.end() < never {
			continue
		}
		if of != nil {
			return nil // there is one too many
		}
		of = a
	}
	if of == nil || of.media == never || of.life.silent < never ||
		len(check.Frames(w.obs, play.life.name, of.life.name)) > 0 {
		return nil
	}
	f := &check.Finding{Requirement: "S-ANS-01", Seen: "no frame",
		Expected: fmt.Sprintf("%s to receive media of %s", play.life.name, of.life.name)}
	if play.sent < of.accepted() {
		f.Requirement = "S-ORD-09"
	}
	return f
}

// admission checks who was let on, and who was turned away or dropped.
func (w *world) admission() (found []*check.Finding) {
	for _, l := range w.lives {
		if f := w.admitted(l); f != nil {
			f.Cause = cmp.Or(f.Cause, "admission")
			found = append(found, f)
		}
	}
	return found
}

func (w *world) admitted(l *life) *check.Finding {
	if h := l.refusal(); h != nil {
		return w.turnedAway(l, h)
	}
	a := l.last()
	if a == nil || !l.dropped() || w.stopped || l.silent < never {
		return nil
	}
	if a.accepted() == never || w.lost(a) {
		return nil // the lock says whether it may have lost
	}
	f := &check.Finding{Requirement: "S-ANS-01", Cause: "dropped",
		Expected: fmt.Sprintf("%s, which was accepted, to stay on until it leaves", l.name),
		Seen:     fmt.Sprintf("disconnected, %s, at %.3f s", l.gone.Name, l.gone.T),
		Evidence: []int{a.hook.N, l.gone.N}}
	for _, other := range w.asksOf(a.stream) {
		switch {
		case other == a || other.plays:
		case !a.plays:
			f.Requirement = "S-CON-04"
		case other.end() < l.gone.T:
			f.Requirement = "S-ORD-08"
		}
	}
	return f
}

// turnedAway checks a client that was refused.
func (w *world) turnedAway(l *life, refused *timeline.Hook) *check.Finding {
	const limit = 1 // second: S-ANS-07
	if l.going < never && (l.gone == nil || l.going <= l.gone.T) {
		return nil // it was faster
	}
	a := l.last()
	if a != nil && !a.plays && refused.Event == hook.OnPublish && a.told < never {
		f := check.NotTold(w.obs[refused.N:], l.name, check.PublishStart)
		if f == nil {
			f = &check.Finding{Expected: l.name + " not to be told " + check.PublishStart,
				Seen: fmt.Sprintf("told so at %.3f s, before the answer", a.told)}
		}
		f.Requirement = "S-ANS-04"
		return f
	}
	f := check.OffWithin(w.obs, l.name, limit)
	if f == nil || f.Undecided {
		return nil
	}
	f.Requirement = "S-ANS-07"
	return f
}
