package hookmutant

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/identity"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/hooktarget"
	"hookproof/internal/suite"
	"hookproof/reports"
)

// Options shape a run of mutants.
type Options struct {
	Names    []string // of mutants; none: all
	Profiles []string // none: all
	Newest   bool     // each mutant in the newest of its profiles only
	// EveryCase has every mutant face every scenario. Otherwise the ones that
	// cost most, crowds and hostile requests, are left to mutants that must fail
	// them.
	EveryCase bool
	Parallel  int     // mutants at once; 0 is 2
	Clients   int     // in a crowd; 0 is 60
	Scale     float64 // of all time-outs; 0 is 1
	Seed      int64
	// Done, when not nil, is told of each result; total is how many there will
	// be. It is called by one goroutine at a time.
	Done func(m reports.Mutant, total int)
}

// job is one mutant in one profile.
type job struct {
	m       *Mutant
	profile *hook.Profile
}

// Run runs the whole suite of role H against each mutant, and against the
// server without a defect. It is an error of the harness that ends it early.
func Run(ctx context.Context, o Options) (*reports.Mutants, error) {
	jobs, err := o.jobs()
	if err != nil {
		return nil, err
	}
	result := &reports.Mutants{Unmutated: reports.Pass, Rows: make([]reports.Mutant, len(jobs))}
	sound, err := o.unmutated()
	if err != nil {
		return nil, err
	}
	var g *errgroup.Group
	g, ctx = errgroup.WithContext(ctx)
	g.SetLimit(max(1, o.Parallel))
	var mu sync.Mutex
	var alone sync.RWMutex
	for _, j := range sound {
		g.Go(func() error {
			row, err := o.look(ctx, j, &alone)
			mu.Lock()
			defer mu.Unlock()
			if err == nil && !row.Caught {
				result.Unmutated = reports.Fail
			}
			return err
		})
	}
	for i, j := range jobs {
		g.Go(func() error {
			row, err := o.look(ctx, j, &alone)
			mu.Lock()
			defer mu.Unlock()
			result.Rows[i] = row
			if o.Done != nil && err == nil {
				o.Done(row, len(jobs))
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return result, nil
}

// look runs the suite against one mutant, and a second time, alone, when that
// did not come out as it should: on a busy machine the first look can be wrong.
func (o *Options) look(ctx context.Context, j job, alone *sync.RWMutex) (reports.Mutant, error) {
	alone.RLock()
	row, err := o.run(ctx, j, j.m.silent)
	alone.RUnlock()
	if err != nil || row.Caught {
		return row, err
	}
	alone.Lock()
	defer alone.Unlock()
	return o.run(ctx, j, false)
}

func (o *Options) jobs() ([]job, error) {
	if o.Parallel == 0 {
		o.Parallel = 2
	}
	if o.Clients == 0 {
		o.Clients = 60
	}
	for _, name := range o.Names {
		if !slices.ContainsFunc(Table, func(m Mutant) bool { return m.Name == name }) {
			return nil, fmt.Errorf("no mutant %q", name)
		}
	}
	var jobs []job
	for i := range Table {
		if m := &Table[i]; len(o.Names) == 0 || slices.Contains(o.Names, m.Name) {
			some, err := o.in(m)
			if err != nil {
				return nil, err
			}
			jobs = append(jobs, some...)
		}
	}
	return jobs, nil
}

func (o *Options) unmutated() ([]job, error) { return o.in(&Unmutated) }

// in lists the profiles in which a mutant is run.
func (o *Options) in(m *Mutant) ([]job, error) {
	var jobs []job
	for _, p := range hook.Profiles() {
		if m.In(p) && (len(o.Profiles) == 0 || slices.Contains(o.Profiles, p.Name)) {
			jobs = append(jobs, job{m, p})
		}
	}
	if o.Newest && len(jobs) > 1 {
		jobs = jobs[len(jobs)-1:]
	}
	for _, name := range o.Profiles {
		if _, err := hook.ProfileByName(name); err != nil {
			return nil, err
		}
	}
	return jobs, nil
}

// run runs the suite against one mutant; hasty gives little time to what does
// not come.
func (o *Options) run(ctx context.Context, j job, hasty bool) (reports.Mutant, error) {
	row := reports.Mutant{Name: j.m.Name, Defect: j.m.Defect, Profile: j.profile.Name, Expected: j.m.Expected}
	s := reference(j.profile)
	j.m.plant(s)
	r, err := s.start()
	if err != nil {
		return row, err
	}
	defer r.close()
	scale := o.Scale
	if scale <= 0 {
		scale = 1
	}
	if hasty {
		scale /= 4
	}
	began := time.Now()
	run, err := suite.Run(ctx, suite.Options{
		Selection: suite.Selection{Profiles: []string{j.profile.Name}, IDs: o.faces(j.m)}, Role: features.RoleHookServer,
		Clients: o.Clients, Scale: scale, Seed: o.Seed,
		Open: func(ctx context.Context, p *hook.Profile) (scenario.Target, error) {
			return o.open(ctx, p, r.url, scale)
		},
	})
	if err != nil {
		return row, fmt.Errorf("mutant %s: %w", j.m.Name, err)
	}
	row.Duration = time.Since(began)
	j.m.settle(&row, run)
	return row, nil
}

// costly are the requirements whose scenarios take longest.
var costly = ids("H-CON-01", "H-CON-02", "H-NET-02", "H-BAD-02")

// faces lists the requirements that a mutant is run against; none is all.
func (o *Options) faces(m *Mutant) []string {
	if o.EveryCase || m.Name == Unmutated.Name {
		return nil
	}
	var all []string
	for _, r := range features.Requirements() {
		if r.Role == features.RoleHookServer && (!slices.Contains(costly, r.ID) || slices.Contains(m.Expected, r.ID)) {
			all = append(all, r.ID)
		}
	}
	return all
}

// open says what the servers of this package know.
func (o *Options) open(ctx context.Context, p *hook.Profile, url string, scale float64) (*hooktarget.Target, error) {
	urls, err := hook.DefaultURLs(url)
	if err != nil {
		return nil, err
	}
	var id identity.Set
	for flag, token := range map[string]string{"accept": tokenKey + "=" + tokenValue, "refuse": tokenKey + "=bad"} {
		if err := id.Add(flag, token); err != nil {
			return nil, err
		}
	}
	return hooktarget.Open(ctx, hooktarget.Options{Profile: p, URLs: urls, Identities: id, Scale: scale, Forget: true})
}

// timing is the requirement that goes by the clock. Mutants run side by side,
// on whatever the machine has left: it counts where it is expected, only.
const timing = "H-CON-02"

// settle says which requirements noticed the defect, and whether they are the
// expected ones.
func (m *Mutant) settle(row *reports.Mutant, run *reports.Run) {
	failed := map[string]string{}
	var other []string
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		switch s.Verdict {
		case reports.Fail, reports.Warn:
			if failed[s.Failure.Requirement] == "" {
				failed[s.Failure.Requirement] = s.ID + ": " + s.Failure.Seen
			}
		case reports.Inconclusive:
			if slices.Contains(m.Expected, s.Failure.Requirement) {
				other = append(other, fmt.Sprintf("%s is undecided: %s", s.ID, s.Failure.Detail))
			}
		case reports.Error:
			other = append(other, fmt.Sprintf("%s: %s", s.ID, s.Reason))
		}
	}
	// Without a defect nothing is expected, and nothing may fail.
	row.Caught = !slices.ContainsFunc(run.Scenarios, func(s reports.Scenario) bool { return s.Verdict == reports.Error })
	for _, id := range m.Expected {
		if failed[id] == "" {
			row.Caught = false
			other = append(other, id+" did not notice it")
		}
	}
	for id, seen := range failed {
		if id == timing && !m.Allows(id) {
			continue
		}
		row.Failed = append(row.Failed, id)
		if !m.Allows(id) {
			row.Caught = false
			other = append(other, fmt.Sprintf("%s failed, which was not expected (%s)", id, seen))
		}
	}
	slices.Sort(row.Failed)
	slices.Sort(other)
	row.Detail = strings.Join(other, "\n")
}
