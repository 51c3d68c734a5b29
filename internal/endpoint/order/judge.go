package order

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hookproof/internal/hook"
)

// How is the way in which a client left.
type How uint8

// The ways. Each names the requirement that its closing events fall under.
const (
	Leaves   How = iota // it closed its connection: S-ORD-01, S-ORD-02
	Vanishes            // TCP reset, killed: S-ORD-05
	Kicked              // dropped over the server's API: S-ORD-06
	Stopped             // the server was told to stop: S-ORD-07
)

var howIDs = [...]string{Vanishes: "S-ORD-05", Kicked: "S-ORD-06", Stopped: "S-ORD-07"}

// Left tells how a client leaves, and when; before its closing events come.
// They are then due within CloseWithin of that, or of the last answer given to
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

// Lost tells that a client's publish was accepted by the hook but lost to a
// live publisher: on_close may follow without on_unpublish (S-CON-04; in srs7
// it must). Tell it any time after its on_publish; a problem that it explains
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

// Finish tells that no more events come. Unless open clients are allowed (the
// run was cut off), each one that owes closing events is a problem.
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

// judge looks an event up in the table.
func (k *Checker) judge(id string, c *client, ev hook.Event, now int64) {
	at := &k.table[c.state].events[ev]
	k.checkLate(id, c, ev, now)
	if at.kind == 0 || at.kind == Missing && at.missing&k.events == 0 {
		return
	}
	p := Problem{
		ID: at.id, Also: at.also, Client: id, Kind: at.kind, Event: ev, At: k.at(now),
		Expected: k.expected(c, ev, at), Seen: k.seen(c, ev),
	}
	if at.kind == AfterRefusal && ev == c.last && k.urls[ev] > 1 {
		p.ID, p.Also = "S-URL-02", at.id
		p.Expected = "no further URL of " + ev.String() + " after the refusal"
	}
	k.blame(c, &p)
	k.report(p)
}

// blame finds the requirement that a problem falls under from what is known
// of the client: how it left, whether it publishes or plays.
func (k *Checker) blame(c *client, p *Problem) {
	p.byRole = p.ID == role || p.Also == role
	if p.byRole {
		c.blamed = true
		setRole(p, c.role)
	}
	if p.Kind == Missing && p.Event == hook.OnClose && howIDs[c.how] != "" {
		p.ID, p.Also = howIDs[c.how], p.ID
	}
}

var roleIDs = [...]string{roleNone: "S-ORD-04", rolePublisher: "S-ORD-01", rolePlayer: "S-ORD-02"}

func setRole(p *Problem, as uint8) {
	if p.ID == role || slices.Contains(roleIDs[:], p.ID) {
		p.ID = roleIDs[as]
	} else {
		p.Also = roleIDs[as]
	}
}

// learnRole notes whether a client publishes or plays, and names the
// requirement of problems that came before that was known.
func (k *Checker) learnRole(id string, c *client, ev hook.Event) {
	if c.role != roleNone {
		return
	}
	switch ev {
	case hook.OnPublish, hook.OnUnpublish:
		c.role = rolePublisher
	case hook.OnPlay, hook.OnStop:
		c.role = rolePlayer
	default:
		return
	}
	if !c.blamed {
		return
	}
	for i := range k.problems {
		if p := &k.problems[i]; p.byRole && p.Client == id {
			setRole(p, c.role)
		}
	}
}

// checkLate asks whether the closing events of a client that left come in time.
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

// checkOverlap compares an event's arrival with the answer to the one before.
// If that is yet to come, the pair is kept until it does.
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

// answeredLate takes the answer to an event that a later one has passed; false
// if there is none such.
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

func (k *Checker) report(p Problem) {
	if len(k.problems) >= k.maxProblems {
		k.dropped++
		return
	}
	k.problems = append(k.problems, p)
}

// expected says what should have come, in words.
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
	for _, e := range [...]hook.Event{hook.OnConnect, hook.OnPublish, hook.OnUnpublish, hook.OnPlay, hook.OnStop, hook.OnClose} {
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
