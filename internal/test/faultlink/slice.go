package faultlink

import (
	"fmt"
	"time"
)

// Sliced forwards at most Size bytes at a time, with Pause between, so that
// they are read in as many pieces.
type Sliced struct {
	Size  int
	Pause time.Duration
}

// Kind is Slice.
func (Sliced) Kind() Kind { return Slice }

// String returns the size.
func (f Sliced) String() string { return fmt.Sprintf("slices of %d bytes", f.Size) }

func (f Sliced) carry(d *direction, piece []byte) error {
	d.strike()
	for {
		n := min(max(f.Size, 1), len(piece))
		if err := d.give(piece[:n]); err != nil {
			return err
		}
		if piece = piece[n:]; len(piece) == 0 {
			return nil
		}
		if err := d.wait(f.Pause); err != nil {
			return err
		}
	}
}
