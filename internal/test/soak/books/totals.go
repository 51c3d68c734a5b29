package books

import (
	"fmt"

	"hookproof/hook"
)

// Totals are counts of a round that must agree, from parties that do not know
// of each other.
type Totals struct {
	Count Count
	// ServerCalls are the server's own counters, as its /metrics show them.
	ServerCalls [len(hook.Events)]int64
	// ServerAgain is how many of them it counts as sent again.
	ServerAgain int64
	// Requests is how many requests reached the hook server, those in part
	// among them.
	Requests int64
	// Passed are the connections that the RTMP link gave on, Accepted those
	// that the server took or turned away.
	Passed, Accepted int64
	// Cuts are the connections to the hook server that a fault reset or
	// half-closed; UpFaults those where any fault befell what goes up.
	Cuts, UpFaults int64
}

// Check says what does not agree.
func (t *Totals) Check() (all []Violation) {
	wrong := func(rule, format string, args ...any) {
		all = append(all, Violation{Rule: rule, Client: -1, Text: fmt.Sprintf(format, args...)})
	}
	for e, n := range t.ServerCalls {
		if got := t.Count.Calls[e]; got != n {
			wrong("counters", "the server counts %d calls of %s, and told of %d", n, hook.Event(e), got)
		}
	}
	if t.Count.Again != t.ServerAgain {
		wrong("counters", "the server counts %d calls that were sent again, and told of %d", t.ServerAgain,
			t.Count.Again)
	}
	records := t.Count.Broken
	for _, n := range t.Count.Records {
		records += n
	}
	if records != t.Requests {
		wrong("counters", "the hook server counts %d requests, and told of %d", t.Requests, records)
	}
	if t.Passed != t.Accepted {
		wrong("counters", "the link gave on %d connections, and the server took %d", t.Passed, t.Accepted)
	}
	if t.Count.Cut > t.Cuts {
		wrong("causes", "%d calls failed, not by time-outs, and faults cut off %d connections: a failure without a "+
			"cause", t.Count.Cut, t.Cuts)
	}
	if t.Count.Broken > t.UpFaults {
		wrong("causes", "%d requests came in part, and faults befell %d connections: a failure without a cause",
			t.Count.Broken, t.UpFaults)
	}
	return all
}
