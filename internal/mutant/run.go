// Package mutant proves that the suite notices what it is meant to notice, and
// nothing else: it runs the scenarios against peers with one planted defect
// each (mutants), and against peers that differ in a legal way (variants), and
// compares the requirements that fail with those that the peer's row names.
// The rows of RTMP servers are in rtmpdefect, those of hook servers in
// hookdefect.
package mutant

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/reports"
)

// Options say which mutants are run, and how. The zero value is all of them.
type Options struct {
	Names    []string // parts of rows' names; none: all
	Role     string   // of the software under test; "": both
	Profiles []string // none: all
	// Few runs each row in the newest of its profiles, and mutants of RTMP servers in the oldest profile there is, too:
	// profiles between the two have the same code.
	Few      bool
	Parallel int     // mutants at once; 0 is DefaultParallel
	Scale    float64 // of all time-outs at the first look; 0 is DefaultScale
	Clients  int     // in a crowd; 0 is DefaultClients
	// EveryCase has every row face every case, not a choice of them.
	EveryCase bool
	Seed      int64
	// Done, when not nil, is called with each trial that is over, one at a time.
	Done func(*Trial)
}

// Defaults of Options.
const (
	DefaultParallel = 8 // with 4 at once both of 2 cores are half idle: all take 4 min, not 2 min 30 s
	DefaultScale    = 0.5
	DefaultClients  = 24
)

// scenariosAtOnce is how many scenarios of one trial run side by side. Most of
// them wait: for what a defect keeps from coming.
const scenariosAtOnce = 12

// Trials lists the trials of rows that the options ask for, not yet run. The
// sound rows are always among them. Options that match nothing are an error.
func Trials(o Options, rows []Row) ([]*Trial, error) {
	var all []*Trial
	for _, r := range rows {
		if o.Role != "" && r.Peer.Role() != o.Role || !r.sound() && !o.names(r.Name) {
			continue
		}
		all = append(all, o.inProfiles(r)...)
	}
	for _, name := range o.Profiles {
		if !slices.Contains(features.Profiles, name) {
			return nil, fmt.Errorf("profile %q: want one of %s", name, strings.Join(features.Profiles, ", "))
		}
	}
	for _, name := range o.Names {
		if !slices.ContainsFunc(all, func(t *Trial) bool { return strings.Contains(t.Row.Name, name) }) {
			return nil, fmt.Errorf("no mutant or variant matches %q (-list shows them)", name)
		}
	}
	return all, nil
}

// names reports whether a name is asked for.
func (o *Options) names(name string) bool {
	return len(o.Names) == 0 || slices.ContainsFunc(o.Names, func(part string) bool {
		return strings.Contains(name, part)
	})
}

// inProfiles lists the trials of one row.
func (o *Options) inProfiles(r Row) (all []*Trial) {
	for _, p := range hook.Profiles() {
		if r.In(p) && (len(o.Profiles) == 0 || slices.Contains(o.Profiles, p.Name)) {
			all = append(all, &Trial{Row: r, Profile: p})
		}
	}
	if !o.Few || len(all) < 2 {
		return all
	}
	newest := all[len(all)-1:]
	if first := all[0]; !r.Variant && r.Peer.Role() == features.RoleServer && first.Profile == hook.Profiles()[0] {
		return []*Trial{first, newest[0]}
	}
	return newest
}

// Run runs the trials, several at once, and returns a run whose scenarios are
// those of the sound peers. A trial that did not come out as it should is
// looked at a second time, alone and with full patience: on a busy machine the
// first look can be wrong. An error means that something could not be run.
func Run(ctx context.Context, o Options, trials []*Trial) (*reports.Run, error) {
	o.setDefaults()
	run := &reports.Run{SchemaVersion: reports.SchemaVersion, Tool: "hookproof conformance mutants",
		Started: time.Now(),
		Target:  reports.Target{Kind: reports.TargetBuiltIn, Description: describe(trials)},
		Options: reports.Options{Seed: o.Seed, Clients: o.Clients, TimeoutScale: o.Scale, Parallel: o.Parallel}}
	var cases []features.Case
	for _, role := range []string{features.RoleServer, features.RoleHookServer} {
		some, err := features.Cases(role)
		if err != nil {
			return nil, err
		}
		cases = append(cases, some...)
	}
	err := o.firstLook(ctx, trials, cases)
	if err == nil {
		err = o.secondLook(ctx, trials, cases)
	}
	if err != nil && ctx.Err() == nil {
		return nil, err
	}
	run.Ended, run.Interrupted = time.Now(), ctx.Err() != nil
	collect(run, trials)
	return run, nil
}

// describe says what the trials are run against.
func describe(trials []*Trial) string {
	var parts []string
	for role, text := range map[string]string{
		features.RoleServer:     "the built-in RTMP server, behind the proxies of the mutants",
		features.RoleHookServer: "small hook servers with a planted difference each",
	} {
		if slices.ContainsFunc(trials, func(t *Trial) bool { return t.Row.Peer.Role() == role }) {
			parts = append(parts, text)
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "; ")
}

func (o *Options) setDefaults() {
	if o.Parallel <= 0 {
		o.Parallel = DefaultParallel
	}
	if o.Scale <= 0 {
		o.Scale = DefaultScale
	}
	if o.Clients <= 0 {
		o.Clients = DefaultClients
	}
}

func (o *Options) firstLook(ctx context.Context, trials []*Trial, cases []features.Case) error {
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(o.Parallel)
	for _, t := range trials {
		g.Go(func() error {
			if err := t.look(ctx, o, t.choose(cases, o.EveryCase), t.firstScale(o)); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			if t.judge(); t.Caught && o.Done != nil {
				o.Done(t)
			}
			return nil
		})
	}
	return g.Wait()
}

// firstScale is the scale of time-outs at the first look.
func (t *Trial) firstScale(o *Options) float64 {
	switch {
	case t.Row.Silent:
		return o.Scale / 2
	case t.Row.Patient:
		return 1
	}
	return o.Scale
}

// secondLook repeats, one trial after the other, what came out wrong.
func (o *Options) secondLook(ctx context.Context, trials []*Trial, cases []features.Case) error {
	for _, t := range trials {
		if t.Caught {
			continue
		}
		first := t.Detail
		if err := t.look(ctx, o, t.doubtful(cases), 1); err != nil {
			return err
		}
		t.judge()
		t.Again = true
		if t.Caught {
			t.Detail = "at the second look; at the first, " + first
		}
		if o.Done != nil {
			o.Done(t)
		}
	}
	return nil
}

// errInterrupted is the error of a trial that was ended from outside.
var errInterrupted = errors.New("interrupted")

// collect fills in the results of the trials; those that an interrupted run did
// not get to have none.
func collect(run *reports.Run, trials []*Trial) {
	run.Mutants = &reports.Mutants{Unmutated: reports.NotRun}
	for _, r := range features.Requirements() {
		if slices.ContainsFunc(trials, func(t *Trial) bool { return t.Row.Peer.Role() == r.Role }) {
			run.Requirements = append(run.Requirements, r)
		}
	}
	for _, t := range trials {
		if t.results == nil {
			continue
		}
		if !t.Row.sound() {
			run.Mutants.Rows = append(run.Mutants.Rows, t.row())
			continue
		}
		if !slices.Contains(run.Profiles, t.Profile.Name) {
			run.Profiles = append(run.Profiles, t.Profile.Name)
		}
		run.Scenarios = append(run.Scenarios, t.scenarios()...)
		switch {
		case !t.Caught:
			run.Mutants.Unmutated = reports.Fail
		case run.Mutants.Unmutated == reports.NotRun:
			run.Mutants.Unmutated = reports.Pass
		}
	}
}
