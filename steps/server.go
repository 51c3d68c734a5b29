package steps

import (
	"context"
	"fmt"
	"time"

	"github.com/cucumber/godog"

	"hookproof/internal/check"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

func (w *World) registerServer(sc *godog.ScenarioContext) {
	step(sc, `^a server of their own$`, func(ctx context.Context) error { return w.ownServer(ctx, rtmptarget.OwnOptions{}) })
	step(sc, `^a server that drops silent publishers$`, w.impatientServer)
	step(sc, `^the server is told to shut down$`, w.shutsDown)
	step(sc, `^the operator kicks ([A-Z][a-z]+) off$`, w.kicks)
}

func (w *World) ownServer(ctx context.Context, o rtmptarget.OwnOptions) error {
	if !w.Scene.Live() {
		return nil
	}
	t, err := w.Scene.Target.Own(ctx, o)
	if err != nil {
		return fmt.Errorf("a server of the scenario's own: %w", err)
	}
	w.Scene.Own(t.Close)
	w.Scene.Move(t)
	return nil
}

// impatientServer is one of the scenario's own where there can be one.
// Elsewhere the server under test has its own time-out, which may be long.
func (w *World) impatientServer(ctx context.Context) error {
	if !w.Scene.Live() {
		return nil
	}
	if w.Scene.Target.Own != nil {
		return w.ownServer(ctx, rtmptarget.OwnOptions{Silence: time.Second})
	}
	w.Scene.Wait(time.Minute)
	return nil
}

func (w *World) shutsDown(ctx context.Context) error {
	if !w.Scene.Live() {
		return nil
	}
	w.Scene.Note("shutdown", "the server is told to shut down")
	ctx, cancel := w.Scene.Within(ctx)
	defer cancel()
	if err := w.Scene.Shutdown(ctx); err != nil {
		return &check.Finding{Expected: fmt.Sprintf("the server to end within %v", w.Scene.Patience()), Seen: err.Error()}
	}
	return nil
}

func (w *World) kicks(ctx context.Context, name string) error {
	if !w.Scene.Live() {
		return nil
	}
	id := w.Scene.Actor(name).ClientID()
	if id == "" {
		return &check.Finding{Expected: "an event that tells the client_id of " + name, Seen: "none"}
	}
	w.Scene.Note("kick", "the operator drops %s, client_id %s, over the HTTP API", name, id)
	ctx, cancel := w.Scene.Within(ctx)
	defer cancel()
	if err := w.Scene.Target.Kick(ctx, id); err != nil {
		return &check.Finding{Expected: "the HTTP API to drop " + name, Seen: err.Error()}
	}
	return nil
}

// gone waits until an actor is disconnected.
func (w *World) gone(ctx context.Context, name string) error {
	return w.eventually(ctx, func(obs []reports.Observation) *check.Finding { return check.Off(obs, name) })
}

// stillOn runs a marker client through and checks that the actor has not been
// disconnected by then.
func (w *World) stillOn(ctx context.Context, name string) error {
	return w.fenced(ctx, always, func(obs []reports.Observation) *check.Finding {
		d := timeline.Disconnected(obs, name)
		if d == nil {
			return nil
		}
		return &check.Finding{Expected: name + " to be on still", Seen: fmt.Sprintf("disconnected, %s, at %.3f s", d.Name, d.T), Evidence: []int{d.N}}
	})
}

func always([]reports.Observation) bool { return true }
