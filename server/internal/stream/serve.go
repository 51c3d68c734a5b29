package stream

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
)

// ErrWait is what a Sink's Offer returns when a write would have to wait.
var ErrWait = errors.New("the connection takes no more at once")

// ErrOver is what an FLV player's Sink is told when the publication has ended and everything of it is written.
var ErrOver = errors.New("the publication is over")

// Sink is where a player's media goes: its connection. The bytes are shared: they must not be changed.
type Sink interface {
	// Offer writes whole messages as far as that takes no waiting. With ErrWait the rest that it returns, which
	// may be nothing where the sink keeps what is left, has to be written by Write before anything else is.
	// The slice bufs is the caller's again when it returns.
	Offer(bufs [][]byte) (rest [][]byte, err error)
	// Write waits until what was left before and bufs is written.
	Write(bufs [][]byte) error
	// Broken is told why there will be no more media.
	Broken(err error)
}

// A PanicError is what a player is broken by when serving it panicked: that is no reason for others to suffer.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("internal error: %v", e.Value) }

// The states of a player.
const (
	idle    = iota // nobody serves it
	serving        // one goroutine does
	pending        // and looks again when it is done
	ended
)

// kick has the player served: by the caller as far as that takes no waiting, or by who does that already.
func (p *Player) kick() {
	for {
		switch p.state.Load() {
		case idle:
			if p.state.CompareAndSwap(idle, serving) {
				p.run(nil)
				return
			}
		case serving:
			if p.state.CompareAndSwap(serving, pending) {
				return
			}
		default:
			return
		}
	}
}

var batches = sync.Pool{New: func() any { return new(batch) }}

// empty makes a batch ready for the next use: it keeps no media that nobody needs.
func (b *batch) empty() {
	clear(b.bufs)
	clear(b.packets)
	b.bufs, b.packets, b.size = b.bufs[:0], b.packets[:0], 0
}

// run serves the player until it has got everything. When that takes waiting, or is without an end, a goroutine
// of its own goes on, which writes and waits.
func (p *Player) run(write func([][]byte) error) {
	b := batches.Get().(*batch)
	defer p.rescue()
	defer func() { b.empty(); batches.Put(b) }()
	for turn := 1; ; turn++ {
		closed := p.next(b)
		switch {
		case closed:
			p.end()
			return
		case len(b.bufs) > 0:
			on := p.give(b, write)
			b.empty()
			if !on {
				return
			}
		case p.finished && !p.broken:
			p.fail(ErrOver)
		case p.state.CompareAndSwap(serving, idle):
			return
		default:
			p.state.Store(serving)
		}
		if write == nil && turn == patience {
			go p.wait(nil)
			return
		}
	}
}

// patience is how many batches in a row a round gives one player of many.
const patience = 16

// rescue ends a player, and nobody else, when serving it panicked.
func (p *Player) rescue() {
	if r := recover(); r != nil {
		p.letGo()
		p.sink.Broken(&PanicError{r, debug.Stack()})
		p.end()
	}
}

// give passes a batch on; false says that another goroutine serves the player now.
func (p *Player) give(b *batch, write func([][]byte) error) bool {
	err := error(nil)
	if write != nil {
		p.hold(b.packets)
		err = write(b.bufs)
		p.letGo()
	} else if rest, offered := p.sink.Offer(b.bufs); errors.Is(offered, ErrWait) {
		p.hold(slices.Clone(b.packets))
		go p.wait(slices.Clone(rest))
		return false
	} else {
		err = offered
	}
	if err != nil {
		p.fail(err)
	}
	return true
}

// wait serves a player whose connection takes no more at once, until it has got everything.
func (p *Player) wait(rest [][]byte) {
	defer p.rescue()
	err := p.sink.Write(rest)
	p.letGo()
	if err != nil {
		p.fail(err)
	}
	clear(rest)
	p.run(p.sink.Write)
}

// fail ends the media of a player that cannot be written to; it stays until it is closed.
func (p *Player) fail(err error) {
	p.broken = true
	p.sink.Broken(err)
}

func (p *Player) end() {
	p.state.Store(ended)
	close(p.over)
}

// next adds what there is for the player, a batch at most.
func (p *Player) next(b *batch) (closed bool) {
	p.s.mu.RLock()
	defer p.s.mu.RUnlock()
	if !p.closed {
		p.collect(b)
	}
	return p.closed
}
