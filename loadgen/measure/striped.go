package measure

import "sync/atomic"

// Striped is a counter that many goroutines add to with every frame. The zero
// value counts from 0.
type Striped struct {
	stripes [64]struct {
		n atomic.Int64
		_ [56]byte // each is on a cache line of its own
	}
}

// Inc adds 1. who tells the adders apart, so that they seldom meet: a
// session's index, say.
func (s *Striped) Inc(who int) { s.stripes[uint(who)%uint(len(s.stripes))].n.Add(1) }

// Load returns the sum.
func (s *Striped) Load() (sum int64) {
	for i := range s.stripes {
		sum += s.stripes[i].n.Load()
	}
	return sum
}
