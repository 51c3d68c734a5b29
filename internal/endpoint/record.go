package endpoint

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"hookproof/hook"
)

// recorder keeps requests in order of arrival, within bounds, and wakes those
// who wait for them.
type recorder struct {
	mu       sync.Mutex
	max      int
	maxBytes int64
	seq      int64
	first    int64 // Seq of kept[0]
	kept     []*Request
	bytes    int64 // heads and bodies in kept
	dropped  int64
	counts   Counts
	changed  chan struct{} // closed at the next change; nil: nobody waits
	closed   bool
}

// Counts says how many requests came, whether kept or not.
type Counts struct {
	Events [len(hook.Events)]int64 // by event
	Other  int64                   // requests that were no event
}

// Total is the number of all requests.
func (c Counts) Total() int64 {
	n := c.Other
	for _, v := range c.Events {
		n += v
	}
	return n
}

func (rec *recorder) init(maxRequests int, maxBytes int64) {
	rec.max, rec.maxBytes, rec.first = maxRequests, maxBytes, 1
}

func (rec *recorder) on() bool { return rec.max > 0 }

func size(r *Request) int64 { return int64(len(r.Head) + len(r.Body)) }

// add gives r its Seq and keeps it.
func (rec *recorder) add(r *Request) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.seq++
	r.Seq = rec.seq
	if r.HasEvent {
		rec.counts.Events[r.Event]++
	} else {
		rec.counts.Other++
	}
	if !rec.on() {
		return
	}
	rec.kept = append(rec.kept, r)
	rec.bytes += size(r)
	for len(rec.kept) > rec.max || rec.bytes > rec.maxBytes && len(rec.kept) > 1 {
		rec.bytes -= size(rec.kept[0])
		rec.kept[0] = nil
		rec.kept = rec.kept[1:]
		rec.first++
		rec.dropped++
	}
	rec.wake()
}

// update puts a later state of a request in its place.
func (rec *recorder) update(r *Request) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if i := r.Seq - rec.first; rec.on() && i >= 0 && i < int64(len(rec.kept)) {
		rec.kept[i] = r
		rec.wake()
	}
}

func (rec *recorder) wake() {
	if rec.changed != nil {
		close(rec.changed)
		rec.changed = nil
	}
}

func (rec *recorder) close() {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.closed = true
	rec.wake()
}

// snapshot copies what is kept to buf and gives the channel of the next change.
func (rec *recorder) snapshot(buf []*Request) (all []*Request, changed <-chan struct{}, closed bool) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if rec.changed == nil && !rec.closed {
		rec.changed = make(chan struct{})
	}
	return append(buf[:0], rec.kept...), rec.changed, rec.closed
}

// Requests gives what is kept, in order of arrival.
func (e *Endpoint) Requests() []*Request {
	e.rec.mu.Lock()
	defer e.rec.mu.Unlock()
	return slices.Clone(e.rec.kept)
}

// Counts says how many requests came so far, kept or not.
func (e *Endpoint) Counts() Counts {
	e.rec.mu.Lock()
	defer e.rec.mu.Unlock()
	return e.rec.counts
}

// Dropped says how many requests the bounds of the recording pushed out: 0
// means that Requests is complete.
func (e *Endpoint) Dropped() int64 {
	e.rec.mu.Lock()
	defer e.rec.mu.Unlock()
	return e.rec.dropped
}

// Clear forgets the requests kept so far; Seq and Counts go on.
func (e *Endpoint) Clear() {
	e.rec.mu.Lock()
	defer e.rec.mu.Unlock()
	e.rec.kept, e.rec.bytes, e.rec.first = nil, 0, e.rec.seq+1
}

// Await waits until enough holds of the requests kept, and looks again at
// every change of one. The slice is enough's during the call only. It ends
// early with ctx, and when the endpoint is closed; the error then tells what
// had come.
func (e *Endpoint) Await(ctx context.Context, enough func([]*Request) bool) error {
	if !e.rec.on() {
		return errors.New("endpoint: await: nothing is recorded (MaxRequests < 0)")
	}
	var buf []*Request
	for {
		all, changed, closed := e.rec.snapshot(buf)
		if enough(all) {
			return nil
		}
		if closed {
			return fmt.Errorf("endpoint: await: %w; so far: %s", ErrClosed, summary(all))
		}
		buf = all
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("endpoint: await: %w; so far: %s", ctx.Err(), summary(all))
		}
	}
}

// AwaitRequest waits for a request that ok agrees to, and gives the first in
// order of arrival.
func (e *Endpoint) AwaitRequest(ctx context.Context, ok func(*Request) bool) (*Request, error) {
	var found *Request
	err := e.Await(ctx, func(all []*Request) bool {
		i := slices.IndexFunc(all, ok)
		if i >= 0 {
			found = all[i]
		}
		return i >= 0
	})
	return found, err
}

// summary counts requests by event, for errors.
func summary(all []*Request) string {
	var counts Counts
	for _, r := range all {
		if r.HasEvent {
			counts.Events[r.Event]++
		} else {
			counts.Other++
		}
	}
	var parts []string
	for e, n := range counts.Events {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, hook.Event(e)))
		}
	}
	if counts.Other > 0 {
		parts = append(parts, fmt.Sprintf("%d that are no event", counts.Other))
	}
	if parts == nil {
		return "no request"
	}
	return strings.Join(parts, ", ")
}
