package mutant

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/scenario"
	"hookproof/internal/suite"
	"hookproof/reports"
)

// A Trial is one row in one profile, and its result.
type Trial struct {
	Row     Row
	Profile *hook.Profile

	Caught   bool     // it came out as its row says; of a sound peer: everything passed
	Failed   []string // requirements that failed, sorted
	Passed   []string // those of which every scenario that was run passed
	Again    bool     // it took a second look
	Detail   string   // what is wrong with it; "" where nothing is
	Duration time.Duration

	results  map[string]reports.Scenario // by the case's id
	order    []string                    // of the cases
	headline string                      // of the latest run
}

// must reports whether a requirement must fail.
func (t *Trial) must(id string) bool { return slices.Contains(t.Row.Expected, id) }

// look runs the chosen cases against the peer; their results replace earlier
// ones.
func (t *Trial) look(ctx context.Context, o *Options, chosen map[string]bool, scale float64) error {
	began := time.Now()
	run, err := suite.Run(ctx, suite.Options{
		Selection: suite.Selection{Profiles: []string{t.Profile.Name},
			Only: func(c *features.Case) bool { return chosen[c.ID] }},
		Role: t.Row.Peer.Role(), Parallel: scenariosAtOnce, Clients: t.crowd(o), Scale: scale, Seed: o.Seed,
		Open: func(ctx context.Context, p *hook.Profile) (scenario.Target, error) {
			return t.Row.Peer.Open(ctx, p, scale)
		},
	})
	t.Duration += time.Since(began)
	switch {
	case err != nil:
		return fmt.Errorf("%s, %s: %w", t.Row.Name, t.Profile, err)
	case run.Interrupted:
		return errInterrupted
	}
	t.headline = run.Headline
	if t.results == nil {
		t.results = map[string]reports.Scenario{}
	}
	for _, s := range run.Scenarios {
		if _, again := t.results[s.ID]; !again {
			t.order = append(t.order, s.ID)
		}
		if !t.Row.sound() {
			s.Observations = nil // many, and not reported
		}
		t.results[s.ID] = s
	}
	return nil
}

func (t *Trial) scenarios() []reports.Scenario {
	var all []reports.Scenario
	for _, id := range t.order {
		all = append(all, t.results[id])
	}
	return all
}

func (t *Trial) row() reports.Mutant {
	return reports.Mutant{Name: t.Row.Name, Defect: t.Row.Defect, Profile: t.Profile.Name, Expected: t.Row.Expected,
		Variant: t.Row.Variant, Failed: t.Failed, Caught: t.Caught, Detail: t.Detail, Duration: t.Duration}
}

// result says in a word how the trial came out.
func (t *Trial) result() string {
	switch {
	case t.Row.sound() && t.Caught:
		return "passed"
	case t.Row.sound():
		return "FAILED"
	case t.Row.Variant && t.Caught:
		return "spared"
	case t.Row.Variant:
		return "ACCUSED"
	case t.Caught:
		return "caught"
	}
	return "LIVED"
}

// String is the trial in one line.
func (t *Trial) String() string {
	line := fmt.Sprintf("%-7s  %-28s %s %5.1f s  %s", t.result(), t.Row.Name, t.Profile, t.Duration.Seconds(),
		strings.Join(t.Failed, " "))
	if t.Detail != "" {
		line += "\n         " + t.Detail
	}
	return line
}
