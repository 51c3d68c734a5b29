package check

import (
	"fmt"
	"slices"

	"hookproof/hook"
	"hookproof/internal/redact"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// Value is what a key must be in an actor's events.
type Value struct {
	Key    string
	Want   string            // in words
	OK     func(string) bool // whether a value is right
	Events []hook.Event      // that are looked at; none: all that carry the key in the profile
	Last   bool              // of each event only the last: that of the stream used last
	// Named leaves out the on_connect and on_close of a client whose on_connect came before it named a stream: they
	// cannot tell what comes with the name.
	Named bool
}

// Check checks the value in the events that have the key. That a key is absent
// is reported by the requirement of that event's keys (S-KEY-01 to 06): without
// any value to look at the check is not run.
func (v *Value) Check(p *hook.Profile, obs []reports.Observation, actor string) error {
	hooks := timeline.Hooks(obs, actor)
	for _, ev := range v.Events {
		if lastOf(hooks, ev) == nil {
			return missing(obs, actor, ev)
		}
	}
	early := v.Named && connectedUnnamed(p, hooks)
	looked, absent := 0, ""
	for i := range hooks {
		h := &hooks[i]
		if early && h.Event.Opening() == hook.OnConnect || !v.concerns(p, h) ||
			v.Last && lastOf(hooks, h.Event).N != h.N {
			continue
		}
		got, why := text(h, v.Key)
		switch {
		case why != "":
			absent = why
		case !v.OK(got):
			return &Finding{Expected: fmt.Sprintf("%s of %s to be %s", v.Key, who(h), v.Want),
				Seen: redact.Clip(fmt.Sprintf("%q", got), 5000), Evidence: []int{h.N}}
		default:
			looked++
		}
	}
	switch {
	case looked > 0:
		return nil
	case absent != "":
		return &NotRun{Reason: absent}
	}
	return &Finding{
		Expected: fmt.Sprintf("an event of %s that carries %s", actor, v.Key),
		Seen:     describeEvents(hooks),
		Detail:   strays(obs),
	}
}

// connectedUnnamed reports whether a client's on_connect has an empty stream, in a profile that has the key there.
func connectedUnnamed(p *hook.Profile, hooks []timeline.Hook) bool {
	h := lastOf(hooks, hook.OnConnect)
	if h == nil || !carries(p, hook.OnConnect, "stream") {
		return false
	}
	name, why := text(h, "stream")
	return why == "" && name == ""
}

// concerns reports whether an event is one of those looked at.
func (v *Value) concerns(p *hook.Profile, h *timeline.Hook) bool {
	return carries(p, h.Event, v.Key) && (len(v.Events) == 0 || slices.Contains(v.Events, h.Event))
}

// carries reports whether a profile requires a key in an event.
func carries(p *hook.Profile, ev hook.Event, key string) bool {
	return slices.ContainsFunc(p.Keys(ev), func(k hook.Key) bool { return k.Name == key && !k.Optional })
}

// keysOf is the requirement of each event's keys.
var keysOf = [...]string{
	hook.OnConnect: "S-KEY-01", hook.OnClose: "S-KEY-02", hook.OnPublish: "S-KEY-03",
	hook.OnUnpublish: "S-KEY-04", hook.OnPlay: "S-KEY-05", hook.OnStop: "S-KEY-06",
}

// text returns the text of a key in a request, or else why it has none.
func text(h *timeline.Hook, key string) (value, why string) {
	m, err := object(h.Obs.Body)
	if err != nil {
		return "", fmt.Sprintf("needs S-REQ-02: %s: %v", who(h), err)
	}
	value, ok := m[key].(string)
	if !ok {
		return "", fmt.Sprintf("needs %s: %s has no text %s", keysOf[h.Event], who(h), key)
	}
	return value, ""
}
