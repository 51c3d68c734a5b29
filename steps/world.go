// Package steps is the glue between the Gherkin of the features and what acts
// and what checks: a step has a few lines, and no protocol in it. Scenes act
// (internal/scenario), checks are pure functions (internal/check, hookcheck).
//
// A step that acts is skipped when a recording is judged, one that checks is
// not: acting steps are registered by acting, and the acting part of a step
// that also checks goes through act.
package steps

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/cucumber/godog"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// World is the steps of one scenario, with the scene that they act on.
type World interface {
	// Play has the steps act on a scene of the role's target.
	Play(scene scenario.Scene, rnd *rand.Rand)
	// Judge has the steps check a recording, and returns its scene.
	Judge(recording *timeline.Log) scenario.Scene
}

// Options are what the steps of a scenario need to know of the run.
type Options struct {
	Profile *hook.Profile
	Clients int // in a crowd
}

// New binds the steps of a role's scenarios to a world of their own.
func New(sc *godog.ScenarioContext, role string, o Options) World {
	if role == features.RoleHookServer {
		w := &hookWorld{shared: shared{Options: o}}
		w.register(sc)
		return w
	}
	w := &rtmpWorld{shared: shared{Options: o}}
	w.register(sc)
	return w
}

// shared is what the steps of both roles have.
type shared struct {
	Options
	rand *rand.Rand // seeded for this scenario
	base *scenario.Base
}

// rtmpWorld is a scenario against an RTMP server.
type rtmpWorld struct {
	shared
	scene *rtmptarget.Scene

	alone     bool // the server has no other clients
	crowd     crowd
	lastActor string // whose events a step was about last: "them" in the next
}

// Play has the steps act on a scene.
func (w *rtmpWorld) Play(scene scenario.Scene, rnd *rand.Rand) {
	w.scene, w.rand = scene.(*rtmptarget.Scene), rnd
	w.base = &w.scene.Base
}

// Judge has the steps check a recording.
func (w *rtmpWorld) Judge(recording *timeline.Log) scenario.Scene {
	w.Play(rtmptarget.Recorded(recording), nil)
	return w.scene
}

func (w *rtmpWorld) register(sc *godog.ScenarioContext) {
	w.registerActs(sc)
	w.registerAnswers(sc)
	w.registerServer(sc)
	w.registerEvents(sc)
	w.registerAdmission(sc)
	w.registerRequests(sc)
	w.registerCrowd(sc)
	w.registerViewers(sc)
}

// failed turns a finding into a step's error; a nil finding is no error.
func failed(f *check.Finding) error {
	if f == nil {
		return nil
	}
	return f
}

// eventually waits until a check finds nothing, and returns what it found last
// otherwise.
func (w *rtmpWorld) eventually(ctx context.Context, judge func([]reports.Observation) *check.Finding) error {
	var last *check.Finding
	w.scene.Await(ctx, func(obs []reports.Observation) bool {
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
func (w *rtmpWorld) fenced(ctx context.Context, ready func([]reports.Observation) bool,
	judge func([]reports.Observation) *check.Finding) error {
	w.scene.Await(ctx, ready)
	if _, err := w.fence(ctx); err != nil {
		return err
	}
	return failed(judge(w.scene.Log.All()))
}

// fence runs a marker client through and returns its name. That an ordinary
// publisher cannot is the target's failure.
func (w *rtmpWorld) fence(ctx context.Context) (string, error) {
	name := w.scene.Marker()
	err := w.act(func() error { return w.scene.Fence(ctx, name) })
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
		o := &obs[i]
		if o.Kind == reports.KindDisconnect && !timeline.IsMarker(o.Actor) && !over[o.Actor] &&
			!check.IsViewer(obs, o.Actor) { // they have no on_close
			return false
		}
	}
	return true
}

// event reads an event's name in a step.
func event(name string) (hook.Event, error) { return hook.ParseEvent(name) }

// letOn turns an error of entering into the finding that the actor was not let
// on; errors of the harness stay what they are.
func (w *rtmpWorld) letOn(ctx context.Context, a *rtmptarget.Actor, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	var last *check.Finding
	w.scene.Await(ctx, func(obs []reports.Observation) bool {
		last = check.LetOn(obs, a.Name, a.Entry())
		return last == nil || err != nil || timeline.Disconnected(obs, a.Name) != nil
	})
	if last != nil && err != nil {
		last.Detail += fmt.Sprintf("the client's error: %v\n", err)
	}
	return failed(last)
}
