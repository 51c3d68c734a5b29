package check

import (
	"fmt"
	"strings"

	"hookproof/hook"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// Item is one event of a wanted sequence.
type Item struct {
	Event    hook.Event
	Optional bool // may be there, in this place
}

// Sequence is what events a client must give, in order and nothing else.
type Sequence []Item

// String lists the events, the optional ones in brackets.
func (s Sequence) String() string {
	if len(s) == 0 {
		return "none"
	}
	parts := make([]string, len(s))
	for i, it := range s {
		parts[i] = it.Event.String()
		if it.Optional {
			parts[i] = "[" + parts[i] + "]"
		}
	}
	return strings.Join(parts, ", ")
}

// Fit says how a client's events so far compare with a sequence.
type Fit int

// The fits.
const (
	Wrong    Fit = iota // they can never become the sequence
	Begun               // more must come
	Complete            // they are the sequence
)

// Fit compares events with the sequence. In profiles that repeat on_connect
// before a further on_publish or on_play (S-ORD-10), the repetition is passed
// over.
func (s Sequence) Fit(p *hook.Profile, hooks []timeline.Hook) Fit {
	i := 0
	for n, h := range hooks {
		j := i
		for j < len(s) && s[j].Optional && s[j].Event != h.Event {
			j++
		}
		switch {
		case j < len(s) && s[j].Event == h.Event:
			i = j + 1
		case p.ConnectAgain && h.Event == hook.OnConnect && n > 0 && repeats(hooks, n):
			// allowed in between
		default:
			return Wrong
		}
	}
	for ; i < len(s); i++ {
		if !s[i].Optional {
			return Begun
		}
	}
	return Complete
}

// repeats reports whether the on_connect at n is one that a profile allows
// again: after an earlier one, and before an on_publish or on_play or nothing
// yet.
func repeats(hooks []timeline.Hook, n int) bool {
	before := false
	for _, h := range hooks[:n] {
		before = before || h.Event == hook.OnConnect
	}
	if n+1 == len(hooks) {
		return before
	}
	next := hooks[n+1].Event
	return before && (next == hook.OnPublish || next == hook.OnPlay)
}

// Exactly checks that an actor's events are the sequence and nothing else.
func Exactly(p *hook.Profile, obs []reports.Observation, actor string, want Sequence) *Finding {
	hooks := timeline.Events(obs, actor)
	if want.Fit(p, hooks) == Complete {
		return nil
	}
	return &Finding{
		Expected: fmt.Sprintf("the events of %s to be exactly %s", actor, want),
		Seen:     describeEvents(hooks),
		Evidence: numbers(hooks),
		Detail:   strays(obs),
	}
}

// NoOverlap checks that each event of an actor came after the answer to the
// one before (S-ORD-03). Calls of several URLs count one by one.
func NoOverlap(obs []reports.Observation, actor string) *Finding {
	hooks := timeline.Hooks(obs, actor)
	for i := 1; i < len(hooks); i++ {
		prev, next := hooks[i-1], hooks[i]
		if prev.Answer >= 0 && next.Arrived >= prev.Answered {
			continue
		}
		seen := fmt.Sprintf("%s came at %.6f s", next.Event, next.Arrived)
		if prev.Answer < 0 {
			seen += fmt.Sprintf(", while %s (%.6f s) was never answered", prev.Event, prev.Arrived)
		} else {
			seen += fmt.Sprintf(", before %s was answered at %.6f s", prev.Event, prev.Answered)
		}
		return &Finding{
			Expected: fmt.Sprintf("%s of %s to come after the answer to %s", next.Event, actor, prev.Event),
			Seen:     seen, Evidence: numbers(hooks[i-1 : i+1]),
		}
	}
	return nil
}

// NothingAfter checks that the last event an actor has given is of that kind.
func NothingAfter(obs []reports.Observation, actor string, ev hook.Event) *Finding {
	hooks := timeline.Hooks(obs, actor)
	if len(hooks) > 0 && hooks[len(hooks)-1].Event == ev {
		return nil
	}
	return &Finding{
		Expected: fmt.Sprintf("nothing of %s after %s, which is unanswered", actor, ev),
		Seen:     describeEvents(hooks), Evidence: numbers(hooks), Detail: strays(obs),
	}
}

// NoEventButMarkers checks that only marker clients have given events.
func NoEventButMarkers(obs []reports.Observation) *Finding {
	hooks := timeline.Hooks(obs, "")
	if len(hooks) == 0 {
		return nil
	}
	return &Finding{Expected: "no event", Seen: describeEvents(hooks), Evidence: numbers(hooks), Detail: strays(obs)}
}
