package faultlink

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Delayed holds every piece for Latency, and for up to Jitter more. Pieces stay
// in their order, one at a time, so that it bounds the throughput as well.
type Delayed struct{ Latency, Jitter time.Duration }

// Kind is Delay.
func (Delayed) Kind() Kind { return Delay }

// String returns the times.
func (f Delayed) String() string {
	return fmt.Sprintf("delay of %v and up to %v more", f.Latency, f.Jitter)
}

func (f Delayed) carry(d *direction, piece []byte) error {
	d.strike()
	t := f.Latency
	if f.Jitter > 0 {
		t += rand.N(f.Jitter)
	}
	if err := d.wait(t); err != nil {
		return err
	}
	return d.give(piece)
}
