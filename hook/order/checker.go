package order

import (
	"slices"
	"strings"
	"sync"
	"time"

	"hookproof/hook"
)

// Checker walks clients through the table of their profile. Its methods may
// be called from any goroutine. A client costs less than 200 bytes, and an
// event allocates nothing unless it is a problem or a new client.
type Checker struct {
	table       *table
	events      eventSet
	urls        [len(hook.Events)]uint8
	uncertainty time.Duration
	closeWithin time.Duration
	maxProblems int
	keepClosed  int

	mu       sync.Mutex
	base     time.Time // times are held as nanoseconds since
	clients  map[string]client
	closed   ring
	passed   map[string][]passed
	problems []Problem
	dropped  int
	stats    Stats
}

// client is the state of one client_id.
type client struct {
	answered int64  // time of the last answer; 0: none, or unknown
	left     int64  // time at which it left, as told by Left; 0: not told
	history  uint64 // the last 16 events, 4 bits each, newest lowest: event, refused

	count   uint8 // events in history, at most 16
	state   state
	last    hook.Event // the newest event
	pending bool       // last is not answered yet
	round   uint8      // URLs of last called so far; 0: not in the middle of several
	how     How
	role    uint8
	lost    bool
	blamed  bool // has a problem whose ID depends on role
}

const (
	roleNone uint8 = iota
	rolePublisher
	rolePlayer
)

// passed is an event that was still unanswered when the next one arrived.
type passed struct {
	event, next hook.Event
	nextAt      int64
}

// Stats counts what a checker saw.
type Stats struct {
	Clients int64 // different client_ids; one that was forgotten and came again counts again
	Live    int   // clients without on_close so far
	Events  [len(hook.Events)]int64
}

// Feed records an event and its answer at once. arrived is the time of the
// request, answered the time of the answer (zero: never answered, which counts
// as a refusal), accepted whether the answer lets the client on; it is ignored
// for closing events. Feed events in the order in which they arrived.
func (k *Checker) Feed(clientID string, ev hook.Event, arrived, answered time.Time, accepted bool) {
	k.Arrived(clientID, ev, arrived)
	k.Answered(clientID, ev, answered, accepted)
}

// Arrived records an event that is not answered yet; Answered follows.
func (k *Checker) Arrived(clientID string, ev hook.Event, at time.Time) {
	if int(ev) >= len(hook.Events) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.nanos(at)
	k.stats.Events[ev]++
	if clientID == "" {
		k.report(Problem{
			ID: "S-ID-02", Kind: NoID, Event: ev, At: at,
			Expected: "a client_id that is not empty", Seen: ev.String() + " with an empty one",
		})
		return
	}
	c, known := k.clients[clientID]
	if !known {
		clientID = strings.Clone(clientID) // it may be part of a larger string
		k.stats.Clients++
		k.stats.Live++
	}
	k.arrive(clientID, &c, ev, now)
	k.clients[clientID] = c
}

func (k *Checker) arrive(id string, c *client, ev hook.Event, now int64) {
	further := k.furtherURL(id, c, ev, now)
	k.checkOverlap(id, c, ev, now)
	if c.pending && !further {
		k.move(id, c, k.assume(c, ev))
		c.pending, c.round = false, 0
	}
	if !further {
		k.judge(id, c, ev, now)
		c.round = 0
	}
	k.learnRole(id, c, ev)
	c.last, c.pending = ev, true
	c.round++
	c.history = c.history<<4 | uint64(ev)
	c.count = min(c.count+1, 16)
}

// furtherURL reports whether ev is the same event, called at its next URL. If
// another event comes too early, it says so and settles the one before.
func (k *Checker) furtherURL(id string, c *client, ev hook.Event, now int64) bool {
	if c.round == 0 || c.round >= k.urls[c.last] {
		return false
	}
	if ev == c.last {
		return true
	}
	if !c.pending {
		k.report(Problem{
			ID: "S-URL-01", Client: id, Kind: URLMissed, Event: ev, At: k.at(now),
			Expected: plural(int(k.urls[c.last]), "call") + " of " + c.last.String(),
			Seen:     k.seen(c, ev) + ", " + plural(int(c.round), "call") + " of it",
		})
		k.settle(id, c, true)
	}
	return false
}

// Answered records the answer to an event recorded by Arrived. A zero time means
// that it was never answered.
func (k *Checker) Answered(clientID string, ev hook.Event, at time.Time, accepted bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c, known := k.clients[clientID]
	if !known {
		return
	}
	var now int64
	if !at.IsZero() {
		now = k.nanos(at)
	}
	if k.answeredLate(clientID, ev, now) || !c.pending || c.last != ev {
		return
	}
	c.answered, c.pending = now, false
	accepted = accepted || ev.Closing()
	if !accepted {
		c.history |= 8
	}
	if !accepted || c.round >= k.urls[ev] {
		k.settle(clientID, &c, accepted)
	}
	k.clients[clientID] = c
}

// settle moves a client on once its last event is answered at all URLs, or
// refused.
func (k *Checker) settle(id string, c *client, accepted bool) {
	at := &k.table[c.state].events[c.last]
	next := at.accepted
	if !accepted {
		next = at.refused
	}
	c.round = 0
	if next == sPublishing && c.lost {
		next = sLost
	}
	k.move(id, c, next)
}

func (k *Checker) move(id string, c *client, next state) {
	switch {
	case next == sClosed && c.state != sClosed:
		k.stats.Live--
		if old, full := k.closed.push(id); full && old != id {
			if k.clients[old].state == sClosed {
				delete(k.clients, old)
			}
		}
	case next != sClosed && c.state == sClosed:
		k.stats.Live++
	}
	c.state = next
}

// assume returns the state of a client whose last event is unanswered although
// the next has come: the one in which that next event is allowed, if any.
func (k *Checker) assume(c *client, next hook.Event) state {
	at := k.table[c.state].events[c.last]
	for _, s := range [...]state{at.accepted, at.refused} {
		if k.table[s].events[next].kind == 0 {
			return s
		}
	}
	return at.accepted
}

// Stats returns the counts so far.
func (k *Checker) Stats() Stats {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.stats
}

// Problems returns the problems found so far, in the order found.
func (k *Checker) Problems() []Problem {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.problems)
}

// Dropped returns the number of problems found beyond MaxProblems.
func (k *Checker) Dropped() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.dropped
}

// nanos returns a time as the checker stores it, never 0.
func (k *Checker) nanos(t time.Time) int64 {
	if k.base.IsZero() {
		k.base = t.Add(-time.Hour)
	}
	if d := int64(t.Sub(k.base)); d != 0 {
		return d
	}
	return 1
}

func (k *Checker) at(nanos int64) time.Time { return k.base.Add(time.Duration(nanos)) }
