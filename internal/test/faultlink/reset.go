package faultlink

import "fmt"

// Broken resets the connection towards both sides once more than so many bytes
// of its direction have come. The rest is not given on.
type Broken struct{ After int64 }

// Kind is Reset.
func (Broken) Kind() Kind { return Reset }

// String returns the place.
func (f Broken) String() string { return fmt.Sprintf("reset after %d bytes", f.After) }

func (f Broken) carry(d *direction, piece []byte) error {
	rest, over, err := d.upTo(f.After, piece)
	if err != nil || !over || len(rest) == 0 {
		return err
	}
	d.strike()
	return errCut
}
