package steps

import (
	"math/rand/v2"

	"github.com/cucumber/godog"

	"hookproof/internal/check"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/hooktarget"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// hookWorld is a scenario against a hook server.
type hookWorld struct {
	shared
	scene *hooktarget.Scene
}

// Play has the steps act on a scene.
func (w *hookWorld) Play(scene scenario.Scene, rnd *rand.Rand) {
	w.scene, w.rand = scene.(*hooktarget.Scene), rnd
	w.base = &w.scene.Base
}

// Judge has the steps check a recording.
func (w *hookWorld) Judge(recording *timeline.Log) scenario.Scene {
	w.Play(hooktarget.Recorded(recording), nil)
	return w.scene
}

func (w *hookWorld) register(sc *godog.ScenarioContext) {
	w.registerRequests(sc)
	w.registerTransport(sc)
	w.registerClients(sc)
	w.registerAnswers(sc)
}

// is makes a step of a check.
func (w *hookWorld) is(judge func(obs []reports.Observation) *check.Finding) func() error {
	return func() error { return failed(judge(w.scene.Log.All())) }
}
