package steps

import (
	"context"

	"github.com/cucumber/godog"

	"hookproof/hook"
	"hookproof/internal/hookcheck"
)

func (w *hookWorld) registerClients(sc *godog.ScenarioContext) {
	w.acting(sc, `^([A-Z][a-z]+), who is acceptable, (publishes|plays) through an RTMP server(, and leaves)?$`,
		w.enters)
	w.acting(sc, `^([A-Z][a-z]+), who is acceptable, connects to an RTMP server and leaves$`,
		func(ctx context.Context, name string) error {
			return w.scene.ConnectOnly(ctx, name)
		})
	w.acting(sc, `^([A-Z][a-z]+), who is to be refused at (on_\w+), tries to (publish|play) through an RTMP server$`,
		w.tries)
	step(sc, `^([A-Z][a-z]+) is let on$`, w.letOn)
	step(sc, `^([A-Z][a-z]+) is thrown out$`, w.thrownOut)
	step(sc, `^the (on_\w+) of ([A-Z][a-z]+) is accepted$`, w.acceptedOf)
}

func (w *hookWorld) enters(ctx context.Context, name, act, leaves string) error {
	ev := hook.OnPublish
	if act == "plays" {
		ev = hook.OnPlay
	}
	err := w.scene.Enter(ctx, name, ev, false)
	if err == nil && leaves != "" {
		err = w.scene.Leave(ctx, name)
	}
	return err
}

func (w *hookWorld) tries(ctx context.Context, name, ev, _ string) error {
	return w.on(func(e hook.Event) error { return w.scene.Enter(ctx, name, e, true) })(ev)
}

// letOn looks at what entering came to: the client is on or thrown out by now,
// or its time is up.
func (w *hookWorld) letOn(name string) error {
	return failed(hookcheck.LetOn(w.scene.Log.All(), name, "an accepting answer to each of them"))
}

func (w *hookWorld) thrownOut(name string) error {
	return failed(hookcheck.ThrownOut(w.scene.Log.All(), name, "a refusal of one of them"))
}

// acceptedOf waits for the answer to a closing event.
func (w *hookWorld) acceptedOf(ctx context.Context, event, name string) error {
	return w.on(func(ev hook.Event) error {
		if err := w.act(func() error { return w.scene.Applies(ev) }); err != nil {
			return err
		}
		if ev.Closing() {
			w.scene.AwaitAnswered(ctx, name, ev)
		}
		return hookcheck.AcceptedOf(w.Profile, w.scene.Log.All(), name, ev)
	})(event)
}
