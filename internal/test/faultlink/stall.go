package faultlink

import (
	"fmt"
	"time"
)

// Stalled forwards nothing for a time, once, after so many bytes.
type Stalled struct {
	After int64
	For   time.Duration
}

// Kind is Stall.
func (Stalled) Kind() Kind { return Stall }

// String returns the place and the time.
func (f Stalled) String() string { return fmt.Sprintf("stall of %v after %d bytes", f.For, f.After) }

func (f Stalled) carry(d *direction, piece []byte) error {
	if d.hit.Load() {
		return d.give(piece)
	}
	rest, over, err := d.upTo(f.After, piece)
	if err != nil || !over || len(rest) == 0 {
		return err
	}
	d.strike()
	if err := d.wait(f.For); err != nil {
		return err
	}
	return d.give(rest)
}
