// Package evidence keeps what was observed of one scenario: an append-only
// timeline that steps write while they act, that checks read, and that a
// recorded run is judged from again.
//
// A Log is either live, and Await waits for what is still to come, or sealed
// (read back from a recording), and Await decides at once on what is there.
package evidence

import (
	"context"
	"errors"
	"sync"
	"time"

	"hookproof/reports"
)

// ErrSealed is what Await returns on a sealed log whose observations do not
// meet the condition: nothing more will come.
var ErrSealed = errors.New("the recording ends without it")

// Log is the timeline of one scenario. Its methods may be called concurrently.
type Log struct {
	scenario, profile string
	start             time.Time
	sink              func(reports.Observation)
	sealed            bool

	mu      sync.Mutex
	obs     []reports.Observation
	changed chan struct{} // closed and replaced with every addition somebody waits for
	waiting int
}

// New gives a live log. start is the zero of its clock (the start of the run,
// with its monotonic reading); sink, when not nil, is told of every observation
// in order, and must not call back.
func New(scenario, profile string, start time.Time, sink func(reports.Observation)) *Log {
	return &Log{scenario: scenario, profile: profile, start: start, sink: sink, changed: make(chan struct{})}
}

// Recorded gives a sealed log of what an earlier run observed.
func Recorded(obs []reports.Observation) *Log {
	return &Log{sealed: true, obs: obs, changed: make(chan struct{})}
}

// Sealed reports whether the log is a recording.
func (l *Log) Sealed() bool { return l.sealed }

// At gives the log's time of t, in seconds.
func (l *Log) At(t time.Time) float64 { return t.Sub(l.start).Seconds() }

// Now gives the log's time of now, in seconds; the time of the last
// observation on a sealed log.
func (l *Log) Now() float64 {
	if !l.sealed {
		return l.At(time.Now())
	}
	if n := len(l.obs); n > 0 {
		return l.obs[n-1].T
	}
	return 0
}

// Add appends an observation and gives its number. A zero T is set to now; N,
// Scenario and Profile are set. On a sealed log nothing is added.
func (l *Log) Add(o reports.Observation) int {
	if l.sealed {
		return -1
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if o.T == 0 {
		o.T = l.At(time.Now())
	}
	o.N, o.Scenario, o.Profile = len(l.obs), l.scenario, l.profile
	l.obs = append(l.obs, o)
	if l.sink != nil {
		l.sink(o)
	}
	if l.waiting > 0 {
		close(l.changed)
		l.changed, l.waiting = make(chan struct{}), 0
	}
	return o.N
}

// All gives the observations so far. The slice is shared: do not change it.
func (l *Log) All() []reports.Observation {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.obs[:len(l.obs):len(l.obs)]
}

// Await waits until cond holds of the observations. It returns the context's
// error when that ends first, and ErrSealed when the log is a recording in
// which cond does not hold.
func (l *Log) Await(ctx context.Context, cond func([]reports.Observation) bool) error {
	for {
		l.mu.Lock()
		obs, changed := l.obs[:len(l.obs):len(l.obs)], l.changed
		l.waiting++
		l.mu.Unlock()
		switch {
		case cond(obs):
			return nil
		case l.sealed:
			return ErrSealed
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
