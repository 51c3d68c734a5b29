package oracle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"

	"hookproof/internal/check"
)

// A stream name is a lock (S-CON-04): a publisher takes it, at some time between
// its publish and the first sure sign that it is on, and gives it back, at some
// time between what ends it and the next event after the answer to its
// on_unpublish. One whose fate is not known may have held it or not. A publisher
// that was accepted and dropped found it held.

// deal is one step of a publisher with the lock; number is the publisher's, from 0.
type deal struct {
	kind   dealKind
	number int
	by     *ask
}

type dealKind uint8

const (
	takes dealKind = iota
	mayTake
	givesBack
	mayGiveBack
	findsHeld
)

// mostRivals bounds the publishers of one name that are judged.
const mostRivals = 64

// held is the state of a name: who holds it, nobody below 0, and who may take it no
// more.
type held struct {
	by   int
	over uint64
}

var lock = (&porcupine.NondeterministicModel{
	Init: func() []any { return []any{held{by: -1}} },
	Step: func(state, input, _ any) []any { return state.(held).after(input.(deal)) },
}).ToModel()

// after returns the possible states after a step; none where it cannot be.
func (h held) after(d deal) []any {
	taken, free := held{d.number, h.over}, held{-1, h.over}
	over := held{h.by, h.over | 1<<d.number}
	switch {
	case d.kind == takes && h.by < 0:
		return []any{taken}
	case d.kind == mayTake && h.by < 0 && h.over&(1<<d.number) == 0:
		return []any{h, taken}
	case (d.kind == givesBack || d.kind == mayGiveBack) && h.by == d.number:
		return []any{free}
	case d.kind == mayGiveBack:
		return []any{over}
	case d.kind == mayTake, d.kind == findsHeld && h.by >= 0 && h.by != d.number:
		return []any{h}
	}
	return nil
}

// locks checks each stream name.
func (w *world) locks() (found []*check.Finding) {
	var names []string
	for _, l := range w.lives {
		for _, a := range l.asks {
			if !a.plays && !slices.Contains(names, a.stream) {
				names = append(names, a.stream)
			}
		}
	}
	for _, name := range names {
		all := w.dealsOf(name)
		if len(all) == 0 || porcupine.CheckOperations(lock, all) {
			continue
		}
		found = append(found, w.broken(name, all))
	}
	return found
}

// dealsOf is the history of a name.
func (w *world) dealsOf(name string) (all []porcupine.Operation) {
	number := -1
	add := func(kind dealKind, a *ask, from, to float64) {
		all = append(all, porcupine.Operation{ClientId: len(all), Input: deal{kind, number, a}, Call: nanos(from),
			Return: nanos(max(from, to))})
	}
	for _, a := range w.asksOf(name) {
		if number++; number == mostRivals {
			return nil
		}
		live := w.live(a)
		switch {
		case a.plays || !a.life.connected:
		case live < never:
			add(takes, a, a.sent, live)
			add(givesBack, a, min(max(a.end(), a.sent), w.released(a)), w.released(a))
		case w.lost(a) && a.life.dropped():
			add(findsHeld, a, a.sent, a.life.gone.T)
		case w.lost(a):
			add(findsHeld, a, a.sent, a.life.closes().Arrived)
		default:
			add(mayTake, a, a.sent, w.released(a))
			add(mayGiveBack, a, a.sent, w.released(a))
		}
	}
	return all
}

func nanos(t float64) int64 {
	if t >= never {
		return 1 << 62
	}
	return int64(t * 1e9)
}

// released returns when an ask surely holds its name no more: something came of the
// client after the answer to its on_unpublish or to what refused it, or a marker
// client has run through since.
func (w *world) released(a *ask) float64 {
	h := a.closed
	if h == nil && a.hook != nil && a.accepted() == never {
		h = a.hook
	}
	if h == nil || h.Answer < 0 {
		return never
	}
	at := never
	for i := range a.life.hooks {
		if next := &a.life.hooks[i]; next.N > h.N {
			at = min(at, next.Arrived)
		}
	}
	for _, f := range w.fences {
		if f > h.Answered {
			at = min(at, f)
		}
	}
	return at
}

// broken says in which way a history is none of a lock.
func (w *world) broken(name string, all []porcupine.Operation) *check.Finding {
	f := &check.Finding{Requirement: "S-CON-04", Cause: "two live",
		Expected: fmt.Sprintf("at most one publisher of %q to be live at any time", w.words(name))}
	held := slices.DeleteFunc(slices.Clone(all),
		func(o porcupine.Operation) bool { return o.Input.(deal).kind == findsHeld })
	if porcupine.CheckOperations(lock, held) {
		f.Cause = "name not free"
		f.Requirement = w.keptBy(name, all)
		f.Expected = fmt.Sprintf("%q to be free for a publisher that is accepted while nobody is live", w.words(name))
	}
	var seen []string
	slices.SortFunc(all, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
	for _, o := range all {
		d := o.Input.(deal)
		seen = append(seen, fmt.Sprintf("%s %s (%s)", d.by.life.name,
			[...]string{"is live", "may be live", "ends", "may end", "is dropped"}[d.kind], between(o)))
		f.Evidence = append(f.Evidence, numbers(d.by.life.hooks)...)
	}
	slices.Sort(f.Evidence)
	f.Evidence = slices.Compact(f.Evidence)
	f.Seen = strings.Join(seen, "; ")
	return f
}

// overlaps reports whether a publisher that found the name held may have met this one.
func overlaps(live porcupine.Operation, all []porcupine.Operation) bool {
	return slices.ContainsFunc(all, func(o porcupine.Operation) bool {
		return o.Input.(deal).kind == findsHeld && o.Call <= live.Return && live.Call <= o.Return
	})
}

func between(o porcupine.Operation) string {
	if o.Return == nanos(never) {
		return fmt.Sprintf("from %.3f s on", float64(o.Call)/1e9)
	}
	return fmt.Sprintf("between %.3f s and %.3f s", float64(o.Call)/1e9, float64(o.Return)/1e9)
}

// keptBy names the requirement by which a name should have been free: who had it last.
// One that left while it was asked about owes its on_unpublish.
func (w *world) keptBy(name string, all []porcupine.Operation) string {
	id := "S-ANS-01"
	for _, o := range all {
		if o.Input.(deal).kind == takes && overlaps(o, all) {
			return "S-CON-04"
		}
		if d := o.Input.(deal); d.kind == findsHeld && !d.by.life.dropped() {
			if d.by.life.kicked < never {
				return "S-ORD-06"
			}
			return "S-ANS-10"
		}
	}
	for _, a := range w.asksOf(name) {
		switch {
		case a.plays:
		case a.hook != nil && a.hook.Answer >= 0 && !a.hook.Accept:
			return "S-ANS-08"
		case a.life.vanishes:
			id = "S-ORD-05"
		}
	}
	return id
}
