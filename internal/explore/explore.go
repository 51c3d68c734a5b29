// Package explore finds what nobody scripted: it draws programs of a few clients and
// a hook server (package program), plays them on an RTMP server through the scenes
// of the conformance suite, and has each judged by everything that is known of the
// protocol (package oracle). What breaks a requirement is played again, made as
// small as it gets, and kept as a scenario.
package explore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hookproof/internal/check"
	"hookproof/internal/explore/program"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/reports"
)

// Options say how a server is explored. For or Programs, or both, end it.
type Options struct {
	For      time.Duration // 0: no limit
	Programs int           // 0: no limit
	Seed     int64
	Clients  int // in a program, 1 to 8; 0 is DefaultClients
	Parallel int // programs at once; 0 is DefaultParallel
	Started  time.Time
	// Replays is how often what was found is played again; 0 is DefaultReplays.
	Replays int
	// ShrinkFor bounds the time in which one violation is made smaller; 0 is
	// DefaultShrink, less than 0 does not shrink.
	ShrinkFor time.Duration
	// First ends the exploration with the first violation that comes again.
	First bool
	// Found, when not nil, is told of each new violation; not by two at a time.
	Found func(*Violation)
}

// Defaults of Options.
const (
	DefaultClients  = 8
	DefaultParallel = 8
	DefaultReplays  = 3
	DefaultShrink   = time.Minute
)

// Counters count what an exploration has done so far.
type Counters struct {
	Programs, Steps, Refusals, Violations int
	Pairs                                 int // different steps in different states
	Undecided                             int // programs of which nothing can be said
}

// String returns them on one line.
func (c Counters) String() string {
	text := fmt.Sprintf("%d programs, %d steps, %d states covered, %d refusals, %d violations", c.Programs, c.Steps,
		c.Pairs, c.Refusals, c.Violations)
	if c.Undecided > 0 {
		text += fmt.Sprintf(", %d undecided", c.Undecided)
	}
	return text
}

// Violation is a requirement broken in one way, by the first program that did so.
type Violation struct {
	Requirement string
	Cause       string // the way, in a word or two
	Profile     string
	Seed        uint64          // of the program
	Number      int             // of the program in this exploration, from 1
	Drawn       program.Program // as it was drawn
	Program     program.Program // made small
	First       *check.Finding  // of the program as it was drawn
	Finding     *check.Finding
	Failed      int // of Replays times that it was played again it failed
	Replays     int
	Times       int // programs that broke it in this way
	Looks       int // programs of those that were played again
	Started     time.Time
	Took        time.Duration
	Actors      []reports.Actor
	Evidence    []reports.Observation
}

// Unstable reports whether the violation did not come each time.
func (v *Violation) Unstable() bool { return v.Failed < v.Replays }

// Explorer explores one server in one profile.
type Explorer struct {
	o      Options
	target *rtmptarget.Target
	limits program.Limits

	// playing is held, for reading, while a program is played among others, and for
	// writing while what was found is played again, alone.
	playing sync.RWMutex

	mu         sync.Mutex
	next       int
	pairs      map[string]bool
	counters   Counters
	violations []*Violation
	known      map[string]*Violation // by key
	ended      bool
	undecided  string
}

// New returns an explorer of a target. Zero options are set to their defaults.
func New(t *rtmptarget.Target, o Options) *Explorer {
	setDefault(&o.Clients, DefaultClients)
	setDefault(&o.Parallel, DefaultParallel)
	setDefault(&o.Replays, DefaultReplays)
	if o.ShrinkFor == 0 {
		o.ShrinkFor = DefaultShrink
	}
	if o.Started.IsZero() {
		o.Started = time.Now()
	}
	return &Explorer{o: o, target: t, pairs: map[string]bool{}, known: map[string]*Violation{},
		limits: program.Limits{Clients: o.Clients, Kick: t.Lacks[rtmptarget.CanKick] == ""}}
}

func setDefault(v *int, def int) {
	if *v == 0 {
		*v = def
	}
}

// Counters returns what has been done so far.
func (e *Explorer) Counters() Counters {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.counters
	c.Pairs = len(e.pairs)
	return c
}

// Undecided returns why nothing could be said of a program, of the last such one.
func (e *Explorer) Undecided() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.undecided
}

// Run explores until the options or ctx end it, or the server does, and returns what
// was found.
func (e *Explorer) Run(ctx context.Context) []*Violation {
	drawing := ctx
	if e.o.For > 0 {
		var cancel context.CancelFunc
		drawing, cancel = context.WithTimeout(ctx, e.o.For)
		defer cancel()
	}
	var workers errgroup.Group
	for range e.o.Parallel {
		workers.Go(func() error {
			for drawing.Err() == nil && e.one(ctx) {
			}
			return nil
		})
	}
	_ = workers.Wait() // workers have no errors
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.violations
}

// one plays the next program; false when there is none.
func (e *Explorer) one(ctx context.Context) bool {
	e.mu.Lock()
	number := e.next
	over := e.ended || e.o.Programs > 0 && number >= e.o.Programs
	e.next++
	e.mu.Unlock()
	if over {
		return false
	}
	seed := SeedOf(e.o.Seed, number)
	p := program.Draw(seed, e.limits)
	started := time.Now()
	e.playing.RLock()
	r := play(ctx, e.target, p, fmt.Sprintf("explore/%d", seed), e.o.Started)
	e.playing.RUnlock()
	if v := e.count(p, r); v != nil {
		v.Seed, v.Number, v.Started, v.Took = seed, number+1, started, time.Since(started)
		e.examine(ctx, v, r)
	}
	return ctx.Err() == nil
}

// SeedOf returns the seed of the n-th program (from 0) of an exploration.
func SeedOf(seed int64, n int) uint64 {
	return rand.New(rand.NewPCG(uint64(seed), uint64(n))).Uint64() >> 1
}

// count takes in what came of a program. It returns the violation if it is a new one.
func (e *Explorer) count(p program.Program, r *played) *Violation {
	e.mu.Lock()
	defer e.mu.Unlock()
	if r.reason == interrupted {
		return nil
	}
	c := &e.counters
	c.Programs++
	c.Steps += len(p)
	c.Refusals += r.refusals
	for _, pair := range r.pairs {
		e.pairs[pair] = true
	}
	if r.reason != "" {
		c.Undecided++
		e.undecided = r.reason
	}
	if len(r.found) == 0 {
		return nil
	}
	c.Violations++
	f := r.found[0]
	known := e.known[f.Requirement+" "+f.Cause]
	if known != nil {
		known.Times++
		if known.Failed > 0 || known.Looks >= mostLooks {
			return nil
		}
	}
	e.ended = e.ended || f.Fatal
	return &Violation{Requirement: f.Requirement, Cause: f.Cause, Profile: e.target.Profile.Name, Drawn: p, Program: p,
		First: f, Finding: f, Times: 1, Actors: r.actors, Evidence: r.obs}
}

// mostLooks is how many programs are played again for one kind of violation, until one
// of them does it again: what a program saw may have been another's doing.
const mostLooks = 8

// examine plays a violation again, and makes it smaller.
func (e *Explorer) examine(ctx context.Context, v *Violation, r *played) {
	e.playing.Lock()
	defer e.playing.Unlock()
	if !e.first(v) {
		return
	}
	if !v.Finding.Fatal {
		e.Replay(ctx, v)
		if e.o.ShrinkFor > 0 && v.Failed > 0 {
			e.small(ctx, v, r)
		}
	}
	if e.keep(v) && e.o.Found != nil {
		e.o.Found(v)
	}
}

// small makes a violation's program smaller, and finds out how often that one fails. If
// it never does, what was drawn stays.
func (e *Explorer) small(ctx context.Context, v *Violation, r *played) {
	drawn := *v
	e.shrink(ctx, v, r)
	if slices.Equal(v.Program, drawn.Program) {
		return
	}
	v.Failed, v.Replays = 0, 0
	if e.Replay(ctx, v); v.Failed == 0 {
		*v = drawn
	}
}

// first reports whether no violation of the kind has been found, or none that came
// again, and the exploration goes on.
func (e *Explorer) first(v *Violation) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	known := e.known[v.key()]
	if e.ended && !v.First.Fatal {
		return false
	}
	return known == nil || known.Failed == 0 && known.Looks < mostLooks
}

// keep takes a violation in, in place of one of its kind that never came again. It
// reports whether there is something to tell.
func (e *Explorer) keep(v *Violation) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	key := v.key()
	known := e.known[key]
	e.ended = e.ended || e.o.First && v.Failed > 0
	switch {
	case known == nil:
		v.Looks = 1
		e.known[key] = v
		e.violations = append(e.violations, v)
		return true
	case v.Failed == 0:
		known.Looks++
		return false
	}
	v.Times, v.Looks = known.Times, known.Looks+1
	e.known[key] = v
	e.violations[slices.Index(e.violations, known)] = v
	return true
}

func (v *Violation) key() string { return v.First.Requirement + " " + v.First.Cause }

// Replay plays a violation's program again, as often as the options say, and notes how
// often the requirement was broken again.
func (e *Explorer) Replay(ctx context.Context, v *Violation) {
	for range e.o.Replays {
		r := play(ctx, e.target, v.Program, "explore/again", e.o.Started)
		if r.reason == interrupted {
			return
		}
		v.Replays++
		if r.breaks(v.Requirement) {
			v.Failed++
			v.take(r)
		}
	}
}

// take keeps what was seen when a violation came again.
func (v *Violation) take(r *played) {
	for _, f := range r.found {
		if f.Requirement == v.Requirement {
			v.Finding = f
			break
		}
	}
	v.Actors, v.Evidence = r.actors, r.obs
}

// File plays a program that was kept, and judges it, as often as the options say. It
// returns nil where nothing is broken.
func (e *Explorer) File(ctx context.Context, s *program.Scenario) (*Violation, error) {
	v := &Violation{Requirement: s.Requirement, Profile: e.target.Profile.Name, Drawn: s.Program, Program: s.Program,
		Started: time.Now()}
	for range e.o.Replays {
		r := play(ctx, e.target, s.Program, "explore/replay", e.o.Started)
		if r.reason != "" {
			return nil, fmt.Errorf("the program could not be judged: %s", r.reason)
		}
		e.count(s.Program, r)
		v.Replays++
		if len(r.found) == 0 {
			continue
		}
		v.Failed++
		if !r.breaks(v.Requirement) {
			v.Requirement = r.id()
		}
		v.take(r)
	}
	v.Took = time.Since(v.Started)
	if v.Failed == 0 {
		return nil, nil
	}
	v.First, v.Cause, v.Times = v.Finding, v.Finding.Cause, v.Failed
	return v, nil
}
