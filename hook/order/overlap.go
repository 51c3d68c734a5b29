package order

import (
	"fmt"
	"slices"
	"time"

	"hookproof/hook"
)

// checkOverlap compares an event's arrival with the answer to the previous one.
// While that is unanswered, the pair is kept.
func (k *Checker) checkOverlap(id string, c *client, ev hook.Event, now int64) {
	if c.pending {
		if k.passed == nil {
			k.passed = make(map[string][]passed)
		}
		k.passed[id] = append(k.passed[id], passed{event: c.last, next: ev, nextAt: now})
		return
	}
	if c.answered != 0 {
		k.reportOverlap(id, c.last, ev, now, c.answered)
	}
}

// answeredLate handles the answer to an event that a later one has overtaken; it
// returns false if there is no such event.
func (k *Checker) answeredLate(id string, ev hook.Event, answered int64) bool {
	all := k.passed[id]
	i := slices.IndexFunc(all, func(p passed) bool { return p.event == ev })
	if i < 0 {
		return false
	}
	p := all[i]
	if all = slices.Delete(all, i, i+1); len(all) == 0 {
		delete(k.passed, id)
	} else {
		k.passed[id] = all
	}
	if answered != 0 {
		k.reportOverlap(id, p.event, p.next, p.nextAt, answered)
	}
	return true
}

func (k *Checker) reportOverlap(id string, ev, next hook.Event, nextAt, answered int64) {
	early := time.Duration(answered - nextAt)
	if early <= 0 {
		return
	}
	p := Problem{
		ID: "S-ORD-03", Client: id, Kind: Overlap, Event: next, At: k.at(nextAt),
		Expected: next.String() + " after the answer to " + ev.String(),
		Seen:     fmt.Sprintf("it %v before that answer", early),
	}
	if early <= k.uncertainty {
		p.Verdict = Inconclusive
	}
	k.report(p)
}
