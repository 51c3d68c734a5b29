package faultlink

import (
	"fmt"
	"time"
)

// Narrow lets pass Rate bytes a second, 20 or more.
type Narrow struct{ Rate int }

// Kind is Bandwidth.
func (Narrow) Kind() Kind { return Bandwidth }

// String returns the rate.
func (f Narrow) String() string { return fmt.Sprintf("bandwidth of %d bytes/s", f.Rate) }

func (f Narrow) carry(d *direction, piece []byte) error {
	const perSecond = 20
	d.strike()
	step := max(f.Rate/perSecond, 1)
	for len(piece) > 0 {
		n := min(step, len(piece))
		if err := d.wait(time.Second * time.Duration(n) / time.Duration(max(f.Rate, 1))); err != nil {
			return err
		}
		if err := d.give(piece[:n]); err != nil {
			return err
		}
		piece = piece[n:]
	}
	return nil
}
