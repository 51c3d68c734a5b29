// Package timeline keeps what was observed of one scenario: an append-only
// timeline that steps write while they act, that checks read, and that a
// recorded run is judged from again.
//
// A Log is either live, and Await waits for what is still to come, or sealed
// (read back from a recording), and Await decides at once on what is there.
package timeline

import (
	"context"
	"errors"
	"fmt"
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
	whole   []reports.Observation // of a sealed log, of which obs is a beginning
	changed chan struct{}         // closed and replaced with every addition somebody waits for
	waiting int
	began   int // how many there were when the step began
	shown   int // how many observations the last All or Await was decided on
}

// New returns a live log. start is the zero of its clock (the start of the run,
// with its monotonic reading); sink, when not nil, is told of every observation
// in order, and must not call back.
func New(scenario, profile string, start time.Time, sink func(reports.Observation)) *Log {
	return &Log{scenario: scenario, profile: profile, start: start, sink: sink, changed: make(chan struct{})}
}

// Recorded returns a sealed log of what an earlier run observed.
func Recorded(obs []reports.Observation) *Log {
	return &Log{sealed: true, obs: obs, whole: obs, changed: make(chan struct{})}
}

// Sealed reports whether the log is a recording.
func (l *Log) Sealed() bool { return l.sealed }

// At returns the log's time of t, in seconds.
func (l *Log) At(t time.Time) float64 { return t.Sub(l.start).Seconds() }

// Now returns the log's time of now, in seconds; the time of the last
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

// Add appends an observation and returns its number. A zero T is set to now; N,
// Scenario and Profile are set. On a sealed log nothing is added.
func (l *Log) Add(o reports.Observation) int {
	if l.sealed {
		return -1
	}
	o = o.Canonical()
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

// All returns the observations so far. The slice is shared: do not change it.
func (l *Log) All() []reports.Observation {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.snapshot()
}

// Whole returns everything: of a sealed log the whole recording, whatever step
// it is at.
func (l *Log) Whole() []reports.Observation {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sealed {
		return l.whole
	}
	return l.obs[:len(l.obs):len(l.obs)]
}

// snapshot returns what there is, and notes how much that was.
func (l *Log) snapshot() []reports.Observation {
	l.shown = len(l.obs)
	return l.obs[:l.shown:l.shown]
}

// Mark records that a step is over, and what it was decided on: all
// observations that it had been shown. A recording is judged step by step on
// the same ones.
func (l *Log) Mark(step int) {
	l.mu.Lock()
	shown := l.shown
	l.mu.Unlock()
	l.Add(reports.Observation{Kind: reports.KindNote, Name: markNote, Text: fmt.Sprintf("step %d is over", step+1),
		Data: &reports.Details{StepMark: reports.StepMark{Step: step, DecidedOn: shown}}})
}

const markNote = "step"

// Begin tells that a step begins. A sealed log shows from now on what the step
// was decided on when it ran; Begin reports whether the recording reaches it.
func (l *Log) Begin(step int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.sealed {
		l.began = len(l.obs)
		return true
	}
	l.began = 0
	for i := range l.whole {
		o := &l.whole[i]
		if o.Kind != reports.KindNote || o.Name != markNote {
			continue
		}
		switch mark := o.Details().StepMark; mark.Step {
		case step - 1:
			l.began = i
		case step:
			l.obs = l.whole[:min(mark.DecidedOn, len(l.whole))]
			return true
		}
	}
	l.obs = l.whole
	return false
}

// Before returns what had been observed when the step began.
func (l *Log) Before() []reports.Observation {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(l.began, len(l.obs))
	return l.obs[:n:n]
}

// Await waits until cond holds of the observations. It returns the context's
// error when that ends first, and ErrSealed when the log is a recording in
// which cond does not hold.
func (l *Log) Await(ctx context.Context, cond func([]reports.Observation) bool) error {
	for {
		l.mu.Lock()
		obs, changed := l.snapshot(), l.changed
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
