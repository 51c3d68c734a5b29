package order

import (
	"slices"

	"hookproof/hook"
)

// judge looks up an event in the table.
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

// blame picks the requirement that a problem breaks, from how the client left
// and whether it publishes or plays.
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

func (k *Checker) report(p Problem) {
	if len(k.problems) >= k.maxProblems {
		k.dropped++
		return
	}
	k.problems = append(k.problems, p)
}
