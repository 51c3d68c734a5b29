package stream

import (
	"container/list"
	"sync/atomic"

	"hookproof/internal/rtmp/command"
)

// Most that one write takes, so that a write has a deadline worth the name.
const (
	batchPackets = 256
	batchBytes   = 1 << 20
)

// Player is one play of a stream: a position in its ring. Whoever has something to tell it kicks it; one
// goroutine at a time then serves it, see run.
type Player struct {
	s        *Stream
	streamID uint32
	flv      bool         // it gets FLV, for which there is no streamID
	of       *Publication // that an FLV player plays
	sink     Sink
	share    *Share
	state    atomic.Int32
	over     chan struct{} // closed when nobody serves it any more
	index    int           // in s.players, under s.mu

	// Changed by who serves it under s.mu held for reading, by the others under s.mu held for writing.
	pos     uint64
	first   []*packet // what goes before pos
	waitKey bool      // no inter frames until a keyframe comes

	paused, closed bool // changed under s.mu held for writing
	broken         bool // of who serves it
	finished       bool // likewise: its publication is over, and it has got all of it

	held  []*packet     // what a waiting write keeps, under registry.memory.mu
	waits *list.Element // its place among those that wait, likewise
}

// Play adds a player whose messages carry that message stream id. Its first media are the newest metadata
// and sequence headers, then what came since the last keyframe, or what comes next. Nothing goes out before
// Start. What waits to be written to it counts for its client's share, which may be nil.
func (s *Stream) Play(streamID uint32, sink Sink, share *Share) *Player {
	return s.join(&Player{s: s, streamID: streamID, sink: sink, share: share})
}

// PlayFLV is Play for a player that gets the tags of an FLV file and not RTMP's messages, without the file's header. It
// ends with the publication that is live now: its sink is then told so, see ErrOver.
func (s *Stream) PlayFLV(sink Sink, share *Share) *Player {
	return s.join(&Player{s: s, flv: true, sink: sink, share: share})
}

func (s *Stream) join(p *Player) *Player {
	p.over = make(chan struct{})
	p.state.Store(pending)
	s.mu.Lock()
	defer s.mu.Unlock()
	p.begin()
	if p.flv {
		s.flvs++
		p.of = s.holder
		p.finished = s.holder == nil || s.holder.stopped
	}
	p.index = len(s.players)
	s.players = append(s.players, p)
	return p
}

// Start lets the media flow; what there is already goes out first, as far as that takes no waiting. It is
// called once, also where nothing can be sent any more: Over waits for it.
func (p *Player) Start() { p.run(nil) }

// batch is what goes out in one write.
type batch struct {
	bufs    [][]byte
	packets []*packet // whose bytes bufs has
	size    int
}

// add adds a packet as the player gets it.
func (p *Player) add(b *batch, next *packet) {
	if p.flv {
		b.bufs = next.appendTag(b.bufs, p.s.registry.o.ChunkSize)
	} else {
		b.bufs = next.appendTo(b.bufs, p.streamID)
	}
	b.packets = append(b.packets, next)
	b.size += len(next.wire)
}

// addJoint adds what the round brings to all players that have got everything before.
func (p *Player) addJoint(b *batch) {
	j := &p.s.rounds.joints[p.format()]
	if j.packet == nil || j.from != p.pos || p.waitKey || !p.flv && p.streamID != SharedStreamID {
		return
	}
	b.bufs, b.packets = append(b.bufs, j.packet.wire), append(b.packets, j.packet)
	b.size += len(j.packet.wire)
	p.pos = j.to
}

// collect adds what there is, a batch at most.
func (p *Player) collect(b *batch) {
	r := &p.s.ring
	if !p.paused && !p.broken {
		p.catchUp()
	}
	if p.paused || p.broken || p.finished {
		p.pos, p.first = r.end(), nil
		return
	}
	for ; len(p.first) > 0; p.first = p.first[1:] {
		p.add(b, p.first[0])
	}
	p.addJoint(b)
	// Up to the end, so that with nothing to give it is there.
	for p.pos < r.end() && len(b.packets) < batchPackets && b.size < batchBytes && !p.finished {
		packet := r.at(p.pos)
		p.pos++
		if p.wants(packet) {
			p.add(b, packet)
		}
	}
	p.s.sent.Add(int64(b.size))
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
	if p.flv && p.s.holder != p.of {
		p.finished = true // what there is belongs to the next publication
		return
	}
	was := p.pos
	p.pos, p.first = r.end(), nil
	if ok {
		p.pos, p.first = keyframe, r.at(keyframe).join.list()
	} else if h := p.s.headers; h != nil {
		p.first, p.waitKey = h.list(), true
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
		p.pos, p.first, p.waitKey = keyframe, s.ring.at(keyframe).join.list(), false
		return
	}
	p.first, p.waitKey = s.headers.list(), s.info.video != ""
}

// wants tells whether the player gets a packet, and notes what follows from it.
func (p *Player) wants(packet *packet) bool {
	switch packet.kind {
	case kindControl: // a publication begins or ends here: what follows is whole
		p.waitKey = false
		p.finished = p.flv && packet.event == command.StreamEOF
		return !p.flv
	case kindKeyframe:
		p.waitKey = false
	case kindVideo:
		return !p.waitKey
	}
	return true
}

// Pause stops or resumes the media. What comes meanwhile is left out; then the player begins anew.
func (p *Player) Pause(on bool) {
	p.s.mu.Lock()
	if p.paused && !on {
		p.begin()
	}
	p.paused = on
	p.s.mu.Unlock()
	p.kick()
}

// Close removes the player; what goes out just now still does, see Over. Closing again does nothing.
func (p *Player) Close() {
	p.s.mu.Lock()
	if !p.closed {
		p.closed = true
		p.s.remove(p)
	}
	p.s.mu.Unlock()
	p.kick()
}

// Over is closed when a closed player has got its last media.
func (p *Player) Over() <-chan struct{} { return p.over }
