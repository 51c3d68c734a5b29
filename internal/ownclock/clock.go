// Package ownclock measures time as this process experiences it. Its clock stops while the process is not run: on a
// machine that is too busy, under the race detector, or when an operator stops it. What is waited for by this clock has
// the same chance to happen on any machine.
package ownclock

import (
	"context"
	"sync"
	"time"
)

const (
	// beat is how often the clock moves on.
	beat = 20 * time.Millisecond
	// late is by how much a beat may come late before the time counts as one
	// in which the process was not run.
	late = 80 * time.Millisecond
)

// Clock is a running clock; Close ends it.
type Clock struct {
	starved func(from, to time.Time)
	stop    chan struct{}
	done    chan struct{}

	mu      sync.Mutex
	waiting map[*waiter]struct{}
}

// waiter is one context and the time it has left.
type waiter struct {
	left   time.Duration
	cancel context.CancelCauseFunc
}

// Start starts a clock. starved, when not nil, is told of each time that the
// process was not run, after it; it must not block.
func Start(starved func(from, to time.Time)) *Clock {
	c := &Clock{starved: starved, stop: make(chan struct{}), done: make(chan struct{}), waiting: map[*waiter]struct{}{}}
	go c.run()
	return c
}

// Close ends the clock. Contexts that wait by it end with their parents.
func (c *Clock) Close() {
	close(c.stop)
	<-c.done
}

// WithTimeout is context.WithTimeout by this clock, to one beat more. The
// cause of its end is context.DeadlineExceeded.
func (c *Clock) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &waiter{left: d, cancel: cancel}
	c.mu.Lock()
	c.waiting[w] = struct{}{}
	c.mu.Unlock()
	return ctx, func() {
		c.mu.Lock()
		delete(c.waiting, w)
		c.mu.Unlock()
		cancel(context.Canceled)
	}
}

func (c *Clock) run() {
	defer close(c.done)
	tick := time.NewTicker(beat)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-c.stop:
			return
		case <-tick.C:
		}
		now := time.Now()
		if passed := now.Sub(last); passed > beat+late && c.starved != nil {
			c.starved(last.Add(beat), now)
		}
		c.pass(min(now.Sub(last), beat))
		last = now
	}
}

// pass lets time pass for all that wait.
func (c *Clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for w := range c.waiting {
		if w.left -= d; w.left <= 0 {
			delete(c.waiting, w)
			w.cancel(context.DeadlineExceeded)
		}
	}
}
