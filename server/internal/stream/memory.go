package stream

import (
	"container/list"
	"errors"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

var (
	// ErrSlow ends a player whose waiting write keeps memory that the streams need.
	ErrSlow = errors.New("disconnected: server-wide limit for media reached, this player had waited longest")
	// ErrShare ends a player to whom more waits to be written than one client may hold.
	ErrShare = errors.New("disconnected: more media waits to be written than one client may hold")
)

// memory counts the media that a Registry holds, each packet once: what streams cache, and what waiting writes keep of
// it for longer.
type memory struct {
	most     int64
	used     atomic.Int64
	peak     atomic.Int64 // of used, since memory was given back to the system
	relieves sync.Mutex   // held by who makes room

	mu      sync.Mutex
	waiting list.List // of *Player whose write waits, the one that began first in front
}

// keep counts a packet that somebody holds from now on.
func (m *memory) keep(p *packet) {
	if p.holders.Add(1) != 1 {
		return
	}
	used := m.used.Add(int64(p.cost()))
	if used > m.peak.Load() {
		m.peak.Store(used)
	}
}

// let ends a keep.
func (m *memory) let(p *packet) {
	if p.holders.Add(-1) != 0 {
		return
	}
	const worthwhile = 64 << 20
	used, peak := m.used.Add(-int64(p.cost())), m.peak.Load()
	if peak > worthwhile && used < peak/2 && m.peak.CompareAndSwap(peak, used) {
		time.AfterFunc(giveBackAfter, debug.FreeOSMemory)
	}
}

// giveBackAfter is how long after media has shrunk to less than half the memory goes back to the system.
const giveBackAfter = 2 * time.Second

// Held returns how many bytes of media all streams and waiting writes hold now.
func (r *Registry) Held() int64 { return r.memory.used.Load() }

// relieve makes room where more is held than may be: the largest caches go first, then the players whose writes have
// waited longest. The caller holds no lock.
func (r *Registry) relieve() {
	m := &r.memory
	if m.used.Load() <= m.most || !m.relieves.TryLock() {
		return
	}
	defer m.relieves.Unlock()
	enough := m.most - m.most/8 // so that not every message has to make room
	for m.used.Load() > enough && (r.clearLargest() || m.endSlowest()) {
	}
}

// clearLargest drops the cache of the stream that has the largest; false where none is worth it.
func (r *Registry) clearLargest() bool {
	const worthwhile = 64 << 10
	var largest *Stream
	most := worthwhile
	for _, s := range r.Streams() {
		s.mu.RLock()
		if s.ring.bytes > most {
			largest, most = s, s.ring.bytes
		}
		s.mu.RUnlock()
	}
	if largest == nil {
		return false
	}
	largest.mu.Lock()
	defer largest.mu.Unlock()
	largest.ring.clear()
	return true
}

// endSlowest ends the player whose write has waited longest; false where none waits.
func (m *memory) endSlowest() bool {
	m.mu.Lock()
	first := m.waiting.Front()
	if first == nil {
		m.mu.Unlock()
		return false
	}
	p := first.Value.(*Player)
	m.forget(p)
	m.mu.Unlock()
	p.sink.Broken(ErrSlow)
	return true
}

// forget ends what a player's write keeps. The caller holds mu.
func (m *memory) forget(p *Player) {
	if p.waits == nil {
		return
	}
	m.waiting.Remove(p.waits)
	size := 0
	for _, held := range p.held {
		size += held.cost()
		m.let(held)
	}
	p.waits, p.held = nil, nil
	p.share.hold(-size)
}

// hold keeps packets while the player's write waits, until letGo; the write does not change them.
func (p *Player) hold(packets []*packet) {
	r := p.s.registry
	m := &r.memory
	size := 0
	m.mu.Lock()
	for _, held := range packets {
		size += held.cost()
		m.keep(held)
	}
	p.held, p.waits = packets, m.waiting.PushBack(p)
	fits := p.share.hold(size)
	m.mu.Unlock()
	if !fits {
		p.sink.Broken(ErrShare)
	}
	r.relieve()
}

func (p *Player) letGo() {
	m := &p.s.registry.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget(p)
}
