package books

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"hookproof/hook"
)

// maxKept bounds the violations that a Book keeps; further ones are counted.
const maxKept = 100

// Book holds the clients of a round. Its methods may be called from any
// goroutine, but Settle only when nothing more comes.
type Book struct {
	again bool

	mu      sync.Mutex
	clients map[int]*Client
	ids     map[string]int
	strays  []string // what belongs to no client
	held    []span
	count   Count
}

// Count counts what a Book was told.
type Count struct {
	Clients int
	// calls by event; of them, those that brought no answer of the hook server's
	Calls, Failed    [len(hook.Events)]int64
	Cut              int64                   // calls that brought no answer, and not for lack of time
	Refused          int64                   // opening events that the hook server refused
	Records          [len(hook.Events)]int64 // that reached the hook server whole
	Again            int64                   // calls of closing events beyond the first
	Lost             int64                   // closing events that never reached it, as the server knows
	Late             int64                   // records that came after the server had given them up
	Broken           int64                   // requests that reached it in part
	Unhurt, Let, Fed int64                   // clients that no fault befell; that were let in; that got frames
}

// Violation is a rule that was broken.
type Violation struct {
	Rule   string
	Client int    // its number; -1: of no single client
	Text   string // what is wrong, and all that is known of the client
}

// NewBook makes an empty Book. again says that the server sends closing events
// again that did not reach the hook server.
func NewBook(again bool) *Book {
	return &Book{again: again, clients: map[int]*Client{}, ids: map[string]int{}}
}

// Enter enters a client, before it does anything.
func (b *Book) Enter(c *Client) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clients[c.Number] = c
	b.count.Clients++
}

// Visited notes what a client says of itself. It says nothing more then.
func (b *Book) Visited(number int, v Visit) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c := b.clients[number]; c != nil {
		c.Visit = v
	}
}

// Hurt notes that a client's link may have kept it from being done.
func (b *Book) Hurt(number int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c := b.clients[number]; c != nil {
		c.Hurt = true
	}
}

// HeldUp notes that the process was not run for a time that is over now.
func (b *Book) HeldUp(from, to time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held = append(b.held, span{from, to})
}

// span is a time in which the process was not run.
type span struct{ from, to time.Time }

// heldUp tells whether the process was held up so much during a client's visit
// that this may be why it did not get through.
func (b *Book) heldUp(c *Client) bool {
	const harmless = 5 * time.Second // whoever waits for it waits several times as long
	sum := time.Duration(0)
	for _, s := range b.held {
		from, to := s.from, s.to
		if from.Before(c.Visit.Began) {
			from = c.Visit.Began
		}
		if to.After(c.Visit.Ended) {
			to = c.Visit.Ended
		}
		sum += max(to.Sub(from), 0)
	}
	return sum > harmless
}

// Called notes a call that the server says is over.
func (b *Book) Called(number int, call hook.Call) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count.Calls[call.Event]++
	if !answered(&call) {
		b.count.Failed[call.Event]++
	}
	if call.Err != nil && !errors.Is(call.Err, os.ErrDeadlineExceeded) &&
		!errors.Is(call.Err, context.DeadlineExceeded) {
		b.count.Cut++
	}
	if answered(&call) && !call.Decision.Accept && !call.Event.Closing() {
		b.count.Refused++
	}
	call.Payload = nil // it is not to be kept
	if call.Attempt > 1 {
		b.count.Again++
	}
	if c := b.clients[number]; c != nil {
		c.Calls = append(c.Calls, call)
		return
	}
	b.stray(fmt.Sprintf("the server called %s of client_id %q at %s, who is nobody", call.Event, call.ClientID,
		call.IP))
}

// Recorded notes a request that the hook server has dealt with.
func (b *Book) Recorded(number int, r Record) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count.Records[r.Event]++
	if c := b.clients[number]; c != nil {
		c.Records = append(c.Records, r)
		return
	}
	b.stray(fmt.Sprintf("the hook server got %s of client_id %q, who is nobody", r.Event, r.ID))
}

// Broken notes a request that reached the hook server in part.
func (b *Book) Broken() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count.Broken++
}

func (b *Book) stray(text string) {
	if len(b.strays) < maxKept {
		b.strays = append(b.strays, text)
	}
}

// ID returns the client_id by which the server knows a client, "" before its
// first event is over.
func (b *Book) ID(number int) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c := b.clients[number]; c != nil && len(c.Calls) > 0 {
		return c.Calls[0].ClientID
	}
	return ""
}

// Count returns the counts so far. Those that compare parties are made by Settle.
func (b *Book) Count() Count {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.count
}

// Settle judges all clients, counts, and returns what is wrong; more says how
// much beyond that.
func (b *Book) Settle() (all []Violation, more int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	report := func(v Violation) {
		if len(all) < maxKept {
			all = append(all, v)
			return
		}
		more++
	}
	for _, s := range b.strays {
		report(Violation{Rule: "nobody", Client: -1, Text: s})
	}
	for _, n := range slices.Sorted(maps.Keys(b.clients)) {
		c := b.clients[n]
		b.tally(c)
		for i := range Rules {
			if text := Rules[i].check(b, c); text != "" {
				report(Violation{Rule: Rules[i].Name, Client: n, Text: text + "\n" + c.History()})
			}
		}
	}
	return all, more
}

// tally counts what the parties say of a client together.
func (b *Book) tally(c *Client) {
	of, _ := match(c)
	for i := range c.Calls {
		if of[i] >= 0 && c.Records[of[i]].Arrived.After(c.Calls[i].End) {
			b.count.Late++
		}
	}
	b.count.Lost += int64(len(unseen(c)))
	if !c.Hurt {
		b.count.Unhurt++
	}
	if len(c.Visit.Let) > 0 {
		b.count.Let++
	}
	if len(c.Visit.Seen) > 0 {
		b.count.Fed++
	}
}
