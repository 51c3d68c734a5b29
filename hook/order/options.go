package order

import (
	"time"

	"hookproof/hook"
)

// Options of a checker.
type Options struct {
	Profile *hook.Profile // nil: hook.SRS1, the protocol's document

	// Uncertainty of the times given. An event that arrived before the answer
	// to the one before, but by no more than this, is inconclusive. 0: 1 ms.
	// Negative: none.
	Uncertainty time.Duration

	// Events that are configured to be called at all; nil: all six. What is
	// not configured is not missed.
	Events []hook.Event
	// URLs is how many URLs an event is called at, one by one, all of which
	// are fed to this checker; 0 or not in it: 1.
	URLs map[hook.Event]int
	// HTTPPlayers allows on_play and on_stop without on_connect, as players
	// over HTTP-FLV and HLS give them (srs7).
	HTTPPlayers bool

	// CloseWithin is how long the closing events of a client that was said to
	// have left may take (S-ORD-05). 0: 5 s.
	CloseWithin time.Duration

	// MaxProblems is how many problems are kept; further ones are counted.
	// 0: 1,000.
	MaxProblems int
	// KeepClosed is how many closed clients are remembered, so that what comes
	// after on_close is seen; the oldest are forgotten. 0: 100,000.
	KeepClosed int
}

// New makes a checker.
func New(o Options) *Checker {
	if o.Profile == nil {
		o.Profile = hook.SRS1
	}
	k := &Checker{
		table:       tableFor(o.Profile, o.HTTPPlayers),
		events:      allEvents,
		uncertainty: o.Uncertainty,
		closeWithin: o.CloseWithin,
		maxProblems: o.MaxProblems,
		keepClosed:  o.KeepClosed,
		clients:     make(map[string]client),
	}
	if o.Events != nil {
		k.events = set(o.Events...)
	}
	for e := range k.urls {
		k.urls[e] = uint8(min(max(o.URLs[hook.Event(e)], 1), 255))
	}
	switch {
	case o.Uncertainty == 0:
		k.uncertainty = time.Millisecond
	case o.Uncertainty < 0:
		k.uncertainty = 0
	}
	setDefault(&k.closeWithin, 5*time.Second)
	setDefault(&k.maxProblems, 1000)
	setDefault(&k.keepClosed, 100_000)
	k.closed.size = k.keepClosed
	return k
}

func setDefault[T int | time.Duration](v *T, def T) {
	if *v <= 0 {
		*v = def
	}
}
