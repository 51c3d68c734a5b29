package plan

import (
	"time"

	"hookproof/hook"
)

// Role is what a session comes for.
type Role uint8

// The roles.
const (
	Play Role = iota
	Publish
)

// String returns "player" or "publisher".
func (r Role) String() string {
	if r == Publish {
		return "publisher"
	}
	return "player"
}

// Event is the hook event that opens the role: on_publish or on_play.
func (r Role) Event() hook.Event {
	if r == Publish {
		return hook.OnPublish
	}
	return hook.OnPlay
}

// Session is one client's life as planned. Times count from the test's start.
type Session struct {
	Index    int // its place in Plan.Sessions, which names it
	Role     Role
	Over     Over // what a player plays over
	Stream   int  // number of the stream that it publishes or plays
	Source   int  // player: Index of the publisher of that stream; publisher: its own; -1: nobody publishes it
	Refused  bool
	RefuseAt hook.Event // valid if Refused
	Vanish   bool       // leaves without a word
	Arrive   time.Duration
	Depart   time.Duration
}

// Plan is a whole test, fixed beforehand.
type Plan struct {
	Sessions []Session // in order of Arrive
	Streams  int       // different streams, from 0
	Length   time.Duration
	// HoldFrom and HoldUntil bound the longest stretch in which the number of
	// sessions is to stay; equal if there is no such stretch.
	HoldFrom, HoldUntil time.Duration
}

// Counts says how many of a plan's sessions are what.
type Counts struct {
	Sessions, Publishers, Players, Vanishing int
	RefusedAt                                [len(hook.Events)]int
}

// Refused is the number of those that are to be refused anywhere.
func (c *Counts) Refused() (n int) {
	for _, v := range c.RefusedAt {
		n += v
	}
	return n
}

// Count counts the sessions that keep agrees to; nil: all.
func (p *Plan) Count(keep func(*Session) bool) (c Counts) {
	for i := range p.Sessions {
		s := &p.Sessions[i]
		if keep != nil && !keep(s) {
			continue
		}
		c.Sessions++
		if s.Role == Publish {
			c.Publishers++
		} else {
			c.Players++
		}
		if s.Vanish {
			c.Vanishing++
		}
		if s.Refused {
			c.RefusedAt[s.RefuseAt]++
		}
	}
	return c
}

// Shard is one machine's slice of a plan: every Of-th session.
type Shard struct{ Number, Of int } // 1 to Of

// Has reports whether the session is this shard's to play. The zero Shard has all.
func (sh Shard) Has(s *Session) bool {
	return sh.Of <= 1 || s.Index%sh.Of == sh.Number-1
}
