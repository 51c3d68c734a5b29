package order

import (
	"fmt"
	"strings"

	"hookproof/hook"
)

// expected describes what should have come.
func (k *Checker) expected(c *client, ev hook.Event, at *cell) string {
	switch at.kind {
	case Missing:
		return fmt.Sprintf("%s before %s", at.missing&k.events, ev)
	case Doubled:
		return ev.String() + " once"
	case AfterRefusal:
		return "only on_close from a client that was " + k.table[c.state].name
	}
	return "nothing after on_close"
}

func (k *Checker) seen(c *client, ev hook.Event) string {
	if c.count == 0 {
		return ev.String() + " as the first event"
	}
	return ev.String() + " after " + history(c)
}

// history lists a client's events, the oldest first.
func history(c *client) string {
	if c.count == 0 {
		return "no event"
	}
	var parts []string
	if c.count == 16 {
		parts = append(parts, "…")
	}
	for i := int(c.count) - 1; i >= 0; i-- {
		bits := c.history >> (4 * i)
		name := hook.Event(bits & 7).String()
		if bits&8 != 0 {
			name += " (refused)"
		}
		parts = append(parts, name)
	}
	return strings.Join(parts, ", ")
}

// String lists the events of a set: "on_unpublish and on_close".
func (s eventSet) String() string {
	var names []string
	for _, e := range [...]hook.Event{hook.OnConnect, hook.OnPublish, hook.OnUnpublish, hook.OnPlay, hook.OnStop,
		hook.OnClose} {
		if s.has(e) {
			names = append(names, e.String())
		}
	}
	return strings.Join(names, " and ")
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
