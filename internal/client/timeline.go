package client

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// What a timeline keeps at most; a server that floods us with commands costs
// no more than this. What goes over is still shown to Observe and Await.
const (
	maxEvents  = 4096
	maxArgs    = 256 << 10 // bytes on the wire of messages whose Args and texts are kept whole
	maxText    = 128       // bytes of each text of the others
	maxPayload = 4 << 10   // bytes of a sequence header that is kept
	maxHeaders = 16        // sequence headers that are kept
)

// timeline is what has happened to a client, and who waits for something to.
type timeline struct {
	mu      sync.Mutex
	seq     int
	now     time.Time // of the last event
	events  []Event
	args    int // bytes of messages with kept Args
	headers int // kept sequence headers
	firsts  firsts
	waiters []*waiter
	ended   bool
	end     Event // the Disconnected event, once ended
}

// firsts says which first frames were kept already.
type firsts struct{ audio, video, keyframe bool }

// waiter is someone who waits for an event.
type waiter struct {
	match func(Event) bool
	found chan Event // of capacity 1; closed when the connection ended without a match
	last  Event      // the last one received meanwhile, for error messages

	answer     bool  // of a command: match depends on the event alone
	strayed    Event // what would have matched on message stream 0: it came on another than the awaited
	unreadable Event // the first that could not be decoded
}

// emit puts an event on the timeline: numbers it, dates it if it is not, keeps it, wakes
// who waits for it and shows it to the observer. Media that nobody waits for
// and that is not kept takes the short way.
func (c *Client) emit(ev *Event) {
	t := &c.log
	t.mu.Lock()
	if t.ended { // what a step still wants to send does not happen
		t.mu.Unlock()
		return
	}
	ev.Seq = t.seq
	t.seq++
	if ev.At.IsZero() {
		ev.At = time.Now()
	}
	if ev.At.Before(t.now) { // dated before the lock was had
		ev.At = t.now
	}
	t.now = ev.At
	if !c.o.Quiet {
		t.keep(ev)
	}
	if len(t.waiters) > 0 {
		t.wake(ev)
	}
	if ev.Kind == Disconnected {
		t.finish(ev)
	}
	t.mu.Unlock()
	if c.o.Observe != nil {
		c.o.Observe(*ev)
	}
}

// keep appends the event as far as it is worth its memory.
func (t *timeline) keep(ev *Event) {
	if ev.Kind == Media && !t.keepMedia(ev) {
		return
	}
	if len(t.events) >= maxEvents && ev.Kind != Disconnected {
		return
	}
	kept := *ev
	if !ev.SequenceHeader || ev.Size > maxPayload {
		kept.Payload = nil
	}
	if kept.Args != nil || ev.fromServer() && ev.Kind != Media {
		if t.args += ev.Size; t.args > maxArgs {
			kept.shorten()
		}
	}
	t.events = append(t.events, kept)
}

// shorten lets go of what a server can make large.
func (e *Event) shorten() {
	e.Args = nil
	for _, s := range []*string{&e.Name, &e.Code, &e.Level, &e.Description} {
		if len(*s) > maxText {
			*s = strings.Clone((*s)[:maxText]) // the whole would be kept with its part
		}
	}
}

// keepMedia says whether a frame is a first one or a sequence header.
func (t *timeline) keepMedia(ev *Event) bool {
	keep := false
	first := func(seen *bool) {
		keep = keep || !*seen
		*seen = true
	}
	switch {
	case ev.SequenceHeader:
		t.headers++
		return t.headers <= maxHeaders
	case !ev.Frame:
	case ev.Name == "audio":
		first(&t.firsts.audio)
	default:
		first(&t.firsts.video)
		if ev.Keyframe {
			first(&t.firsts.keyframe)
		}
	}
	return keep
}

// wake hands the event to every waiter it matches.
func (t *timeline) wake(ev *Event) {
	t.waiters = slices.DeleteFunc(t.waiters, func(w *waiter) bool {
		if w.match(*ev) {
			w.found <- *ev
			return true
		}
		if ev.fromServer() {
			w.passed(*ev)
		}
		return false
	})
}

// passed notes an event that is not the awaited one.
func (w *waiter) passed(ev Event) {
	ev.Args, ev.Payload = nil, nil
	w.last = ev
	onZero := ev
	onZero.Stream = 0
	switch {
	case w.answer && ev.Kind == Status && ev.Stream != 0 && w.match(onZero):
		w.strayed = ev
	case ev.Kind == Invalid && w.unreadable.Kind == 0:
		w.unreadable = ev
	}
}

// instead says what was wrong with what could have been the answer.
func (w *waiter) instead() string {
	switch {
	case w.strayed.Kind != 0:
		return fmt.Sprintf("%s on message stream %d, which is not the one that the command was sent on",
			w.strayed.describe(), w.strayed.Stream)
	case w.unreadable.Kind != 0:
		return "what cannot be decoded: " + w.unreadable.describe()
	}
	return ""
}

// finish lets every waiter know that nothing more comes.
func (t *timeline) finish(ev *Event) {
	t.ended, t.end = true, *ev
	for _, w := range t.waiters {
		close(w.found)
	}
	t.waiters = nil
}

// expect registers a waiter for what comes from now on, until drop.
func (c *Client) expect(match func(Event) bool) *waiter {
	w := &waiter{match: match, found: make(chan Event, 1), answer: true}
	t := &c.log
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		close(w.found)
		return w
	}
	t.waiters = append(t.waiters, w)
	return w
}

// drop ends a waiter that is no longer wanted. What it has noted can be read after that.
func (c *Client) drop(w *waiter) {
	t := &c.log
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiters = slices.DeleteFunc(t.waiters, func(x *waiter) bool { return x == w })
}

// wait waits until the waiter has its event, for at most limit (0: no limit of
// its own) and until ctx is done. The error is a *DisconnectError, ErrTimeout
// or the context's cause.
func (c *Client) wait(ctx context.Context, w *waiter, limit time.Duration) (Event, error) {
	var expired <-chan time.Time
	if limit > 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		expired = timer.C
	}
	var cause error
	select {
	case ev, ok := <-w.found:
		return c.found(ev, ok)
	case <-ctx.Done():
		cause = contextCause(ctx, ctx.Err())
	case <-expired:
		cause = ErrTimeout
	}
	select { // what came at the last moment counts
	case ev, ok := <-w.found:
		return c.found(ev, ok)
	default:
		return Event{}, cause
	}
}

func (c *Client) found(ev Event, ok bool) (Event, error) {
	if ok {
		return ev, nil
	}
	end, _ := c.End()
	return Event{}, &DisconnectError{How: end.How, Err: end.Err}
}

// Await returns the first event that match accepts: of those that are kept,
// and then of all that come. It ends with ctx's deadline or, where ctx has
// none, after Options.Timeout; with a *DisconnectError in it when the
// connection ends first (unless match accepts the Disconnected event).
//
// match must be quick and may call no method of the client but Counters.
func (c *Client) Await(ctx context.Context, match func(Event) bool) (Event, error) {
	w := &waiter{match: match, found: make(chan Event, 1)}
	t := &c.log
	t.mu.Lock()
	for i := range t.events {
		if match(t.events[i]) {
			defer t.mu.Unlock()
			return t.events[i], nil
		}
	}
	if t.ended {
		close(w.found)
	} else {
		t.waiters = append(t.waiters, w)
	}
	t.mu.Unlock()
	limit := c.o.Timeout
	if _, ok := ctx.Deadline(); ok {
		limit = 0
	}
	ev, err := c.wait(ctx, w, limit)
	c.drop(w)
	if err != nil {
		return ev, &StepError{Phase: "await", Awaited: "the event asked for", Last: w.last.describe(), Err: err}
	}
	return ev, nil
}

// Done is closed when the connection is over and all its events are out.
func (c *Client) Done() <-chan struct{} { return c.done }

// End returns the Disconnected event, once there is one.
func (c *Client) End() (Event, bool) {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	return c.log.end, c.log.ended
}

// Events returns a copy of what was kept so far: everything but media, of
// which there are the first audio and video frame, the first keyframe and the
// sequence headers.
func (c *Client) Events() []Event {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	return slices.Clone(c.log.events)
}
