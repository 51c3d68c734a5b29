// Package steps is the glue between the Gherkin of the features and what acts
// and judges: a step of a few lines each, no protocol in it. Scenes act
// (internal/scenario/rtmptarget), checks judge (internal/check); a World joins the two for
// one scenario.
package steps

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/cucumber/godog"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// World is one scenario while it runs, or while its recording is judged.
type World struct {
	Scene   *rtmptarget.Scene
	Profile *hook.Profile
	Clients int        // in a crowd
	Rand    *rand.Rand // seeded for this scenario

	crowd     crowd
	lastActor string // whose events a step was about last: "them" in the next
}

// Register binds the steps of an RTMP server's scenarios to a World.
func Register(sc *godog.ScenarioContext, w *World) {
	w.registerActs(sc)
	w.registerAnswers(sc)
	w.registerServer(sc)
	w.registerEvents(sc)
	w.registerAdmission(sc)
	w.registerRequests(sc)
	w.registerCrowd(sc)
}

// err turns a finding into a step's error; a nil finding is none.
func failed(f *check.Finding) error {
	if f == nil {
		return nil
	}
	return f
}

// eventually waits until a check finds nothing, and returns what it found last
// otherwise.
func (w *World) eventually(ctx context.Context, judge func([]reports.Observation) *check.Finding) error {
	var last *check.Finding
	w.Scene.Await(ctx, func(obs []reports.Observation) bool {
		last = judge(obs)
		return last == nil
	})
	if ctx.Err() != nil && last != nil {
		return ctx.Err()
	}
	return failed(last)
}

// fenced waits until ready, then runs a marker client through, then checks
// what has come by then.
func (w *World) fenced(ctx context.Context, ready func([]reports.Observation) bool, check func([]reports.Observation) *check.Finding) error {
	w.Scene.Await(ctx, ready)
	if _, err := w.fence(ctx); err != nil {
		return err
	}
	return failed(check(w.Scene.Log.All()))
}

// fence runs a marker client through. That an ordinary publisher cannot is the
// target's failure.
func (w *World) fence(ctx context.Context) (string, error) {
	name, err := w.Scene.Fence(ctx)
	if err == nil || ctx.Err() != nil {
		return name, err
	}
	return name, &check.Finding{Expected: "a marker client to publish and leave, as any client can", Seen: err.Error()}
}

// closed holds once every client that has gone has given its on_close, and
// that is answered: all its requests are there.
func closed(obs []reports.Observation) bool {
	over := map[string]bool{}
	for _, h := range timeline.Hooks(obs, "") {
		if h.Event == hook.OnClose && h.Answer >= 0 {
			over[h.Actor] = true
		}
	}
	for i := range obs {
		if o := &obs[i]; o.Kind == reports.KindDisconnect && !timeline.IsMarker(o.Actor) && !over[o.Actor] {
			return false
		}
	}
	return true
}

// event reads an event's name in a step.
func event(name string) (hook.Event, error) { return hook.ParseEvent(name) }

// letOn turns an error of entering into the finding that the actor was not let
// on; errors of the harness stay what they are.
func (w *World) letOn(ctx context.Context, a *rtmptarget.Actor, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	var last *check.Finding
	w.Scene.Await(ctx, func(obs []reports.Observation) bool {
		last = check.LetOn(obs, a.Name, a.Entry())
		return last == nil || err != nil || timeline.Disconnected(obs, a.Name) != nil
	})
	if last != nil && err != nil {
		last.Detail += fmt.Sprintf("the client's error: %v\n", err)
	}
	return failed(last)
}
