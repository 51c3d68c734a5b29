package hooks

import (
	"context"

	"github.com/cucumber/godog"

	"hookproof/hook"
	"hookproof/internal/hookcheck"
)

func (w *World) registerClients(sc *godog.ScenarioContext) {
	sc.Step(`^([A-Z][a-z]+), who is acceptable, (publishes|plays) through an RTMP server(, and leaves)?$`, w.enters)
	sc.Step(`^([A-Z][a-z]+), who is acceptable, connects to an RTMP server and leaves$`, func(ctx context.Context, name string) error {
		return w.Scene.ConnectOnly(ctx, name)
	})
	sc.Step(`^([A-Z][a-z]+), who is to be refused at (on_\w+), tries to (publish|play) through an RTMP server$`, w.tries)
	sc.Step(`^([A-Z][a-z]+) is let on$`, w.letOn)
	sc.Step(`^([A-Z][a-z]+) is thrown out$`, w.thrownOut)
	sc.Step(`^every event of ([A-Z][a-z]+) is accepted$`, w.allAccepted)
}

func (w *World) enters(ctx context.Context, name, act, leaves string) error {
	ev := hook.OnPublish
	if act == "plays" {
		ev = hook.OnPlay
	}
	err := w.Scene.Enter(ctx, name, ev, false)
	if err == nil && leaves != "" {
		err = w.Scene.Leave(ctx, name)
	}
	return err
}

func (w *World) tries(ctx context.Context, name, ev, _ string) error {
	return w.on(func(e hook.Event) error { return w.Scene.Enter(ctx, name, e, true) })(ev)
}

// letOn looks at what entering came to: the client is on or thrown out by now,
// or its time is up.
func (w *World) letOn(name string) error {
	return failed(hookcheck.LetOn(w.Scene.Log.All(), name, "an accepting answer to each of them"))
}

func (w *World) thrownOut(name string) error {
	return failed(hookcheck.ThrownOut(w.Scene.Log.All(), name, "a refusal of one of them"))
}

// allAccepted waits for the answer to the client's on_close.
func (w *World) allAccepted(ctx context.Context, name string) error {
	w.Scene.AwaitClosed(ctx, name)
	return failed(hookcheck.Accepted(w.Profile, w.Scene.Log.All(), hookcheck.Watched))
}
