// Package await has a list that grows while a test waits for what is to come.
package await

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// List holds values by ascending keys and wakes those who wait for them. The
// zero value is empty. Its methods may be called from any goroutine.
type List[T any] struct {
	mu      sync.Mutex
	keys    []int64
	values  []T
	cleared int64         // keys up to it are no longer taken
	changed chan struct{} // closed at the next change; nil: nobody waits
}

// Put sets the value of a key, which is above 0.
func (l *List[T]) Put(key int64, v T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if key <= l.cleared {
		return
	}
	i, found := slices.BinarySearch(l.keys, key)
	if found {
		l.values[i] = v
	} else {
		l.keys, l.values = slices.Insert(l.keys, i, key), slices.Insert(l.values, i, v)
	}
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// All returns a copy of the values, in the order of their keys.
func (l *List[T]) All() []T {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.values)
}

// Clear forgets all values; later ones of their keys are not taken either.
func (l *List[T]) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.keys); n > 0 {
		l.cleared = l.keys[n-1]
	}
	l.keys, l.values = nil, nil
}

// Until waits until enough holds of the values, and looks again at each change.
// The error says how many there were when ctx ended.
func (l *List[T]) Until(ctx context.Context, enough func([]T) bool) error {
	for {
		all, changed := l.watch()
		if enough(all) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting: %w; so far there are %d", ctx.Err(), len(all))
		}
	}
}

func (l *List[T]) watch() ([]T, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	return slices.Clone(l.values), l.changed
}
