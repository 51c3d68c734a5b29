package stream

import (
	"sync"
	"sync/atomic"
	"time"

	"hookproof/internal/rtmp/chunk"
)

// Stream is one stream name: at most one publisher, any number of players.
type Stream struct {
	registry *Registry
	key      Key
	id       string
	holds    int // under registry.mu

	mu      sync.RWMutex
	holder  *Publication // who has the name
	ring    ring
	headers *headers
	players []*Player // in no order
	info    counters

	rounds rounds
	sent   atomic.Int64
}

// counters are what is told about a publication.
type counters struct {
	since         time.Time
	frames, bytes int64
	video, audio  string
}

// ID is the same for the publisher and the players of a stream, until the last of them has left.
func (s *Stream) ID() string { return s.id }

// Key is the stream's name.
func (s *Stream) Key() Key { return s.key }

// add puts a packet into the ring. The caller holds mu.
func (s *Stream) add(p *packet) {
	p.at = s.registry.now()
	next := *s.headers
	switch p.kind {
	case kindMeta:
		next.meta = p
	case kindVideoHeader:
		next.video = p
	case kindAudioHeader:
		next.audio = p
	}
	if next != *s.headers {
		s.headers = &next
	}
	if p.kind == kindKeyframe {
		p.join = s.headers
	}
	s.ring.push(p)
	s.trim(p.at)
}

// trim lets go of what is over the limits, and now and then of what nobody wants any more.
func (s *Stream) trim(now time.Duration) {
	const sweepEvery = 64
	o := &s.registry.o
	for s.ring.bytes > o.QueueBytes {
		s.ring.pop()
	}
	keep := s.cached()
	for s.ring.first < keep && s.ring.at(s.ring.first).at < now-o.Queue {
		s.ring.pop()
	}
	if s.ring.end()%sweepEvery == 0 {
		s.sweep()
	}
}

// sweep lets go of what all players have got and no new one begins with.
func (s *Stream) sweep() {
	low := s.cached()
	for _, p := range s.players {
		low = min(low, p.pos)
	}
	for s.ring.first < low {
		s.ring.pop()
	}
}

// cached is the number of the packet with which the GOP cache begins; the ring's end without one.
func (s *Stream) cached() uint64 {
	if keyframe, ok := s.ring.keyframe(); ok && s.holder != nil && s.holder.delivery.GOPCache {
		return keyframe
	}
	return s.ring.end()
}

// remove takes a player off the list. The caller holds mu.
func (s *Stream) remove(p *Player) {
	last := len(s.players) - 1
	s.players[p.index] = s.players[last]
	s.players[p.index].index = p.index
	s.players[last] = nil
	s.players = s.players[:last]
}

// write passes a message of the holder on.
func (s *Stream) write(by *Publication, m *chunk.Message) {
	p := newPacket(m, s.registry.o.ChunkSize)
	if p == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if by.stopped {
		return
	}
	switch p.kind {
	case kindAudio, kindAudioHeader:
		s.info.audio = p.codec
	case kindVideo, kindKeyframe, kindVideoHeader:
		s.info.video = p.codec
	}
	if p.kind.frame() {
		s.info.frames++
		s.registry.frames.Add(1)
	}
	s.info.bytes += int64(p.size)
	s.add(p)
	s.wake()
}
