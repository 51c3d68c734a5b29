package order

import (
	"fmt"
	"slices"
	"time"

	"hookproof/hook"
)

// How is the way in which a client left.
type How uint8

// The ways, each with the requirement that governs its closing events.
const (
	Leaves   How = iota // it closed its connection: S-ORD-01, S-ORD-02
	Vanishes            // TCP reset, killed: S-ORD-05
	Kicked              // dropped over the server's API: S-ORD-06
	Stopped             // the server was told to stop: S-ORD-07
)

var howIDs = [...]string{Vanishes: "S-ORD-05", Kicked: "S-ORD-06", Stopped: "S-ORD-07"}

// Left records how and when a client left. Call it before the closing events
// arrive: they are due within CloseWithin of that time, or of the last answer to
// the client if that was later. It reports whether the client is known.
func (k *Checker) Left(clientID string, how How, at time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	c, known := k.clients[clientID]
	if known {
		c.how, c.left = how, k.nanos(at)
		k.clients[clientID] = c
	}
	return known
}

// Lost records that a client's publish was accepted by the hook but lost to a
// live publisher: on_close may follow without on_unpublish (S-CON-04; in srs6
// it must). Call it any time after the on_publish; a problem that it explains
// is withdrawn. It reports whether the client is known.
func (k *Checker) Lost(clientID string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	c, known := k.clients[clientID]
	if !known {
		return false
	}
	c.lost = true
	if c.state == sPublishing {
		c.state = sLost
	}
	k.clients[clientID] = c
	k.problems = slices.DeleteFunc(k.problems, func(p Problem) bool {
		return p.Client == clientID && p.Kind == Missing && p.Event == hook.OnClose && !p.At.IsZero()
	})
	if at := &k.table[sLost].events[hook.OnUnpublish]; at.kind != 0 && unpublished(&c) {
		k.report(Problem{
			ID: at.id, Client: clientID, Kind: at.kind, Event: hook.OnUnpublish,
			Expected: k.expected(&client{state: sLost}, hook.OnUnpublish, at), Seen: history(&c),
		})
	}
	return true
}

// unpublished reports whether on_unpublish followed the last on_publish.
func unpublished(c *client) bool {
	for i := range int(c.count) {
		switch hook.Event(c.history >> (4 * i) & 7) {
		case hook.OnUnpublish:
			return true
		case hook.OnPublish:
			return false
		}
	}
	return false
}

// Finish ends the run: no more events come. Unless open clients are allowed (the
// run was cut off), each client that owes closing events is a problem.
func (k *Checker) Finish(openAllowed bool) {
	if openAllowed {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	var open []string
	for id, c := range k.clients {
		if c.state != sClosed {
			open = append(open, id)
		}
	}
	slices.Sort(open)
	for _, id := range open {
		c := k.clients[id]
		k.finish(id, &c)
	}
}

func (k *Checker) finish(id string, c *client) {
	r := &k.table[c.state]
	if c.pending {
		next := r.events[c.last].refused
		r = &k.table[next]
	}
	owes := r.owes & k.events
	if owes == 0 {
		return
	}
	p := Problem{
		ID: r.owesID, Client: id, Kind: Missing, Event: hook.OnClose,
		Expected: owes.String() + " at the end", Seen: "nothing after " + history(c),
	}
	k.blame(c, &p)
	k.report(p)
}

// checkLate checks that the closing events of a client that left come in time.
func (k *Checker) checkLate(id string, c *client, ev hook.Event, now int64) {
	if c.left == 0 || !ev.Closing() || c.state == sClosed {
		return
	}
	took := time.Duration(now - max(c.left, c.answered))
	if took <= k.closeWithin {
		return
	}
	p := Problem{
		ID: howIDs[c.how], Client: id, Kind: Late, Event: ev, At: k.at(now),
		Expected: fmt.Sprintf("%s within %v of the client's leaving", ev, k.closeWithin),
		Seen:     fmt.Sprintf("%s, after %v", k.seen(c, ev), took.Round(time.Millisecond)),
	}
	if p.ID == "" {
		p.ID = roleIDs[c.role]
	}
	k.report(p)
	c.left = 0 // once is enough
}
