package check

import (
	"fmt"

	"hookproof/hook"
	"hookproof/hook/order"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// Fit compares an actor's events so far with what is expected of it.
func Fit(want order.Expectation, obs []reports.Observation, actor string) order.Fit {
	return fit(want, timeline.Events(obs, actor))
}

func fit(want order.Expectation, hooks []timeline.Hook) order.Fit {
	events := make([]hook.Event, len(hooks))
	for i, h := range hooks {
		events[i] = h.Event
	}
	return want.Fit(events...)
}

// Exactly checks that an actor's events are those expected and nothing else.
func Exactly(want order.Expectation, obs []reports.Observation, actor string) *Finding {
	hooks := timeline.Events(obs, actor)
	if fit(want, hooks) == order.Complete {
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
