package order

import (
	"time"

	"hookproof/hook"
)

// Options of a checker.
type Options struct {
	Profile *hook.Profile // nil: hook.SRS1, the protocol's document

	// Uncertainty of the times. An event that arrived before the previous
	// one was answered, but by no more than this, is inconclusive. 0: 1 ms.
	// Negative: none.
	Uncertainty time.Duration

	// Events that have a URL; nil: all six. An event without a URL is never
	// missing.
	Events []hook.Event
	// URLs is the number of URLs of an event. They are called one by one, and
	// all calls are fed to this checker. 0 or absent: 1.
	URLs map[hook.Event]int
	// HTTPPlayers allows on_play and on_stop without on_connect, as SRS sends
	// them for players over HTTP-FLV and HLS (srs6).
	HTTPPlayers bool

	// CloseWithin is the time limit for the closing events of a client that
	// left, as told by Left (S-ORD-05). 0: 5 s.
	CloseWithin time.Duration

	// MaxProblems is the number of problems kept; further ones are only
	// counted. 0: 1,000.
	MaxProblems int
	// KeepClosed is the number of closed clients that are remembered, so that
	// events after on_close are noticed; the oldest are forgotten. 0: 100,000.
	KeepClosed int
}

// New returns a checker.
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
