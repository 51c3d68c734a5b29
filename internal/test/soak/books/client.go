package books

import (
	"time"

	"hookproof/hook"
	"hookproof/hook/order"
)

// Client is all that is known of one client. Times are of one monotonic clock.
type Client struct {
	Number  int           // of the run
	About   string        // for people: what it was to do, and what its link was to do to it
	Profile *hook.Profile // of its vhost
	Stream  string        // that it publishes or plays, bare; empty: none
	Refused bool          // the hook server refuses it at one of its events
	Hurt    bool          // its link may have kept it from being done

	Visit   Visit       // what it says itself
	Calls   []hook.Call // what the server says, in the order in which they ended
	Records []Record    // what the hook server says, in order of arrival
}

// Visit is what a client saw of its own life.
type Visit struct {
	Began, Ended time.Time
	Asked        bool      // connect was sent, or may have been
	Connected    time.Time // when connect was accepted; zero: it was not, as far as it knows
	Let          []Let     // in the order in which it was told
	Seen         []Seen    // whose frames it got
	Done         bool      // it did all that it was to do
	Err          string    // why it did not
	End          string    // how its connection ended
}

// Let is a client being told that it publishes or plays.
type Let struct {
	Event hook.Event // OnPublish or OnPlay, whichever was answered
	At    time.Time
}

// Seen is a publisher whose frames a client got.
type Seen struct {
	Publisher int // its number
	Frames    uint64
}

// Record is a request that reached the hook server whole.
type Record struct {
	ID       string // client_id
	Event    hook.Event
	Arrived  time.Time // its first byte
	Answered time.Time // just before the answer was written; zero: it was not answered
	Accepted bool      // by the answer that the hook server chose
}

// answered tells whether a call brought the hook server's own answer: all that
// it says without a fault of the link has status 200.
func answered(c *hook.Call) bool { return c.Err == nil && c.Status == 200 }

// during tells whether t lies within a call.
func during(c *hook.Call, t time.Time) bool { return !t.Before(c.Start) && !t.After(c.End) }

// accepted returns the calls of an event that were accepted.
func (c *Client) accepted(e hook.Event) (all []*hook.Call) {
	for i := range c.Calls {
		if call := &c.Calls[i]; call.Event == e && call.Decision.Accept {
			all = append(all, call)
		}
	}
	return all
}

// refusedByServer tells whether an opening event of the client was not accepted.
func (c *Client) refusedByServer() bool {
	for i := range c.Calls {
		if call := &c.Calls[i]; !call.Event.Closing() && !call.Decision.Accept {
			return true
		}
	}
	return false
}

// deeds is what the client did, as far as it knows: what it was let in for, and
// up to one stream more, whose answer never reached it.
func (c *Client) deeds() []order.Deed {
	v := &c.Visit
	if !v.Asked {
		return nil
	}
	connect := order.Deed{Event: hook.OnConnect, Unsure: v.Connected.IsZero()}
	if !connect.Unsure {
		connect.Answer = order.Accepted
	}
	did := []order.Deed{connect}
	for _, l := range v.Let {
		did = append(did, order.Deed{Event: l.Event, Answer: order.Accepted})
	}
	for _, e := range [...]hook.Event{hook.OnPublish, hook.OnPlay} {
		did = append(did, order.Deed{Event: e, Unsure: true})
	}
	return append(did, order.Deed{Event: hook.OnClose})
}
