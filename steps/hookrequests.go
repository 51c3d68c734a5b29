package steps

import (
	"github.com/cucumber/godog"

	"hookproof/hook"
	"hookproof/internal/hookcheck"
)

func (w *hookWorld) registerRequests(sc *godog.ScenarioContext) {
	w.acting(sc, `^a caller sends an acceptable (on_\w+)$`, w.on(func(ev hook.Event) error { return w.scene.Acceptable(ev, hookcheck.Accept) }))
	w.acting(sc, `^a caller sends an? (on_\w+) that is to be refused$`, w.on(func(ev hook.Event) error { return w.scene.Refusable(ev) }))
	w.acting(sc, `^a caller sends an acceptable (on_\w+) with (\d+) bytes of other parameters before its token$`, func(name string, n int) error {
		return w.on(func(ev hook.Event) error { return w.scene.Amid(ev, n) })(name)
	})
	w.acting(sc, `^a caller sends an (on_\w+) that carries (.+)$`, func(name, what string) error {
		return w.on(func(ev hook.Event) error { return w.scene.Near(ev, what) })(name)
	})
	w.acting(sc, `^a caller sends an acceptable (on_\w+) whose token is doubled in param$`, w.on(func(ev hook.Event) error { return w.scene.Doubled(ev) }))
	w.acting(sc, `^a caller sends an acceptable (on_\w+) whose body has (.+)$`, func(name, what string) error {
		return w.on(func(ev hook.Event) error { return w.scene.Variant(ev, what) })(name)
	})
	w.acting(sc, `^a caller sends an (on_\w+) that has (.+)$`, func(name, what string) error {
		return w.on(func(ev hook.Event) error { return w.scene.Odd(ev, what) })(name)
	})
	w.acting(sc, `^a caller sends the events of a (publisher|player) in order$`, w.session)
	w.acting(sc, `^a caller sends each event with (an integer|a string) for client_id$`, func(kind string) error {
		return w.scene.WithID(kind == "an integer")
	})
	w.acting(sc, `^a caller sends closing events of clients that never came(, each twice)?$`, func(again string) error {
		return w.scene.Unopened(again != "", false)
	})
	w.acting(sc, `^a caller sends on_unpublish and on_stop behind the on_close of clients that never came$`, func() error {
		return w.scene.Unopened(false, true)
	})
}

// on makes a step of what is done for an event.
func (w *hookWorld) on(act func(hook.Event) error) func(string) error {
	return func(name string) error {
		ev, err := hook.ParseEvent(name)
		if err != nil {
			return err
		}
		return act(ev)
	}
}

func (w *hookWorld) session(kind string) error {
	if kind == "player" {
		return w.scene.Session(hook.OnConnect, hook.OnPlay, hook.OnStop, hook.OnClose)
	}
	return w.scene.Session(hook.OnConnect, hook.OnPublish, hook.OnUnpublish, hook.OnClose)
}
