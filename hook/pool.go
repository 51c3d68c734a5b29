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
	wary    time.Duration
	drop    func(*wire)

	mu     sync.Mutex
	idle   []*wire // by idleSince, the oldest first
	reaper *time.Timer
	closed bool
	fresh  time.Time // no connection is kept before this
}

// get takes a connection out; nil if there is none. It may have been closed by
// the peer: see [wire.idle].
func (p *pool) get(now time.Time) *wire {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle)
	if n > 0 && now.Before(p.fresh) {
		return nil // the reaper gets them
	}
	// If the youngest is too old all are, and the reaper is about to run.
	if n == 0 || now.Sub(p.idle[n-1].idleSince) >= p.timeout {
		return nil
	}
	w := p.idle[n-1]
	p.idle[n-1] = nil
	p.idle = p.idle[:n-1]
	return w
}

// distrust stops the reuse of connections for a while, because the peer ended
// one without saying so in its last answer. Such a peer is likely to end one
// just when a request is on its way, and a request that stood unread in a
// connection as it ended cannot be told from one that was read.
func (p *pool) distrust(now time.Time) {
	p.mu.Lock()
	p.fresh = now.Add(p.wary)
	p.mu.Unlock()
}

// put takes a connection back after a whole answer.
func (p *pool) put(w *wire, now time.Time) {
	w.reused, w.idleSince = true, now
	p.mu.Lock()
	if p.closed || len(p.idle) >= p.max || now.Before(p.fresh) {
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
