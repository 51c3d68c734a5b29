package steps

import (
	"github.com/cucumber/godog"

	"hookproof/internal/check"
	"hookproof/internal/hookcheck"
	"hookproof/reports"
)

func (w *hookWorld) registerAnswers(sc *godog.ScenarioContext) {
	step(sc, `^(?:it is|each is|the ordinary event is) accepted$`, w.is(func(obs []reports.Observation) *check.Finding {
		return hookcheck.Accepted(w.Profile, obs)
	}))
	step(sc, `^the others get an answer that callers know$`, w.is(func(obs []reports.Observation) *check.Finding {
		return hookcheck.OfProtocol(obs, hookcheck.Meanwhile)
	}))
	step(sc, `^both get the same verdict$`, w.is(func(obs []reports.Observation) *check.Finding {
		return hookcheck.SameVerdict(w.Profile, obs)
	}))
	step(sc, `^each is accepted for whom it accepts, and refused for others$`,
		w.is(func(obs []reports.Observation) *check.Finding {
			if f := hookcheck.Accepted(w.Profile, obs); f != nil ||
				len(hookcheck.Exchanges(obs, hookcheck.Refuse)) == 0 {
				return f
			}
			return hookcheck.Refused(w.Profile, obs)
		}))
	step(sc, `^it is refused$`,
		w.is(func(obs []reports.Observation) *check.Finding { return hookcheck.Refused(w.Profile, obs) }))
	step(sc, `^the refusal can be told from a failure$`, w.is(func(obs []reports.Observation) *check.Finding {
		return hookcheck.WellRefused(w.Profile, obs)
	}))
	step(sc, `^each answer is exact$`,
		w.is(func(obs []reports.Observation) *check.Finding { return hookcheck.Exact(w.Profile, obs) }))
	step(sc, `^no answer is nested deep$`, w.is(hookcheck.Shallow))
	step(sc, `^(?:it is|each is) answered within 2 s$`, w.is(func(obs []reports.Observation) *check.Finding {
		return hookcheck.Answered(obs, w.scene.Facts.Limit.Seconds(), hookcheck.Accept, hookcheck.NoAccept)
	}))
	step(sc, `^no answer accepts what is broken$`, w.is(hookcheck.NeverAccepted))
	step(sc, `^the answer is one that callers know$`, w.is(func(obs []reports.Observation) *check.Finding {
		return hookcheck.OfProtocol(obs, hookcheck.AnyAnswer)
	}))
	step(sc, `^every verdict is right, and none is lost$`, w.is(func(obs []reports.Observation) *check.Finding {
		return hookcheck.Right(w.Profile, obs)
	}))
	step(sc, `^99 of 100 answers come within 200 ms$`, w.is(hookcheck.Quick))
	step(sc, `^no caller is refused a connection or waits in vain$`, w.is(hookcheck.Served))
}
