package mutantrun

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/mutant"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/internal/suite"
	"hookproof/reports"
)

// A Trial is one mutant in one profile, and what came of it. The one without a
// defect is caught, so to speak, when everything passes.
type Trial struct {
	Mutant  mutant.Mutant
	Profile *hook.Profile

	Caught   bool
	Failed   []string // requirements that failed, sorted
	Passed   []string // those of which every scenario that was run passed
	Again    bool     // it took a second look
	Detail   string   // what is wrong with it; "" where nothing is
	Duration time.Duration

	results map[string]reports.Scenario // by the case's id
	order   []string                    // of the cases
}

func (t *Trial) unmutated() bool { return t.Mutant.Name == mutant.Unmutated.Name }

// must reports whether a requirement must fail.
func (t *Trial) must(id string) bool { return slices.Contains(t.Mutant.Expected, id) }

// look runs cases behind the mutant's proxies; their results take the place
// of earlier ones.
func (t *Trial) look(ctx context.Context, o *Options, chosen map[string]bool, scale float64) error {
	began := time.Now()
	run, err := suite.Run(ctx, suite.Options{
		Selection: suite.Selection{Profiles: []string{t.Profile.Name}, Only: func(c *features.Case) bool { return chosen[c.ID] }},
		Role:      features.RoleServer, Open: t.open(scale), Parallel: scenariosAtOnce, Clients: t.crowd(o), Scale: scale, Seed: o.Seed,
	})
	t.Duration += time.Since(began)
	switch {
	case err != nil:
		return fmt.Errorf("mutant %s, %s: %w", t.Mutant.Name, t.Profile, err)
	case run.Interrupted:
		return errInterrupted
	}
	if t.results == nil {
		t.results = map[string]reports.Scenario{}
	}
	for _, s := range run.Scenarios {
		if _, again := t.results[s.ID]; !again {
			t.order = append(t.order, s.ID)
		}
		if !t.unmutated() {
			s.Observations = nil // of nobody's interest, and many
		}
		t.results[s.ID] = s
	}
	return nil
}

// open gives the built-in server with the mutant's proxies around it.
func (t *Trial) open(scale float64) func(context.Context, *hook.Profile) (scenario.Target, error) {
	return func(ctx context.Context, p *hook.Profile) (scenario.Target, error) {
		return rtmptarget.BuiltIn(rtmptarget.BuiltInOptions{Profile: p, Scale: scale, Nonce: "m", Leak: t.Mutant.Leak, Between: func(l rtmptarget.Links) (rtmptarget.Links, func(), error) {
			at, stop, err := t.Mutant.Start(ctx, mutant.Upstream{RTMP: l.RTMP, Main: l.Main, Stoppable: l.Stoppable, TLS: l.TLS, Profile: p})
			return rtmptarget.Links{RTMP: at.RTMP, Addresses: rtmptarget.Addresses{Main: at.Main, Stoppable: at.Stoppable, TLS: at.TLS}}, stop, err
		}})
	}
}

func (t *Trial) scenarios() []reports.Scenario {
	var all []reports.Scenario
	for _, id := range t.order {
		all = append(all, t.results[id])
	}
	return all
}

func (t *Trial) row() reports.Mutant {
	return reports.Mutant{Name: t.Mutant.Name, Defect: t.Mutant.Defect, Profile: t.Profile.Name, Expected: t.Mutant.Expected,
		Failed: t.Failed, Caught: t.Caught, Detail: t.Detail, Duration: t.Duration}
}

// String is the trial in one line.
func (t *Trial) String() string {
	result := "caught"
	switch {
	case t.unmutated() && t.Caught:
		result = "passed"
	case t.unmutated():
		result = "FAILED"
	case !t.Caught:
		result = "LIVED"
	}
	line := fmt.Sprintf("%-6s  %-28s %s %5.1f s  %s", result, t.Mutant.Name, t.Profile, t.Duration.Seconds(), strings.Join(t.Failed, " "))
	if t.Detail != "" {
		line += "\n        " + t.Detail
	}
	return line
}
