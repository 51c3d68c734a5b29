// Package mutantrun proves that the suite notices what it is meant to notice:
// it runs the scenarios against the built-in server with the proxies of each
// mutant between the parties, and compares the requirements that fail with
// those that the mutant's row names.
package mutantrun

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
	"hookproof/internal/mutant"
	"hookproof/reports"
)

// Options say which mutants are run, and how. The zero value is all of them.
type Options struct {
	Name     string   // part of a mutant's name; "" is all
	Profiles []string // none: all
	Parallel int      // mutants at once; 0 is DefaultParallel
	Scale    float64  // of all time-outs at the first look; 0 is DefaultScale
	Clients  int      // in a crowd; 0 is DefaultClients
	// EveryCase has every mutant face every case, not a choice of them.
	EveryCase bool
	Seed      int64
	// Done, when not nil, is told of each trial that is over, one at a time.
	Done func(*Trial)
}

// Defaults of Options.
const (
	DefaultParallel = 4
	DefaultScale    = 0.5
	DefaultClients  = 24
)

// scenariosAtOnce is how many scenarios of one trial run side by side. Most of
// them wait: for what a defect keeps from coming.
const scenariosAtOnce = 12

// Trials lists the trials that the options ask for, not yet run; the one
// without a defect comes first, in each profile. Options that match nothing
// are an error.
func Trials(o Options) ([]*Trial, error) {
	var all []*Trial
	for _, m := range append([]mutant.Mutant{mutant.Unmutated}, mutant.Table...) {
		if !strings.Contains(m.Name, o.Name) && m.Name != mutant.Unmutated.Name {
			continue
		}
		for _, p := range hook.Profiles() {
			if m.In(p) && (len(o.Profiles) == 0 || slices.Contains(o.Profiles, p.Name)) {
				all = append(all, &Trial{Mutant: m, Profile: p})
			}
		}
	}
	for _, name := range o.Profiles {
		if !slices.Contains(features.Profiles, name) {
			return nil, fmt.Errorf("profile %q: want one of %s", name, strings.Join(features.Profiles, ", "))
		}
	}
	if o.Name != "" && o.Name != mutant.Unmutated.Name && !slices.ContainsFunc(all, func(t *Trial) bool { return !t.unmutated() }) {
		return nil, fmt.Errorf("no mutant matches %q (-list shows them)", o.Name)
	}
	return all, nil
}

// Run runs the trials, several at once, and gives a run whose scenarios are
// those of the unmutated server. A trial that did not come out as it should is
// looked at a second time, alone and with full patience: on a busy machine the
// first look can be wrong. An error means that something could not be run.
func Run(ctx context.Context, o Options, trials []*Trial) (*reports.Run, error) {
	o.setDefaults()
	run := &reports.Run{SchemaVersion: reports.SchemaVersion, Tool: "hookproof conformance mutants", Started: time.Now(),
		Target:  reports.Target{Kind: reports.TargetBuiltIn, Description: "the built-in RTMP server, behind the proxies of the mutants"},
		Options: reports.Options{Seed: o.Seed, Clients: o.Clients, TimeoutScale: o.Scale, Parallel: o.Parallel}}
	cases, err := features.Cases(features.RoleServer)
	if err != nil {
		return nil, err
	}
	err = o.firstLook(ctx, trials, cases)
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
			chosen := t.choose(cases, o.EveryCase)
			if err := t.look(ctx, o, chosen, o.Scale); err != nil {
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

// collect fills in what the trials came to; those that an interrupted run did
// not get to came to nothing.
func collect(run *reports.Run, trials []*Trial) {
	run.Mutants = &reports.Mutants{Unmutated: reports.NotRun}
	for _, r := range features.Requirements() {
		if r.Role == features.RoleServer {
			run.Requirements = append(run.Requirements, r)
		}
	}
	for _, t := range trials {
		if t.results == nil {
			continue
		}
		if !t.unmutated() {
			run.Mutants.Rows = append(run.Mutants.Rows, t.row())
			continue
		}
		run.Profiles = append(run.Profiles, t.Profile.Name)
		run.Scenarios = append(run.Scenarios, t.scenarios()...)
		switch {
		case !t.Caught:
			run.Mutants.Unmutated = reports.Fail
		case run.Mutants.Unmutated == reports.NotRun:
			run.Mutants.Unmutated = reports.Pass
		}
	}
}
