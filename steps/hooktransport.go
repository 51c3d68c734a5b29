package steps

import (
	"github.com/cucumber/godog"

	"hookproof/internal/scenario/hooktarget"
)

func (w *hookWorld) registerTransport(sc *godog.ScenarioContext) {
	w.acting(sc, `^a caller sends an acceptable event with the Content-Type (\S.*)$`,
		func(t string) error { return w.scene.Typed(t) })
	w.acting(sc, `^a caller sends an acceptable event without a Content-Type$`,
		func() error { return w.scene.Typed("") })
	w.acting(sc, `^a caller sends to every URL (.+), and then an ordinary event$`, func(what string) error {
		return w.scene.Broken(what, hooktarget.AnyURL)
	})
	w.acting(sc, `^a caller sends to URLs of several events (.+), and then an ordinary event$`,
		func(what string) error {
			return w.scene.Broken(what, hooktarget.SharedURL)
		})
	w.acting(sc, `^a caller sends to URLs of one event (.+), and then an ordinary event$`, func(what string) error {
		return w.scene.Broken(what, hooktarget.OwnURL)
	})
	w.acting(sc, `^a caller sends an event that has (.+), and then an ordinary event$`,
		func(what string) error { return w.scene.Mistyped(what) })
	w.acting(sc, `^a caller sends (.+), others send ordinary events meanwhile and afterwards$`,
		func(what string) error { return w.scene.Hostile(what) })
	w.acting(sc, `^a caller sends an acceptable event by (GET|PUT|DELETE)(, without a body)?$`,
		func(method, bare string) error {
			return w.scene.Method(method, bare == "")
		})
	w.acting(sc, `^a caller sends every event on a connection of its own$`, func() error { return w.scene.Fresh() })
	w.acting(sc, `^a caller sends every event on one connection$`, func() error { return w.scene.KeepAlive() })
	w.acting(sc, `^a caller sends two events at once on one connection$`, func() error { return w.scene.Pipelined() })
	w.acting(sc, `^a caller sends every event with its body in chunks$`, func() error { return w.scene.Chunked() })
	w.acting(sc, `^a caller sends an event in segments of a few bytes$`, func() error { return w.scene.Pieces() })
	w.acting(sc, `^a caller sends an event with Expect: 100-continue$`, func() error { return w.scene.Expect() })
	w.acting(sc, `^a crowd of clients sends its events at once$`,
		func() error { return w.scene.Crowd(w.Clients, w.rand) })
	w.acting(sc, `^a crowd of clients sends its events at once, three times at most$`,
		func() error { return w.scene.Timed(w.Clients, w.rand) })
	w.acting(sc, `^200 callers each open a connection and send an event at once$`,
		func() error { return w.scene.Burst(200) })
}
