// Package suite runs the scenarios of the features against a target and
// collects what came of them: it selects, opens a target for each profile,
// has godog run the steps, and makes verdicts of their errors.
package suite

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/cucumber/godog"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/hookcheck"
	"hookproof/internal/scenario"
	"hookproof/internal/timeline"
	"hookproof/reports"
	"hookproof/steps"
)

// Options say what is run, against what, and how.
type Options struct {
	Selection Selection
	Role      string // of the target: features.RoleServer or features.RoleHookServer
	// Open returns the target for a profile; it is closed after the run. The
	// scenarios of a hook server run one by one: one that ends it can be named.
	Open func(ctx context.Context, p *hook.Profile) (scenario.Target, error)
	// SideBySide says that the targets of several profiles can be open at once.
	SideBySide bool
	Parallel   int // scenarios at once; 0 is DefaultParallel
	Clients    int // in a crowd; 0 is DefaultClients
	// Between is how many are in a crowd in the profiles between the oldest and the newest of a run; 0 is Clients. A
	// server of ours has the same code in all of them.
	Between int
	Scale   float64 // of all time-outs; 0 is 1
	Seed    int64
	Known   *Known       // what is known to fail; may be nil
	Repeats int          // how often a scenario that failed is played again
	Live    reports.Live // told of scenarios as they run; may be nil
	// Started is the zero of all observations' clock; the zero Time is now.
	Started time.Time
	// Observe, when not nil, is told of every observation as it is made.
	Observe func(reports.Observation)
	// For scenarios at once, all profiles together.
	places, crowds, patient, alone *semaphore.Weighted
}

// crowdsAtOnce is how many scenarios with a crowd run at once, besides the
// others: more would only wait for each other.
const crowdsAtOnce = 2

// place returns the semaphore that a case needs a place of to run. A hook server is
// never asked by two. What mostly waits takes no place from others, and begins at
// once: the run is no shorter than the longest of them.
func (o *Options) place(c *features.Case) *semaphore.Weighted {
	switch {
	case o.Role == features.RoleHookServer || o.Parallel == 1:
		return o.places
	case c.Has("deadly"):
		return o.alone
	case c.Has("slow"):
		return o.patient
	case c.Has("load"):
		return o.crowds
	}
	return o.places
}

// Defaults of Options.
const (
	DefaultParallel = 16
	DefaultClients  = 200
	DefaultBetween  = 24
)

// Run runs the selected cases and returns the results, those of an interrupted
// run as well (ctx). An error means that nothing could be run.
func Run(ctx context.Context, o Options) (*reports.Run, error) {
	cases, err := o.Selection.Select(o.Role)
	if err != nil {
		return nil, err
	}
	o.setDefaults()
	run := o.newRun(profilesOf(cases))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var open []*profileRun
	for i, name := range run.Profiles {
		p, err := hook.ProfileByName(name)
		if err != nil {
			return nil, err
		}
		pr := &profileRun{o: &o, role: o.Role, profile: p, clients: o.clientsIn(i, len(run.Profiles)),
			start: run.Started, cases: map[string]*features.Case{}}
		for i := range cases {
			if c := &cases[i]; c.Profile == name {
				pr.cases[c.Key] = c
			}
		}
		open = append(open, pr)
	}
	if err := runProfiles(ctx, open); err != nil {
		return nil, err
	}
	cancel()
	for _, pr := range open {
		run.Scenarios = append(run.Scenarios, pr.results...)
		run.Observations = append(run.Observations, pr.log...)
	}
	order(run.Scenarios, cases)
	all, err := features.Cases(o.Role)
	if err != nil {
		return nil, err
	}
	o.Known.unexpected(run.Scenarios, unselected(all, cases, run.Profiles))
	run.Interrupted = slices.ContainsFunc(run.Scenarios,
		func(s reports.Scenario) bool { return s.Reason == interrupted })
	run.Headline = hookcheck.Headline(run)
	run.Ended = time.Now()
	return run, nil
}

// clientsIn is the size of a crowd in the profile at a place among so many.
func (o *Options) clientsIn(i, profiles int) int {
	if o.Between > 0 && i > 0 && i < profiles-1 {
		return min(o.Between, o.Clients)
	}
	return o.Clients
}

// unselected lists the cases of the run's profiles that are not among the selected ones.
func unselected(all, selected []features.Case, profiles []string) []features.Case {
	return slices.DeleteFunc(all, func(c features.Case) bool {
		return !slices.Contains(profiles, c.Profile) || slices.ContainsFunc(selected, func(s features.Case) bool {
			return s.ID == c.ID && s.Profile == c.Profile
		})
	})
}

// Tool is the name of the suite in its reports.
const Tool = "hookproof conformance"

// newRun begins the result of a run with what the options say of it.
func (o *Options) newRun(profiles []string) *reports.Run {
	return &reports.Run{SchemaVersion: reports.SchemaVersion, Tool: Tool, Started: o.Started,
		Profiles: profiles, Requirements: requirementsOf(o.Role, o.Selection.set()), RequirementSet: o.Selection.set(),
		Options: reports.Options{Seed: o.Seed, Clients: o.Clients, Between: o.Between, TimeoutScale: o.Scale,
			Parallel: o.Parallel, Selection: o.Selection.String()}}
}

// Failed is the result of a run that could not be done, for its report.
func Failed(o *Options, err error) *reports.Run {
	o.setDefaults()
	run := o.newRun(o.Selection.Profiles)
	run.Error, run.Ended = err.Error(), time.Now()
	return run
}

func (o *Options) setDefaults() {
	if o.Parallel <= 0 {
		o.Parallel = DefaultParallel
	}
	if o.Role == features.RoleHookServer {
		o.Parallel = 1
	}
	if o.Clients <= 0 {
		o.Clients = DefaultClients
	}
	if o.Scale <= 0 {
		o.Scale = 1
	}
	o.places, o.crowds = semaphore.NewWeighted(int64(o.Parallel)), semaphore.NewWeighted(crowdsAtOnce)
	o.patient, o.alone = semaphore.NewWeighted(math.MaxInt64), semaphore.NewWeighted(1)
	if o.Started.IsZero() {
		o.Started = time.Now()
	}
}

// runProfiles opens a target for each profile and runs their scenarios:
// side by side where each profile has a target of its own, else one profile
// after the other.
func runProfiles(ctx context.Context, all []*profileRun) error {
	g, ctx := errgroup.WithContext(ctx)
	if len(all) > 0 && !all[0].o.SideBySide {
		g.SetLimit(1)
	}
	for _, pr := range all {
		g.Go(func() error {
			if err := pr.run(ctx); err != nil {
				return fmt.Errorf("profile %s: %w", pr.profile, err)
			}
			return nil
		})
	}
	return g.Wait()
}

func profilesOf(cases []features.Case) []string {
	var names []string
	for _, p := range features.Profiles {
		if slices.ContainsFunc(cases, func(c features.Case) bool { return c.Profile == p }) {
			names = append(names, p)
		}
	}
	return names
}

// requirementsOf lists the requirements of a role. Those that are later than the set ask for nothing.
func requirementsOf(role, set string) []reports.Requirement {
	var reqs []reports.Requirement
	for _, r := range features.Requirements() {
		if r.Role != role {
			continue
		}
		if r.Since > set {
			r.Level, r.LevelIn = reports.May, nil
		}
		reqs = append(reqs, r)
	}
	return reqs
}

// order puts results into the order of the cases.
func order(results []reports.Scenario, cases []features.Case) {
	place := map[string]int{}
	for i, c := range cases {
		place[c.ID+" "+c.Profile] = i
	}
	slices.SortFunc(results, func(a, b reports.Scenario) int {
		return place[a.ID+" "+a.Profile] - place[b.ID+" "+b.Profile]
	})
}

// profileRun is the run of one profile's cases.
type profileRun struct {
	o       *Options
	role    string
	profile *hook.Profile
	clients int // in a crowd
	start   time.Time
	cases   map[string]*features.Case // by features.Key
	target  scenario.Target
	log     []reports.Observation // of the probe
	// recorded, when not nil, holds what is judged again, by case id.
	recorded map[string]*reports.Scenario

	mu      sync.Mutex
	results []reports.Scenario
	turns   turns
}

func (pr *profileRun) run(ctx context.Context) error {
	var err error
	if pr.target, err = pr.o.Open(ctx, pr.profile); err != nil {
		return err
	}
	defer pr.target.Close()
	log := timeline.New("", pr.profile.Name, pr.start, pr.o.Observe)
	err = pr.target.Probe(ctx, log, slices.Collect(maps.Values(pr.cases)))
	pr.log = log.All()
	if err != nil {
		return err
	}
	for i := range pr.log {
		if o := &pr.log[i]; o.Name == scenario.RemarkNote && pr.o.Live != nil {
			pr.o.Live.Remark(o.Text)
		}
	}
	return pr.godog(ctx)
}

// godog runs the scenarios, or judges their recordings.
func (pr *profileRun) godog(ctx context.Context) error {
	for _, c := range pr.cases {
		pr.turns.add(pr.turn(c))
	}
	paths := map[string]bool{}
	var uris []string
	for _, c := range pr.cases {
		if !paths[c.URI] {
			paths[c.URI] = true
			uris = append(uris, c.URI)
		}
	}
	slices.Sort(uris)
	// All scenarios are begun at once; those that have no place yet wait for one. Those of a hook server come one
	// by one, in the order of the files, with those last that could end it.
	concurrency := len(pr.cases)
	if pr.role == features.RoleHookServer {
		concurrency = 1
		slices.SortStableFunc(uris, func(a, b string) int { return pr.turnOf(a) - pr.turnOf(b) })
	}
	o := &godog.Options{Format: silentFormat, Output: io.Discard, Strict: true, NoColors: true,
		Concurrency: concurrency, DefaultContext: ctx}
	if f := pr.o.Selection.Feature; f != nil {
		o.FeatureContents = []godog.Feature{{Name: f.Name, Contents: f.Text}}
	} else {
		o.FS, o.Paths = features.FS(), uris
	}
	suite := godog.TestSuite{Name: pr.profile.Name, ScenarioInitializer: pr.initialize, Options: o}
	if code := suite.Run(); code > 1 {
		return errors.New("the features could not be run") // godog has said why on standard error
	}
	return nil
}

// turn says when a case is played; recordings are judged in any order.
func (pr *profileRun) turn(c *features.Case) int {
	if pr.target == nil {
		return 0
	}
	return pr.target.Turn(c.Tags)
}

// turnOf is the latest turn of the cases in a file.
func (pr *profileRun) turnOf(uri string) (turn int) {
	for _, c := range pr.cases {
		if c.URI == uri {
			turn = max(turn, pr.turn(c))
		}
	}
	return turn
}

// initialize binds one scenario to its steps and a recorder.
func (pr *profileRun) initialize(sc *godog.ScenarioContext) {
	r := &recorder{pr: pr, steps: steps.New(sc, pr.role, steps.Options{Profile: pr.profile, Clients: pr.clients})}
	sc.Before(r.before)
	sc.StepContext().Before(r.beforeStep)
	sc.StepContext().After(r.afterStep)
	sc.After(r.after)
}

// seeded returns the random numbers of one case: the same for the same seed.
func seeded(seed int64, c *features.Case) *rand.Rand {
	h := fnv.New64a()
	io.WriteString(h, c.ID+" "+c.Profile)
	return rand.New(rand.NewPCG(uint64(seed), h.Sum64()))
}
