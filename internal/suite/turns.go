package suite

import (
	"context"
	"sync"
)

// turns has the cases of a later turn wait for those of all earlier ones.
type turns struct {
	mu      sync.Mutex
	left    map[int]int // cases that are not over, by turn
	waiting []waiter
}

type waiter struct {
	turn  int
	begin chan struct{} // closed when the turn has come
}

// add counts a case, before any is over.
func (t *turns) add(turn int) {
	if t.left == nil {
		t.left = map[int]int{}
	}
	t.left[turn]++
}

// over records that a case of that turn is over.
func (t *turns) over(turn int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.left[turn]--
	still := t.waiting[:0]
	for _, w := range t.waiting {
		if t.come(w.turn) {
			close(w.begin)
		} else {
			still = append(still, w)
		}
	}
	t.waiting = still
}

// await waits until that turn has come.
func (t *turns) await(ctx context.Context, turn int) error {
	t.mu.Lock()
	if t.come(turn) {
		t.mu.Unlock()
		return nil
	}
	w := waiter{turn, make(chan struct{})}
	t.waiting = append(t.waiting, w)
	t.mu.Unlock()
	select {
	case <-w.begin:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// come reports whether no case of an earlier turn is left.
func (t *turns) come(turn int) bool {
	for earlier, n := range t.left {
		if earlier < turn && n > 0 {
			return false
		}
	}
	return true
}
