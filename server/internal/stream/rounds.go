package stream

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// rounds is whether a stream's players are being served, and who they are; under the stream's mu.
type rounds struct {
	state   roundState
	players []*Player // of the round under way
	end     uint64    // up to where the last round went
	joints  [formats]joint
}

// The formats that players get.
const (
	formatRTMP = iota
	formatFLV
	formats
)

func (p *Player) format() int {
	if p.flv {
		return formatFLV
	}
	return formatRTMP
}

// joint is what a round brings to all players that have got everything before, in one piece: many small
// buffers would cost each of them more than this one copy.
type joint struct {
	from, to uint64
	packet   *packet // nil: there is none
}

// jointBytes is how much is copied at most; what is larger costs little more in pieces.
const jointBytes = 64 << 10

// makeJoints makes the joints of what came since the last round. The caller holds mu.
func (s *Stream) makeJoints() {
	r := &s.rounds
	from, to := r.end, s.ring.end()
	r.end, r.joints = to, [formats]joint{}
	if from < s.ring.first {
		return
	}
	if len(s.players)-s.flvs > 1 && to-from > 1 {
		r.joints[formatRTMP] = s.joint(from, to, func(wire []byte, p *packet) []byte { return append(wire, p.wire...) })
	}
	if s.flvs > 1 { // one packet is several buffers in FLV
		r.joints[formatFLV] = s.joint(from, to, func(wire []byte, p *packet) []byte {
			return p.copyTag(wire, s.registry.o.ChunkSize)
		})
	}
}

// joint puts packets into one piece, if they are few enough bytes. A control is nothing in FLV, or its end.
func (s *Stream) joint(from, to uint64, add func([]byte, *packet) []byte) joint {
	size := 0
	for n := from; n < to; n++ {
		p := s.ring.at(n)
		if size += len(p.wire) + len(p.tag); size > jointBytes || p.kind == kindControl {
			return joint{}
		}
	}
	wire := make([]byte, 0, size)
	for n := from; n < to; n++ {
		wire = add(wire, s.ring.at(n))
	}
	return joint{from, to, &packet{wire: wire}}
}

type roundState uint8

const (
	noRound roundState = iota
	roundDue
	roundOn
	roundOnMore // and there is more since it began
)

// wake has a round begin: at once while the players are few, after a while when they are many. The caller
// holds mu.
func (s *Stream) wake() {
	const few, each = 16, 400 * time.Microsecond
	n := len(s.players)
	switch {
	case n == 0 || s.rounds.state == roundDue:
		return
	case s.rounds.state != noRound:
		s.rounds.state = roundOnMore
		return
	}
	s.rounds.state = roundDue
	delay := time.Duration(0)
	if s.holder != nil && n > few {
		delay = min(time.Duration(n)*each, s.holder.delivery.Merge)
	}
	if delay <= 0 {
		go s.round()
		return
	}
	time.AfterFunc(delay, s.round)
}

// round serves every player once.
func (s *Stream) round() {
	r := &s.rounds
	s.mu.Lock()
	r.state = roundOn
	s.makeJoints()
	players := append(r.players[:0], s.players...)
	s.mu.Unlock()
	kickAll(players)
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(players)
	r.players = players[:0]
	more := r.state == roundOnMore
	r.state, r.joints = noRound, [formats]joint{}
	if more {
		s.wake()
	}
}

// kickAll shares the players out among the processors where they are many.
func kickAll(players []*Player) {
	const share = 16 // that a worker takes at a time
	var taken atomic.Int64
	work := func() {
		for {
			end := int(taken.Add(share))
			begin := end - share
			if begin >= len(players) {
				return
			}
			for _, p := range players[begin:min(end, len(players))] {
				p.kick()
			}
		}
	}
	var helpers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(players)/(4*share)) - 1 {
		helpers.Go(work)
	}
	work()
	helpers.Wait()
}
