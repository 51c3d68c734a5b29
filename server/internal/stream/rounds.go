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
	joint   joint
}

// joint is what a round brings to all players that have got everything before, in one piece: many small
// buffers would cost each of them more than this one copy.
type joint struct {
	from, to uint64
	packet   *packet // nil: there is none
}

// jointBytes is how much is copied at most; what is larger costs little more in pieces.
const jointBytes = 64 << 10

// join makes the joint of what came since the last round. The caller holds mu.
func (s *Stream) join() {
	r, j := &s.rounds, joint{from: s.rounds.end, to: s.ring.end()}
	r.end, r.joint = j.to, joint{}
	if len(s.players) < 2 || j.from < s.ring.first || j.to-j.from < 2 {
		return
	}
	size := 0
	for n := j.from; n < j.to; n++ {
		if size += len(s.ring.at(n).wire); size > jointBytes {
			return
		}
	}
	wire := make([]byte, 0, size)
	for n := j.from; n < j.to; n++ {
		wire = append(wire, s.ring.at(n).wire...)
	}
	j.packet = &packet{wire: wire}
	r.joint = j
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
	s.join()
	players := append(r.players[:0], s.players...)
	s.mu.Unlock()
	kickAll(players)
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(players)
	r.players = players[:0]
	more := r.state == roundOnMore
	r.state, r.joint = noRound, joint{}
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
