package hook

import (
	"fmt"
	"os"
	"sync"
	"time"
)

// gate lets some calls to one host go on at once. Further ones wait, and go in
// the order in which they came. A client has one call at a time, so that is
// fair between clients, however many there are.
type gate struct {
	max int

	mu          sync.Mutex
	busy        int // calls that go on; max while any wait
	waiting     int
	first, last *turn
	closed      bool
}

// turn is the place of one call in the queue. It is used again and again.
type turn struct {
	before, behind *turn
	queued         bool
	come           chan error // gets nil when it is the call's turn, or why it never will be
	timer          *time.Timer
}

func newTurn() turn { return turn{come: make(chan error, 1)} }

// enter waits until the call may go on, and says how long that took. After an
// error, of the deadline or ErrClosed, it must not. Without one leave must
// follow.
func (g *gate) enter(t *turn, deadline time.Time) (waited time.Duration, err error) {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return 0, ErrClosed
	}
	if g.busy < g.max {
		g.busy++
		g.mu.Unlock()
		return 0, nil
	}
	g.push(t)
	g.mu.Unlock()
	start := time.Now()
	t.arm(deadline.Sub(start))
	select {
	case err = <-t.come:
		t.timer.Stop()
	case <-t.timer.C:
		err = g.late(t)
	}
	return time.Since(start), err
}

// arm makes the timer go off after d.
func (t *turn) arm(d time.Duration) {
	if t.timer == nil {
		t.timer = time.NewTimer(d)
		return
	}
	t.timer.Reset(d)
}

// late gives up a turn, unless it has just come.
func (g *gate) late(t *turn) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !t.queued {
		return <-t.come
	}
	g.remove(t)
	return fmt.Errorf("timed out waiting for one of %d call slots: %w", g.max, os.ErrDeadlineExceeded)
}

// leave ends a call, and lets the one go on that has waited longest.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.first
	if t == nil {
		g.busy--
		return
	}
	g.remove(t)
	t.come <- nil // has room: a queued turn has got nothing yet
}

func (g *gate) push(t *turn) {
	t.before, t.behind, t.queued = g.last, nil, true
	if g.last == nil {
		g.first = t
	} else {
		g.last.behind = t
	}
	g.last = t
	g.waiting++
}

func (g *gate) remove(t *turn) {
	if t.before == nil {
		g.first = t.behind
	} else {
		t.before.behind = t.behind
	}
	if t.behind == nil {
		g.last = t.before
	} else {
		t.behind.before = t.before
	}
	t.before, t.behind, t.queued = nil, nil, false
	g.waiting--
}

// close sends all away that wait, and lets none in any more.
func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	for g.first != nil {
		t := g.first
		g.remove(t)
		t.come <- ErrClosed
	}
}

// load returns how many calls go on, and how many wait.
func (g *gate) load() (busy, waiting int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.busy, g.waiting
}
