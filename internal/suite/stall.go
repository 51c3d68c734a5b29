package suite

import (
	"context"
	"sync"
	"time"
)

// stallWatch notices when this process is not run for a while: on a machine
// that slow, what did not come in time says nothing about the target.
type stallWatch struct {
	mu     sync.Mutex
	stalls []stall
	done   chan struct{}
}

type stall struct {
	at   time.Time
	late time.Duration
}

const (
	stallTick = 20 * time.Millisecond
	// stallBound is how late a tick may come before evidence of lateness
	// counts no more. Scenarios wait for 5 s, so a process that is kept waiting
	// for a fifth of it is still sound.
	stallBound = time.Second
)

func watchStalls(ctx context.Context) *stallWatch {
	w := &stallWatch{done: make(chan struct{})}
	go func() {
		defer close(w.done)
		tick := time.NewTicker(stallTick)
		defer tick.Stop()
		last := time.Now()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			now := time.Now()
			if late := now.Sub(last) - stallTick; late > stallBound {
				w.mu.Lock()
				w.stalls = append(w.stalls, stall{now, late})
				w.mu.Unlock()
			}
			last = now
		}
	}()
	return w
}

// worst gives the longest time that the process was not run since then.
func (w *stallWatch) worst(since time.Time) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	var worst time.Duration
	for _, s := range w.stalls {
		if s.at.After(since) {
			worst = max(worst, s.late)
		}
	}
	return worst
}
