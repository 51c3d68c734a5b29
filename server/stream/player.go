package stream

import "io"

// Most that one Next gives, so that a write has a deadline worth the name.
const (
	batchPackets = 256
	batchBytes   = 1 << 20
)

// Player is one play of a stream: a position in its ring. One goroutine calls Next; the rest is for any.
type Player struct {
	s        *Stream
	streamID uint32
	wake     chan struct{} // holds one wake-up

	// Changed by Next under s.mu held for reading, by the others under s.mu held for writing.
	pos     uint64
	first   []*packet // what goes before pos
	waitKey bool      // no inter frames until a keyframe comes

	paused, closed bool // changed under s.mu held for writing
}

// Play adds a player whose messages carry that message stream id. Its first media are the newest metadata
// and sequence headers, then what came since the last keyframe, or what comes next.
func (s *Stream) Play(streamID uint32) *Player {
	p := &Player{s: s, streamID: streamID, wake: make(chan struct{}, 1)}
	p.signal()
	s.mu.Lock()
	defer s.mu.Unlock()
	p.begin()
	s.players[p] = struct{}{}
	return p
}

func (p *Player) signal() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Next waits until there is something for the player and appends its bytes to bufs: whole messages, ready
// to be written in one go. The bytes are shared: they must not be changed. After Close it gives io.EOF.
func (p *Player) Next(bufs [][]byte) ([][]byte, error) {
	for {
		<-p.wake
		p.s.mu.RLock()
		closed, had := p.closed, len(bufs)
		if !closed {
			bufs = p.collect(bufs)
		}
		p.s.mu.RUnlock()
		if closed {
			return bufs, io.EOF
		}
		if len(bufs) > had {
			return bufs, nil
		}
	}
}

// collect appends what there is, a batch at most.
func (p *Player) collect(bufs [][]byte) [][]byte {
	r := &p.s.ring
	if p.paused {
		p.pos, p.first = r.end(), nil
		return bufs
	}
	p.catchUp()
	size := 0
	for len(p.first) > 0 {
		bufs = p.first[0].appendTo(bufs, p.streamID)
		size += len(p.first[0].wire)
		p.first = p.first[1:]
	}
	for n := 0; p.pos < r.end() && n < batchPackets && size < batchBytes; n++ {
		packet := r.at(p.pos)
		p.pos++
		if p.wants(packet) {
			bufs = packet.appendTo(bufs, p.streamID)
			size += len(packet.wire)
		}
	}
	p.s.sent.Add(int64(size))
	if p.pos < r.end() {
		p.signal() // the rest is the next batch
	}
	return bufs
}

// catchUp moves the player to the newest keyframe when it is too far behind.
func (p *Player) catchUp() {
	r := &p.s.ring
	lost := p.pos < r.first
	late := !lost && p.pos < r.end() && r.at(p.pos).at < p.s.registry.now()-p.s.registry.o.Queue
	keyframe, ok := r.keyframe()
	if !lost && (!late || ok && keyframe <= p.pos) {
		return // in time, or as far as one can jump
	}
	was := p.pos
	p.pos, p.first = r.end(), nil
	if ok {
		p.pos, p.first = keyframe, r.at(keyframe).join.list(nil)
	} else if h := p.s.headers; h != nil {
		p.first, p.waitKey = h.list(nil), true
	}
	p.s.registry.dropped.Add(int64(p.pos - was))
}

// begin places a new player, or one that was paused.
func (p *Player) begin() {
	s := p.s
	p.pos, p.first = s.ring.end(), nil
	if s.headers == nil { // nobody has published yet
		return
	}
	keyframe, ok := s.ring.keyframe()
	if ok && s.holder != nil && s.holder.delivery.GOPCache {
		p.pos, p.first, p.waitKey = keyframe, s.ring.at(keyframe).join.list(nil), false
		return
	}
	p.first, p.waitKey = s.headers.list(nil), s.info.video != ""
}

// wants tells whether the player gets a packet, and notes what follows from it.
func (p *Player) wants(packet *packet) bool {
	switch packet.kind {
	case kindControl, kindKeyframe: // what follows is whole; a control says that a publication begins or ends here
		p.waitKey = false
	case kindVideo:
		return !p.waitKey
	}
	return true
}

// Pause stops or resumes the media. What comes meanwhile is left out; then the player begins anew.
func (p *Player) Pause(on bool) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if p.paused && !on {
		p.begin()
	}
	p.paused = on
	p.signal()
}

// Close removes the player; Next gives io.EOF. Closing again does nothing.
func (p *Player) Close() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.closed = true
	delete(p.s.players, p)
	p.signal()
}
