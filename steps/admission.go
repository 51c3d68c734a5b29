package steps

import (
	"context"
	"fmt"

	"github.com/cucumber/godog"

	"hookproof/internal/check"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

func (w *rtmpWorld) registerAdmission(sc *godog.ScenarioContext) {
	step(sc, `^([A-Z][a-z]+) is let on$`, w.isLetOn)
	step(sc, `^([A-Z][a-z]+) is still on$`, w.stillOn)
	step(sc, `^([A-Z][a-z]+) is disconnected$`, w.gone)
	step(sc, `^([A-Z][a-z]+) is disconnected, refused at (on_\w+)$`, w.refusedAt)
	step(sc, `^([A-Z][a-z]+) is let on, or disconnected, refused at (on_\w+)$`, w.onOrRefusedAt)
	step(sc, `^([A-Z][a-z]+) is disconnected within 1 s of the last answer to (?:her|his) events$`, w.offWithin)
	step(sc, `^([A-Z][a-z]+) was not told that publishing started$`, w.notTold)
	step(sc, `^([A-Z][a-z]+) receives media of ([A-Z][a-z]+)$`, w.receivesOf)
	step(sc, `^([A-Z][a-z]+) receives more media$`, w.receivesMore)
	step(sc, `^([A-Z][a-z]+) has received no media(?: of ([A-Z][a-z]+))?$`, w.noMedia)
	step(sc, `^([A-Z][a-z]+) has been shown nothing of the stream of ([A-Z][a-z]+)$`, w.shownNothing)
	step(sc, `^no frame of a refused publisher has reached any player$`, w.noMediaOfRefused)
}

func (w *rtmpWorld) isLetOn(ctx context.Context, name string) error {
	a := w.scene.Actor(name)
	return w.eventually(ctx, func(obs []reports.Observation) *check.Finding {
		return check.LetOn(obs, name, a.Entry())
	})
}

func (w *rtmpWorld) refusedAt(ctx context.Context, name, ev string) error {
	e, err := event(ev)
	if err != nil {
		return err
	}
	if err := w.gone(ctx, name); err != nil {
		return err
	}
	return failed(check.RefusedAt(w.scene.Log.All(), name, e))
}

// onOrRefusedAt waits until the server has let the actor on or disconnected it.
func (w *rtmpWorld) onOrRefusedAt(ctx context.Context, name, ev string) error {
	e, err := event(ev)
	if err != nil {
		return err
	}
	entry := w.scene.Actor(name).Entry()
	return w.eventually(ctx, func(obs []reports.Observation) *check.Finding {
		return check.OnOrRefusedAt(obs, name, entry, e)
	})
}

// offWithin waits for the disconnect and for the answers to the closing
// events, which may come before or after it.
func (w *rtmpWorld) offWithin(ctx context.Context, name string) error {
	const limit = 1 // second: S-ANS-07
	if err := w.gone(ctx, name); err != nil {
		return err
	}
	return failed(check.OffWithin(w.scene.Log.All(), name, limit))
}

func (w *rtmpWorld) notTold(name string) error {
	return failed(check.NotTold(w.scene.Log.All(), name, check.PublishStart))
}

func (w *rtmpWorld) receivesOf(ctx context.Context, name, publisher string) error {
	return w.eventually(ctx, func(obs []reports.Observation) *check.Finding {
		if len(check.Frames(obs, name, publisher)) > 0 {
			return nil
		}
		f := &check.Finding{Expected: fmt.Sprintf("%s to receive media of %s", name, publisher), Seen: "none"}
		if d := timeline.Disconnected(obs, name); d != nil {
			f.Seen, f.Evidence = fmt.Sprintf("none; %s was disconnected at %.3f s, %s", name, d.T, d.Name), []int{d.N}
		}
		return f
	})
}

// receivesMore waits for media that comes after this step began.
func (w *rtmpWorld) receivesMore(ctx context.Context, name string) error {
	before := len(check.Frames(w.scene.Log.Before(), name, ""))
	return w.eventually(ctx, func(obs []reports.Observation) *check.Finding {
		if got := check.Frames(obs, name, ""); len(got) > before {
			return nil
		}
		f := &check.Finding{
			Expected: name + " to go on receiving media",
			Seen:     fmt.Sprintf("nothing more than the %d frames noted before", before),
		}
		if d := timeline.Disconnected(obs, name); d != nil {
			f.Seen, f.Evidence = fmt.Sprintf("disconnected at %.3f s, %s", d.T, d.Name), []int{d.N}
		}
		return f
	})
}

func (w *rtmpWorld) noMedia(name, publisher string) error {
	return failed(check.NoMedia(w.scene.Log.All(), name, publisher))
}

func (w *rtmpWorld) shownNothing(player, publisher string) error {
	return failed(check.ShownNothing(w.scene.Log.All(), player, publisher))
}

func (w *rtmpWorld) noMediaOfRefused() error {
	return failed(check.NoMediaOfRefused(w.scene.Log.All()))
}
