package faultlink

import "fmt"

// Kind is the sort of a fault.
type Kind uint8

// The kinds.
const (
	None      Kind = iota
	Delay          // pieces come later
	Bandwidth      // bytes come slowly
	Slice          // bytes come in small pieces
	Stall          // nothing comes for a while
	Reset          // both sides get a TCP reset
	HalfClose      // one side gets a FIN, and sends on
	kindCount
)

// Kinds lists all kinds but None.
var Kinds = [...]Kind{Delay, Bandwidth, Slice, Stall, Reset, HalfClose}

var kindNames = [kindCount]string{"none", "delay", "bandwidth", "slice", "stall", "reset", "half-close"}

// String names the kind.
func (k Kind) String() string {
	if k < kindCount {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Cuts reports whether the kind ends a connection, or a direction of it, before
// its peers do.
func (k Kind) Cuts() bool { return k == Reset || k == HalfClose }

// A Fault is what befalls the bytes of one direction of one connection. The
// zero values of the types that implement it do nothing worth having; a Mix
// makes good ones.
type Fault interface {
	Kind() Kind
	// String says what the fault does, with its numbers.
	String() string
	// carry returns on one piece of what was read, which is not empty, or part
	// of it. Its error ends the direction; errCut does so in silence.
	carry(d *direction, piece []byte) error
}

// A Plan is what a connection is to suffer in each direction. A nil Fault is
// none.
type Plan struct {
	Up   Fault // from who connected
	Down Fault // to who connected
}

// Kind is the kind of the plan's fault; where there are two, that of Up.
func (p Plan) Kind() Kind {
	for _, f := range [...]Fault{p.Up, p.Down} {
		if f != nil {
			return f.Kind()
		}
	}
	return None
}

// String describes the plan: "reset after 12 bytes down".
func (p Plan) String() string {
	switch {
	case p.Up == nil && p.Down == nil:
		return "no fault"
	case p.Down == nil:
		return p.Up.String() + " up"
	case p.Up == nil:
		return p.Down.String() + " down"
	case p.Up.String() == p.Down.String():
		return p.Up.String() + " both ways"
	}
	return p.Up.String() + " up, " + p.Down.String() + " down"
}
