package faultlink

import "fmt"

// Broken resets the connection towards both sides, after so many bytes of its
// direction.
type Broken struct{ After int64 }

// Kind is Reset.
func (Broken) Kind() Kind { return Reset }

// String gives the place.
func (f Broken) String() string { return fmt.Sprintf("reset after %d bytes", f.After) }

func (f Broken) carry(d *direction, piece []byte) error {
	_, over, err := d.upTo(f.After, piece)
	if err != nil || !over {
		return err
	}
	d.strike()
	return errCut
}
