// Package hooks is the glue between the Gherkin of the hook server's features
// and what acts and judges: a step of a few lines each. Scenes act
// (internal/scenario/hooktarget), checks judge (internal/hookcheck); a World joins the
// two for one scenario.
package hooks

import (
	"math/rand/v2"

	"github.com/cucumber/godog"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/scenario/hooktarget"
	"hookproof/reports"
)

// World is one scenario while it runs, or while its recording is judged.
type World struct {
	Scene   *hooktarget.Scene
	Profile *hook.Profile
	Clients int        // in a crowd
	Rand    *rand.Rand // seeded for this scenario
}

// Register binds the steps of a hook server's scenarios to a World.
func Register(sc *godog.ScenarioContext, w *World) {
	w.registerRequests(sc)
	w.registerTransport(sc)
	w.registerClients(sc)
	w.registerAnswers(sc)
}

// failed turns a finding into a step's error; a nil finding is none.
func failed(f *check.Finding) error {
	if f == nil {
		return nil
	}
	return f
}

// is makes a step of a check.
func (w *World) is(check func(obs []reports.Observation) *check.Finding) func() error {
	return func() error { return failed(check(w.Scene.Log.All())) }
}
