package faultlink

import (
	"fmt"
	"time"
)

// HalfClosed tells the receiver after so many bytes of its direction that
// nothing more comes, and drops what the sender still sends. The other
// direction goes on.
type HalfClosed struct {
	After int64
	// Wait is how long after those bytes; until then more pass.
	Wait time.Duration
}

// Kind is HalfClose.
func (HalfClosed) Kind() Kind { return HalfClose }

// String returns the place and the time.
func (f HalfClosed) String() string {
	if f.Wait == 0 {
		return fmt.Sprintf("half-close after %d bytes", f.After)
	}
	return fmt.Sprintf("half-close %v after %d bytes", f.Wait, f.After)
}

func (f HalfClosed) carry(d *direction, piece []byte) error {
	if d.timer != nil {
		return d.give(piece)
	}
	rest, over, err := d.upTo(f.After, piece)
	switch {
	case err != nil || !over:
		return err
	case f.Wait == 0:
		d.closeWrite()
		return nil
	}
	d.timer = time.AfterFunc(f.Wait, d.closeWrite)
	return d.give(rest)
}
