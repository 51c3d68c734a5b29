package steps

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cucumber/godog"

	"hookproof/internal/check"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

func (w *rtmpWorld) registerServer(sc *godog.ScenarioContext) {
	w.acting(sc, `^a server of their own$`,
		func(ctx context.Context) error { return w.ownServer(ctx, rtmptarget.OwnOptions{}) })
	w.acting(sc, `^a server that drops silent publishers$`, w.impatientServer)
	w.acting(sc, `^the server is told to shut down$`, w.shutsDown)
	w.acting(sc, `^the operator kicks ([A-Z][a-z]+) off`+ifOn, w.kicks)
}

// ownServer moves to a server of the scenario's own. Where there is only the one
// under test, the scenario has it to itself by now.
func (w *rtmpWorld) ownServer(ctx context.Context, o rtmptarget.OwnOptions) error {
	w.alone = true
	if w.scene.Target.Own == nil {
		return nil
	}
	t, err := w.scene.Target.Own(ctx, o)
	if err != nil {
		return fmt.Errorf("a server of the scenario's own: %w", err)
	}
	w.scene.Own(t.Close)
	w.scene.Move(t)
	return nil
}

// impatientServer is one of the scenario's own where there can be one.
// Elsewhere the server under test has its own time-out, which may be long.
func (w *rtmpWorld) impatientServer(ctx context.Context) error {
	if w.scene.Target.Own != nil {
		return w.ownServer(ctx, rtmptarget.OwnOptions{Silence: time.Second})
	}
	w.scene.Wait(time.Minute)
	return nil
}

func (w *rtmpWorld) shutsDown(ctx context.Context) error {
	w.scene.Note("shutdown", "the server is told to shut down")
	err := w.scene.Shutdown(ctx)
	if errors.Is(err, rtmptarget.ErrStillUp) || errors.Is(err, context.DeadlineExceeded) {
		return &check.Finding{Expected: "the server to end when it is told to", Seen: err.Error()}
	}
	return err
}

func (w *rtmpWorld) kicks(ctx context.Context, name, ifOn string) error {
	a := w.scene.Actor(name)
	if ifOn == "" {
		return w.scene.Kick(ctx, name)
	}
	if a.Connected() && a.ClientID() != "" {
		_ = w.scene.Kick(ctx, name) // it may have gone by itself meanwhile
	}
	return nil
}

// gone waits until an actor is disconnected.
func (w *rtmpWorld) gone(ctx context.Context, name string) error {
	return w.eventually(ctx, func(obs []reports.Observation) *check.Finding { return check.Off(obs, name) })
}

// stillOn runs a marker client through and checks that the actor has not been
// disconnected by then.
func (w *rtmpWorld) stillOn(ctx context.Context, name string) error {
	return w.fenced(ctx, always, func(obs []reports.Observation) *check.Finding {
		d := timeline.Disconnected(obs, name)
		if d == nil {
			return nil
		}
		return &check.Finding{
			Expected: name + " to be on still",
			Seen:     fmt.Sprintf("disconnected, %s, at %.3f s", d.Name, d.T),
			Evidence: []int{d.N},
		}
	})
}

func always([]reports.Observation) bool { return true }
