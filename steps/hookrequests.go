package steps

import (
	"github.com/cucumber/godog"

	"hookproof/hook"
	"hookproof/internal/scenario/hooktarget"
)

func (w *hookWorld) registerRequests(sc *godog.ScenarioContext) {
	w.acting(sc, `^a caller sends an acceptable (on_\w+), and other forms of it if that is not accepted$`,
		w.event((*hooktarget.Scene).Judged))
	w.acting(sc, `^a caller sends an? (on_\w+) that is to be refused$`, w.event((*hooktarget.Scene).Refusable))
	w.acting(sc, `^a caller sends an? (on_\w+) that is refused$`, w.event((*hooktarget.Scene).Refused))
	w.acting(sc, `^a caller sends an? (on_\w+) that is refused, from (\S+)$`, w.with((*hooktarget.Scene).From))
	w.acting(sc, `^a caller sends an acceptable (on_\w+) with (\d+) bytes of other parameters before its token$`,
		func(name string, n int) error {
			return w.on(func(ev hook.Event) error { return w.scene.Amid(ev, n) })(name)
		})
	w.acting(sc, `^a caller sends an (on_\w+) whose credential has, key by key, (.+)$`,
		w.with((*hooktarget.Scene).Near))
	w.acting(sc, `^a caller sends an (on_\w+) with its credential in pageUrl alone$`,
		w.event((*hooktarget.Scene).InPageURL))
	w.acting(sc, `^a caller sends an (on_\w+) without parameters$`,
		w.event(func(s *hooktarget.Scene, ev hook.Event) error {
			return s.Bare(ev, "")
		}))
	w.acting(sc, `^a caller sends an (on_\w+) with the parameters (\?\S+)$`, w.with((*hooktarget.Scene).Bare))
	w.acting(sc, `^a caller sends an (on_\w+) with a good and a bad credential together, in both orders$`,
		w.event(func(s *hooktarget.Scene, ev hook.Event) error { return s.Together(ev, false) }))
	w.acting(sc, `^a caller sends an (on_\w+) with a good credential in tcUrl and a bad one in param, and swapped$`,
		w.event(func(s *hooktarget.Scene, ev hook.Event) error { return s.Together(ev, true) }))
	w.acting(sc, `^a caller sends an acceptable (on_\w+) whose token is doubled in param$`,
		w.event((*hooktarget.Scene).Doubled))
	w.acting(sc, `^a caller sends an acceptable (on_\w+) whose body has (.+)$`, w.with((*hooktarget.Scene).Variant))
	w.acting(sc, `^a caller sends an acceptable (on_\w+) that has (.+)$`, w.with((*hooktarget.Scene).Odd))
	w.acting(sc, `^a caller sends the events of a (publisher|player) in order$`, w.session)
	w.acting(sc, `^a caller sends each event with a client_id of the other type$`,
		func() error { return w.scene.OtherID() })
	closing := []hook.Event{hook.OnUnpublish, hook.OnStop, hook.OnClose}
	w.acting(sc, `^a caller sends closing events of clients that never came(, each twice)?$`, func(twice string) error {
		if twice != "" {
			return w.scene.Unopened(2, closing...)
		}
		return w.scene.Unopened(1, closing...)
	})
	w.acting(sc, `^a caller sends on_unpublish and on_stop after the on_close of clients that never came$`,
		func() error {
			return w.scene.Unopened(1, hook.OnClose, hook.OnUnpublish, hook.OnStop)
		})
}

// event makes a step of what a scene does for an event.
func (w *hookWorld) event(act func(*hooktarget.Scene, hook.Event) error) func(string) error {
	return w.on(func(ev hook.Event) error { return act(w.scene, ev) })
}

// with makes a step of what a scene does for an event in words of the feature.
func (w *hookWorld) with(act func(*hooktarget.Scene, hook.Event, string) error) func(string, string) error {
	return func(name, words string) error {
		return w.on(func(ev hook.Event) error { return act(w.scene, ev, words) })(name)
	}
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
