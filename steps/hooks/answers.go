package hooks

import (
	"github.com/cucumber/godog"

	"hookproof/internal/hookjudge"
	"hookproof/internal/judge"
	"hookproof/reports"
)

func (w *World) registerAnswers(sc *godog.ScenarioContext) {
	sc.Step(`^(?:it is|each is|the ordinary event is) accepted$`, w.is(func(obs []reports.Observation) *judge.Finding {
		return hookjudge.Accepted(w.Profile, obs)
	}))
	sc.Step(`^the others are accepted$`, w.is(func(obs []reports.Observation) *judge.Finding {
		return hookjudge.Accepted(w.Profile, obs, hookjudge.Meanwhile, hookjudge.Accept)
	}))
	sc.Step(`^each is accepted for whom it accepts, and refused for others$`, w.is(func(obs []reports.Observation) *judge.Finding {
		if f := hookjudge.Accepted(w.Profile, obs); f != nil || len(hookjudge.Exchanges(obs, hookjudge.Refuse)) == 0 {
			return f
		}
		return hookjudge.Refused(w.Profile, obs)
	}))
	sc.Step(`^it is refused$`, w.is(func(obs []reports.Observation) *judge.Finding { return hookjudge.Refused(w.Profile, obs) }))
	sc.Step(`^the refusal can be told from a failure$`, w.is(func(obs []reports.Observation) *judge.Finding {
		return hookjudge.WellRefused(w.Profile, obs)
	}))
	sc.Step(`^each answer is exact$`, w.is(func(obs []reports.Observation) *judge.Finding { return hookjudge.Exact(w.Profile, obs) }))
	sc.Step(`^(?:it is|each is) answered within 2 s$`, w.is(func(obs []reports.Observation) *judge.Finding {
		return hookjudge.Answered(obs, w.Scene.Facts.Limit.Seconds())
	}))
	sc.Step(`^no answer accepts what is broken$`, w.is(hookjudge.NeverAccepted))
	sc.Step(`^the answer is one that callers know$`, w.is(hookjudge.OfProtocol))
	sc.Step(`^every verdict is right, and none is lost$`, w.is(func(obs []reports.Observation) *judge.Finding {
		return hookjudge.Right(w.Profile, obs)
	}))
	sc.Step(`^99 of 100 answers come within 200 ms$`, w.is(hookjudge.Quick))
	sc.Step(`^no caller is refused a connection or waits in vain$`, w.is(hookjudge.Served))
}
