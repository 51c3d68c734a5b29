package hooks

import (
	"github.com/cucumber/godog"

	"hookproof/hook"
	"hookproof/internal/hookcheck"
)

func (w *World) registerRequests(sc *godog.ScenarioContext) {
	sc.Step(`^a caller sends an acceptable (on_\w+)$`, w.on(func(ev hook.Event) error { return w.Scene.Acceptable(ev, hookcheck.Accept) }))
	sc.Step(`^a caller sends an? (on_\w+) that is to be refused$`, w.on(func(ev hook.Event) error { return w.Scene.Refusable(ev) }))
	sc.Step(`^a caller sends an acceptable (on_\w+) with (\d+) bytes of other parameters before its token$`, func(name string, n int) error {
		return w.on(func(ev hook.Event) error { return w.Scene.Amid(ev, n) })(name)
	})
	sc.Step(`^a caller sends an (on_\w+) that carries (.+)$`, func(name, what string) error {
		return w.on(func(ev hook.Event) error { return w.Scene.Near(ev, what) })(name)
	})
	sc.Step(`^a caller sends an acceptable (on_\w+) whose token is doubled in param$`, w.on(func(ev hook.Event) error { return w.Scene.Doubled(ev) }))
	sc.Step(`^a caller sends an acceptable (on_\w+) whose body has (.+)$`, func(name, what string) error {
		return w.on(func(ev hook.Event) error { return w.Scene.Variant(ev, what) })(name)
	})
	sc.Step(`^a caller sends an (on_\w+) that has (.+)$`, func(name, what string) error {
		return w.on(func(ev hook.Event) error { return w.Scene.Odd(ev, what) })(name)
	})
	sc.Step(`^a caller sends the events of a (publisher|player) in order$`, w.session)
	sc.Step(`^a caller sends each event with (an integer|a string) for client_id$`, func(kind string) error {
		return w.Scene.WithID(kind == "an integer")
	})
	sc.Step(`^a caller sends closing events of clients that never came(, each twice)?$`, func(again string) error {
		return w.Scene.Unopened(again != "", false)
	})
	sc.Step(`^a caller sends on_unpublish and on_stop behind the on_close of clients that never came$`, func() error {
		return w.Scene.Unopened(false, true)
	})
}

// on makes a step of what is done for an event.
func (w *World) on(act func(hook.Event) error) func(string) error {
	return func(name string) error {
		ev, err := hook.ParseEvent(name)
		if err != nil {
			return err
		}
		return act(ev)
	}
}

func (w *World) session(kind string) error {
	if kind == "player" {
		return w.Scene.Session(hook.OnConnect, hook.OnPlay, hook.OnStop, hook.OnClose)
	}
	return w.Scene.Session(hook.OnConnect, hook.OnPublish, hook.OnUnpublish, hook.OnClose)
}
