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
	claimed bool         // the name is kept for one that is not live yet
	ring    ring
	headers *headers // nil before anybody has published
	gop     gop
	players []*Player // in no order
	flvs    int       // how many of them get FLV
	info    counters

	rounds rounds
	sent   atomic.Int64
}

// counters are what is told about a publication.
type counters struct {
	since         time.Time
	frames, bytes int64
	video, audio  string
	base          [2]baseTrack // of video, of audio
}

// ID is the same for the publisher and the players of a stream, until the last of them has left.
func (s *Stream) ID() string { return s.id }

// Key is the stream's name.
func (s *Stream) Key() Key { return s.key }

// add puts a packet into the ring. The caller holds mu.
func (s *Stream) add(p *packet) {
	p.at = s.registry.now()
	if p.kind.header() {
		s.setHeaders(s.headers.with(p))
	}
	if p.kind == kindKeyframe {
		p.join = s.headers
	}
	s.ring.push(p)
	if s.holder != nil && s.gop.ends(p, &s.holder.delivery) {
		s.ring.forget()
	}
	s.trim(p.at)
}

// setHeaders replaces the headers. The caller holds mu.
func (s *Stream) setHeaders(next *headers) {
	m := &s.registry.memory
	if next != nil {
		for _, p := range next.packets {
			m.keep(p)
		}
	}
	if s.headers != nil {
		for _, p := range s.headers.packets {
			m.let(p)
		}
	}
	s.headers = next
}

// trim lets go of what is over the limits, and now and then of what nobody wants any more.
func (s *Stream) trim(now time.Duration) {
	const sweepEvery = 64
	o := &s.registry.o
	most := o.QueueBytes
	if s.holder != nil {
		most = min(most, int(s.holder.most.Load())-s.headers.size)
	}
	for s.ring.bytes > most && len(s.ring.packets) > 0 {
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
	if p.flv {
		s.flvs--
	}
}

// write passes a message of the holder on.
func (s *Stream) write(by *Publication, m *chunk.Message) error {
	p, err := newPacket(m, s.registry.o.ChunkSize)
	if err != nil {
		return err
	}
	s.pass(by, p)
	s.registry.relieve()
	return nil
}

func (s *Stream) pass(by *Publication, p *packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if by.stopped {
		return
	}
	switch {
	case p.kind.video() && s.info.base[0].is(p.track):
		s.info.video = p.codec
	case p.kind == kindKeyframe:
		p.kind = kindVideo // a further track's: the base track needs what came before
	case (p.kind == kindAudio || p.kind == kindAudioHeader) && s.info.base[1].is(p.track):
		s.info.audio = p.codec
	}
	if p.kind.frame() {
		s.info.frames++
		s.registry.frames.Add(1)
	}
	s.info.bytes += int64(p.size)
	s.add(p)
	s.wake()
}
