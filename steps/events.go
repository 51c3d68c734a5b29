package steps

import (
	"context"
	"strings"

	"github.com/cucumber/godog"

	"hookproof/hook"
	"hookproof/hook/order"
	"hookproof/internal/check"
	"hookproof/internal/explore/oracle"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

func (w *rtmpWorld) registerEvents(sc *godog.ScenarioContext) {
	step(sc, `^the events of ([A-Z][a-z]+)(?: so far)? are (?:exactly )?(none|on_.+)$`, w.eventsAre)
	step(sc, `^the events of ([A-Z][a-z]+) overlap nowhere$`, w.noOverlap)
	step(sc, `^no event of ([A-Z][a-z]+) has come after (on_\w+)$`, w.nothingAfter)
	step(sc, `^everybody is on or off, as the hook server decided$`, w.settled)
	step(sc, `^every client is accounted for$`, w.allAccounted)
	step(sc, `^no event but that client's has come$`, w.onlyMarkers)
	step(sc, `^the last of them came within 5 s of (?:her|his) going$`, w.lastWithin)
	step(sc, `^all events of ([A-Z][a-z]+) have one client_id$`, w.oneID)
	step(sc, `^no event of the whole run is nobody's$`, w.noneUnexplained)
	step(sc, `^no client_id is empty or shared$`, w.ownIDs)
	step(sc, `^for each event of ([A-Z][a-z]+) and ([A-Z][a-z]+) the URLs ([\d, ]+) were called, one by one$`,
		w.urlsOfBoth)
	step(sc, `^for (on_\w+) of ([A-Z][a-z]+) the URLs ([\d, ]+) were called, one by one$`, w.urlsOf)
	step(sc, `^every request of ([A-Z][a-z]+) went to the URLs of the (default vhost|vhost "[^"]+")$`, w.atVHost)
	step(sc, `^every request of ([A-Z][a-z]+) came over TLS$`, w.overTLS)
}

// eventsAre waits until the events are there, runs a marker client through,
// and checks that no other have come.
func (w *rtmpWorld) eventsAre(ctx context.Context, name, list string) error {
	a := w.scene.Actor(name)
	want, err := expected(w.Profile, list, a.VHost.Called())
	if a.Watches {
		want, err = expectedOfViewer(w.Profile, list)
		w.scene.AwaitHLS()
		defer w.scene.Wait(0)
	}
	if err != nil {
		return err
	}
	ready := func(obs []reports.Observation) bool { return check.Fit(want, obs, name) != order.Begun }
	w.lastActor = name
	return w.fenced(ctx, ready, func(obs []reports.Observation) *check.Finding {
		return check.Exactly(want, obs, name)
	})
}

func (w *rtmpWorld) lastWithin(ctx context.Context) error {
	const limit = 5 // seconds: S-ORD-05
	return failed(check.LastWithin(w.scene.Log.All(), w.lastActor, limit))
}

func (w *rtmpWorld) noOverlap(ctx context.Context, name string) error {
	return w.fenced(ctx, closed, func(obs []reports.Observation) *check.Finding { return check.NoOverlap(obs, name) })
}

func (w *rtmpWorld) nothingAfter(name, ev string) error {
	e, err := event(ev)
	if err != nil {
		return err
	}
	return failed(check.NothingAfter(w.scene.Log.All(), name, e))
}

func (w *rtmpWorld) onlyMarkers() error {
	return failed(check.NoEventButMarkers(w.scene.Log.All()))
}

func (w *rtmpWorld) oneID(ctx context.Context, name string) error {
	return w.fenced(ctx, closed, func(obs []reports.Observation) *check.Finding { return check.OneID(obs, name) })
}

// noneUnexplained looks at what has come since the run began.
func (w *rtmpWorld) noneUnexplained() error {
	w.act(func() error {
		w.scene.Unexplained()
		return nil
	})
	return failed(check.NoneUnexplained(w.scene.Log.All()))
}

func (w *rtmpWorld) ownIDs(ctx context.Context) error {
	return w.fenced(ctx, closed, check.OwnIDs)
}

func (w *rtmpWorld) urlsOfBoth(ctx context.Context, one, two, urls string) error {
	want, err := numbers(urls)
	if err != nil {
		return err
	}
	return w.fenced(ctx, allURLs(len(want)), func(obs []reports.Observation) *check.Finding {
		if f := check.URLs(obs, one, want); f != nil {
			return f
		}
		return check.URLs(obs, two, want)
	})
}

func (w *rtmpWorld) urlsOf(ctx context.Context, ev, name, urls string) error {
	e, err := event(ev)
	if err != nil {
		return err
	}
	want, err := numbers(urls)
	if err != nil {
		return err
	}
	return w.fenced(ctx, always, func(obs []reports.Observation) *check.Finding {
		return check.URLs(obs, name, want, e)
	})
}

// allURLs holds once all URLs of every on_close are answered.
func allURLs(n int) func([]reports.Observation) bool {
	return func(obs []reports.Observation) bool {
		if !closed(obs) {
			return false
		}
		calls := map[string]int{}
		for _, h := range timeline.Hooks(obs, "") {
			if h.Event == hook.OnClose && h.Answer >= 0 {
				calls[h.Actor]++
			}
		}
		for _, c := range calls {
			if c < n {
				return false
			}
		}
		return true
	}
}

func (w *rtmpWorld) atVHost(ctx context.Context, name, vhost string) error {
	key := strings.Trim(strings.TrimPrefix(vhost, "vhost "), `"`)
	if vhost == "default vhost" {
		key = "default"
	}
	return w.fenced(ctx, closed, func(obs []reports.Observation) *check.Finding {
		return check.AtVHost(obs, name, key)
	})
}

func (w *rtmpWorld) overTLS(ctx context.Context, name string) error {
	return w.fenced(ctx, closed, func(obs []reports.Observation) *check.Finding { return check.OverTLS(obs, name) })
}

// settled waits until everybody is on or off, as the hook server decided.
func (w *rtmpWorld) settled(ctx context.Context) error {
	return w.eventually(ctx, func(obs []reports.Observation) *check.Finding {
		return oracle.Settled(w.Profile, obs)
	})
}

// allAccounted waits until every client that has gone has caused its events, and
// judges all that has happened.
func (w *rtmpWorld) allAccounted(ctx context.Context) error {
	complete := func(obs []reports.Observation) bool { return oracle.Complete(w.Profile, obs) }
	return w.fenced(ctx, complete, func(obs []reports.Observation) *check.Finding {
		if found := oracle.Judge(w.Profile, obs); len(found) > 0 {
			return found[0]
		}
		return nil
	})
}
