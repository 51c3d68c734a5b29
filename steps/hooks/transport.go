package hooks

import "github.com/cucumber/godog"

func (w *World) registerTransport(sc *godog.ScenarioContext) {
	sc.Step(`^a caller sends an acceptable event with the Content-Type (\S.*)$`, func(t string) error { return w.Scene.Typed(t) })
	sc.Step(`^a caller sends an acceptable event without a Content-Type$`, func() error { return w.Scene.Typed("") })
	sc.Step(`^a caller sends to an event's URL (.+), and then an ordinary event$`, func(what string) error { return w.Scene.Broken(what) })
	sc.Step(`^a caller sends (.+), others send ordinary events meanwhile and afterwards$`, func(what string) error { return w.Scene.Hostile(what) })
	sc.Step(`^a caller sends an acceptable event by (GET|PUT|DELETE)(, without a body)?$`, func(method, bare string) error {
		return w.Scene.Method(method, bare == "")
	})
	sc.Step(`^a caller sends every event on a connection of its own$`, func() error { return w.Scene.Fresh() })
	sc.Step(`^a caller sends every event on one connection$`, func() error { return w.Scene.KeepAlive() })
	sc.Step(`^a caller sends two events at once on one connection$`, func() error { return w.Scene.Pipelined() })
	sc.Step(`^a caller sends every event with its body in chunks$`, func() error { return w.Scene.Chunked() })
	sc.Step(`^a caller sends an event in segments of a few bytes$`, func() error { return w.Scene.Pieces() })
	sc.Step(`^a caller sends an event with Expect: 100-continue$`, func() error { return w.Scene.Expect() })
	sc.Step(`^a crowd of clients sends its events at once$`, func() error { return w.Scene.Crowd(w.Clients, w.Rand) })
	sc.Step(`^a crowd of clients sends its events at once, three times at most$`, func() error { return w.Scene.Timed(w.Clients, w.Rand) })
	sc.Step(`^200 callers each open a connection and send an event at once$`, func() error { return w.Scene.Burst(200) })
}
