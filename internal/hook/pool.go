package hook

import (
	"sync"
	"time"
)

// pool keeps the idle connections to one host. The last one put in is the
// first to come out, so that connections no longer needed grow old and go.
type pool struct {
	max     int
	timeout time.Duration
	drop    func(*wire)

	mu     sync.Mutex
	idle   []*wire // by idleSince, the oldest first
	reaper *time.Timer
	closed bool
}

// get takes a connection out; nil if there is none. It may have been closed by
// the peer: see [wire.idle].
func (p *pool) get(now time.Time) *wire {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle)
	// If the youngest is too old all are, and the reaper is about to run.
	if n == 0 || now.Sub(p.idle[n-1].idleSince) >= p.timeout {
		return nil
	}
	w := p.idle[n-1]
	p.idle[n-1] = nil
	p.idle = p.idle[:n-1]
	return w
}

// put takes a connection that stands behind a whole answer.
func (p *pool) put(w *wire, now time.Time) {
	w.reused, w.idleSince = true, now
	p.mu.Lock()
	if p.closed || len(p.idle) >= p.max {
		p.mu.Unlock()
		p.drop(w)
		return
	}
	p.idle = append(p.idle, w)
	if len(p.idle) == 1 {
		p.arm(p.timeout)
	}
	p.mu.Unlock()
}

func (p *pool) arm(d time.Duration) {
	if p.reaper == nil {
		p.reaper = time.AfterFunc(d, p.reap)
		return
	}
	p.reaper.Reset(d)
}

// reap closes what has been idle for too long.
func (p *pool) reap() {
	now := time.Now()
	p.mu.Lock()
	old := 0
	for old < len(p.idle) && now.Sub(p.idle[old].idleSince) >= p.timeout {
		old++
	}
	gone := append([]*wire(nil), p.idle[:old]...)
	n := copy(p.idle, p.idle[old:])
	clear(p.idle[n:])
	p.idle = p.idle[:n]
	if n > 0 && !p.closed {
		p.arm(p.timeout - now.Sub(p.idle[0].idleSince))
	}
	p.mu.Unlock()
	for _, w := range gone {
		p.drop(w)
	}
}

// close lets go of everything and takes nothing more.
func (p *pool) close() {
	p.mu.Lock()
	gone := p.idle
	p.idle, p.closed = nil, true
	if p.reaper != nil {
		p.reaper.Stop()
	}
	p.mu.Unlock()
	for _, w := range gone {
		p.drop(w)
	}
}
