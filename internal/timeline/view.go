package timeline

import (
	"strconv"
	"strings"

	"hookproof/hook"
	"hookproof/reports"
)

// Hook is one hook request and the answer it was given.
type Hook struct {
	N        int // observation numbers; Answer is -1 while unanswered
	Answer   int
	Actor    string
	ClientID string
	Event    hook.Event
	VHost    string
	URL      int // which of the event's URLs, from 1
	Arrived  float64
	Answered float64 // meaningful when Answer >= 0
	Accept   bool    // the answer accepts
	Obs      *reports.Observation
}

// Payload decodes the body leniently; nil when it is no JSON object.
func (h *Hook) Payload() *hook.Payload {
	p, _ := hook.DecodeAny([]byte(h.Obs.Body))
	return p
}

// Hooks lists the hook requests of an actor ("" is all but markers') in order
// of arrival, with their answers. Requests without a known event are left out.
func Hooks(obs []reports.Observation, actor string) []Hook {
	var hooks []Hook
	byN := map[int]int{}
	for i := range obs {
		o := &obs[i]
		switch o.Kind {
		case reports.KindHook:
			if actor != "" && o.Actor != actor || actor == "" && IsMarker(o.Actor) {
				continue
			}
			ev, err := hook.ParseEvent(o.Event)
			if err != nil {
				continue
			}
			byN[o.N] = len(hooks)
			hooks = append(hooks, Hook{N: o.N, Answer: -1, Actor: o.Actor, ClientID: o.ClientID, Event: ev,
				VHost: o.Details().VHost, URL: o.Details().URLNumber, Arrived: o.T, Obs: o})
		case reports.KindAnswer:
			if len(o.Refs) == 0 {
				continue
			}
			if i, ok := byN[o.Refs[0]]; ok {
				hooks[i].Answer, hooks[i].Answered = o.N, o.T
				hooks[i].Accept = o.Details().Accept
			}
		}
	}
	return hooks
}

// Events lists the hooks of an actor with the calls of further URLs of one
// event left out: what the client went through, event by event.
func Events(obs []reports.Observation, actor string) []Hook {
	var events []Hook
	for _, h := range Hooks(obs, actor) {
		if h.URL <= 1 {
			events = append(events, h)
		}
	}
	return events
}

// markerPrefix begins the names of the clients that only mark a moment.
const markerPrefix = "marker-"

// MarkerName is the name of the n-th marker client of a scenario.
func MarkerName(n int) string { return markerPrefix + strconv.Itoa(n) }

// IsMarker reports whether an actor is a marker client.
func IsMarker(actor string) bool {
	return len(actor) > len(markerPrefix) && actor[:len(markerPrefix)] == markerPrefix
}

// Of selects an actor's observations of the given kinds (none: all kinds).
func Of(obs []reports.Observation, actor string, kinds ...reports.Kind) []*reports.Observation {
	var out []*reports.Observation
	for i := range obs {
		if obs[i].Actor != actor {
			continue
		}
		for _, k := range kinds {
			if obs[i].Kind == k {
				out = append(out, &obs[i])
			}
		}
		if len(kinds) == 0 {
			out = append(out, &obs[i])
		}
	}
	return out
}

// StreamSent returns the stream, without its parameters, that a command which was
// sent names after its null object; "" for another observation.
func StreamSent(o *reports.Observation) string {
	if o.Kind != reports.KindSent {
		return ""
	}
	_, rest, _ := strings.Cut(o.Text, ", ")
	quoted, err := strconv.QuotedPrefix(rest)
	if err != nil {
		return ""
	}
	name, err := strconv.Unquote(quoted)
	if err != nil {
		return ""
	}
	name, _, _ = strings.Cut(name, "?")
	return name
}

// Disconnected returns the observation of an actor's disconnect; nil while it is
// connected or never was.
func Disconnected(obs []reports.Observation, actor string) *reports.Observation {
	if d := Of(obs, actor, reports.KindDisconnect); len(d) > 0 {
		return d[len(d)-1]
	}
	return nil
}
