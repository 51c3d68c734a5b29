package check

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hookproof/hook"
	"hookproof/internal/redact"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// CarriesKeys checks S-KEY-01 to 06: an actor's event has the profile's keys,
// each with its type.
func CarriesKeys(p *hook.Profile, obs []reports.Observation, actor string, ev hook.Event) *Finding {
	h := lastOf(timeline.Hooks(obs, actor), ev)
	if h == nil {
		return missing(obs, actor, ev)
	}
	_, err := p.Decode([]byte(h.Obs.Body))
	if err == nil {
		return nil
	}
	f := &Finding{
		Expected: fmt.Sprintf("%s of %s to carry the keys of %s: %s", ev, actor, p, keyNames(p, ev)),
		Seen:     err.Error(), Evidence: []int{h.N}, Detail: "the body: " +
			strconv.Quote(redact.Clip(h.Obs.Body, 1000)),
	}
	var pe *hook.PayloadError
	if errors.As(err, &pe) {
		seen := make([]string, len(pe.Problems))
		for i, q := range pe.Problems {
			seen[i] = q.String()
		}
		f.Seen = strings.Join(seen, "; ")
	}
	return f
}

func keyNames(p *hook.Profile, ev hook.Event) string {
	var names []string
	for _, k := range p.Keys(ev) {
		if !k.Optional {
			names = append(names, k.Name)
		}
	}
	return strings.Join(names, ", ")
}

// missing is the finding that an event did not come.
func missing(obs []reports.Observation, actor string, ev hook.Event) *Finding {
	hooks := timeline.Events(obs, actor)
	return &Finding{
		Expected: fmt.Sprintf("%s of %s", ev, actor),
		Seen:     "its events are " + describeEvents(hooks),
		Evidence: numbers(hooks),
		Detail:   strays(obs),
	}
}

// OneID checks S-ID-01: all events of an actor carry one client_id, and every
// event of the scenario belongs to one of its clients. Events that name no
// scenario are checked for the whole run, by NoneUnexplained.
func OneID(obs []reports.Observation, actor string) *Finding {
	hooks := timeline.Hooks(obs, actor)
	for i := range hooks {
		if hooks[i].ClientID != hooks[0].ClientID {
			return &Finding{
				Expected: fmt.Sprintf("all events of %s to carry the client_id of its %s, %q",
					actor, hooks[0].Event, hooks[0].ClientID),
				Seen:     fmt.Sprintf("%s with client_id %q", hooks[i].Event, hooks[i].ClientID),
				Evidence: []int{hooks[0].N, hooks[i].N},
			}
		}
	}
	if len(hooks) == 0 {
		return &Finding{Expected: "events of " + actor, Seen: "none", Detail: strays(obs)}
	}
	if s := strays(obs); s != "" {
		return &Finding{
			Expected: "every event to be of a client of this scenario",
			Seen:     "one that no client explains",
			Detail:   s,
		}
	}
	return nil
}

// OwnIDs checks S-ID-02: no client_id is empty or used by two connections.
func OwnIDs(obs []reports.Observation) *Finding {
	owner := map[string]timeline.Hook{}
	for i := range obs {
		o := &obs[i]
		if o.Kind != reports.KindHook || o.Event == "" {
			continue
		}
		if o.ClientID == "" {
			return &Finding{
				Expected: "a client_id in every event",
				Seen:     fmt.Sprintf("%s of %s without one", o.Event, o.Actor),
				Evidence: []int{o.N},
			}
		}
		first, known := owner[o.ClientID]
		if !known {
			owner[o.ClientID] = timeline.Hook{N: o.N, Actor: o.Actor, Obs: o}
			continue
		}
		if first.Actor != o.Actor {
			return &Finding{
				Expected: "a client_id of its own for each connection",
				Seen: fmt.Sprintf("client_id %q in %s of %s and in %s of %s",
					o.ClientID, first.Obs.Event, name(first.Actor), o.Event, name(o.Actor)),
				Evidence: []int{first.N, o.N},
			}
		}
	}
	if len(owner) == 0 {
		return &Finding{Expected: "at least one event", Seen: "none"}
	}
	return nil
}

func name(actor string) string {
	if actor == "" {
		return "a client that is not of this scenario"
	}
	return actor
}
