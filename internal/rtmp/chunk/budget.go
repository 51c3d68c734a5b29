package chunk

import (
	"container/list"
	"sync"
)

// budgetFree is what the unfinished messages of a Reader may occupy before they count against its Budget, in bytes:
// commands and frames of usual sizes never do.
const budgetFree = 32 << 10

// A Budget bounds what the unfinished messages of many Readers occupy together. Where it is used up, the Reader
// whose messages have been under way for longest is ended: a peer that is sending takes part of a second for
// a message, one that only wants to occupy memory sits on it.
type Budget struct {
	mu      sync.Mutex
	most    int
	used    int
	drawing list.List // of *share, who draws for longest first
}

// NewBudget returns a Budget of so many bytes, beyond 32 KB of each Reader.
func NewBudget(most int) *Budget { return &Budget{most: most} }

// Used returns how many bytes count now. Any goroutine may ask.
func (b *Budget) Used() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}

// A share is what one Reader draws from a Budget.
type share struct {
	budget *Budget
	evict  func() // ends the peer; from the goroutine of another Reader
	asked  int    // of the Reader: what it drew last

	// Under budget.mu.
	drawn int
	at    *list.Element
	gone  bool // evicted
}

// Share makes the Reader, which has read nothing yet, draw from a Budget until Release. evict is called when it
// has to end, from another goroutine; where it is its own request that cannot be met, Next returns a *LimitError
// instead.
func (r *Reader) Share(b *Budget, evict func()) { r.share = &share{budget: b, evict: evict} }

// Release gives back what the Reader has drawn. It reads no more.
func (r *Reader) Release() {
	if r.share != nil {
		r.share.draw(0)
	}
}

// account tells the Budget what is buffered now.
func (r *Reader) account() error {
	want := max(0, r.buffered-budgetFree)
	if r.share == nil || want == r.share.asked {
		return nil
	}
	r.share.asked = want
	if !r.share.draw(want) && want > 0 {
		return &LimitError{What: "bytes in unfinished messages of all peers", Got: int64(r.share.budget.Used() + want),
			Max: int64(r.share.budget.most)}
	}
	return nil
}

// draw changes what is drawn to want; false where there is not as much.
func (s *share) draw(want int) bool {
	b := s.budget
	var others []func()
	b.mu.Lock()
	if !s.gone {
		b.set(s, want)
	}
	for b.used > b.most {
		oldest := b.drawing.Front().Value.(*share)
		b.set(oldest, 0)
		oldest.gone = true
		if oldest != s {
			others = append(others, oldest.evict)
		}
	}
	gone := s.gone
	b.mu.Unlock()
	for _, evict := range others {
		evict()
	}
	return !gone
}

// set books what a share has drawn. The caller holds mu.
func (b *Budget) set(s *share, n int) {
	b.used += n - s.drawn
	s.drawn = n
	switch {
	case n > 0 && s.at == nil:
		s.at = b.drawing.PushBack(s)
	case n == 0 && s.at != nil:
		b.drawing.Remove(s.at)
		s.at = nil
	}
}
