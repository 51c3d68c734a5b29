package steps

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cucumber/godog"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

func (w *rtmpWorld) registerViewers(sc *godog.ScenarioContext) {
	step(sc, `^([A-Z][a-z]+) publishes "([^"]*)", which can be watched as "([^"]*)"$`, w.publishesForViewers)
	step(sc, `^`+who+` watches "([^"]*)"$`, w.watches)
	step(sc, `^`+who+` watches "([^"]*)" and leaves$`, w.watchesAndLeaves)
	step(sc, `^`+who+` begins to watch "([^"]*)"$`, w.beginsToWatch)
	step(sc, `^`+who+` asks for "([^"]*)"$`, w.asksFor)
	step(sc, `^`+who+` asks for the playlist of ([A-Z][a-z]+) with "([^"]*)"$`, w.asksAs)
	step(sc, `^([A-Z][a-z]+) is shown the stream$`, w.isShown)
	step(sc, `^stream of ([A-Z][a-z]+) is "([^"]*)", or "([^"]*)", in (on_\w+) and (on_\w+)$`, w.streamOfHLS)
	step(sc, `^param of ([A-Z][a-z]+) has "(.*)" in (on_\w+) and (on_\w+)$`, w.paramHas)
	step(sc, `^the events of ([A-Z][a-z]+) are none, or on_play, on_stop$`, w.asWatcherOrNone)
	step(sc, `^`+who+` asks for the newest segment of ([A-Z][a-z]+) without its parameters$`, w.asksForSegment)
	step(sc, `^whoever watched "([^"]*)" until now has been missed$`, w.allMissed)
	step(sc, `^pageUrl of ([A-Z][a-z]+) is what (?:she|he) sent in on_play$`, w.pageOfViewer)
}

// scout is the viewer that tries whether a stream can be watched.
const scout = "Scout"

// publishesForViewers publishes, and waits until a viewer is shown the stream. That there is nothing to be seen decides
// nothing: the server may serve no such thing.
func (w *rtmpWorld) publishesForViewers(ctx context.Context, name, stream, as string) error {
	if strings.Contains(as, ".m3u8") {
		w.scene.AwaitHLS()
		defer w.scene.Wait(0)
	}
	if err := w.publishes(ctx, name, "", stream); err != nil {
		return err
	}
	a, _ := w.viewer(scout, "")
	err := w.act(func() error {
		ctx, cancel := w.scene.Within(ctx)
		defer cancel()
		defer a.Leave()
		for {
			if err := a.Watch(ctx, as); err != nil {
				return err
			}
			if !w.retry(ctx, a) {
				return nil
			}
		}
	})
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return failed(check.CanBeWatched(w.scene.Log.All(), scout))
}

// retry waits until a viewer that was let on is shown something; true: it was not let on, and may try again.
func (w *rtmpWorld) retry(ctx context.Context, a *rtmptarget.Actor) bool {
	const pause = 250 * time.Millisecond
	within, cancel := context.WithTimeout(ctx, pause)
	defer cancel()
	shown := func(obs []reports.Observation) bool { return check.Watched(obs, a.Name) == nil }
	if w.scene.Log.Await(within, shown) == nil {
		return false
	}
	if a.On() {
		w.scene.Await(ctx, shown)
		return false
	}
	return ctx.Err() == nil
}

// viewer returns the viewer of that name, presented as the scenario says.
func (w *rtmpWorld) viewer(name, presented string) (*rtmptarget.Actor, error) {
	a, err := w.actor(name, presented)
	if err == nil {
		a.Watches, a.Plays = true, true
	}
	return a, err
}

// watches returns when the server has let the viewer on, or has not.
func (w *rtmpWorld) watches(ctx context.Context, name, presented, stream string) error {
	a, err := w.viewer(name, presented)
	if err != nil {
		return err
	}
	return w.act(func() error { return a.Watch(ctx, w.scene.Expand(stream)) })
}

func (w *rtmpWorld) watchesAndLeaves(ctx context.Context, name, presented, stream string) error {
	if err := w.watches(ctx, name, presented, stream); err != nil {
		return err
	}
	err := w.isShown(ctx, name)
	w.leaves(name)
	return err
}

func (w *rtmpWorld) beginsToWatch(ctx context.Context, name, presented, stream string) error {
	a, err := w.viewer(name, presented)
	if err != nil {
		return err
	}
	return w.act(func() error {
		a.Look(ctx, w.scene.Expand(stream))
		return nil
	})
}

func (w *rtmpWorld) asksFor(ctx context.Context, name, presented, target string) error {
	a, err := w.viewer(name, presented)
	if err != nil {
		return err
	}
	return w.act(func() error { return a.AskFor(ctx, w.scene.Expand(target)) })
}

func (w *rtmpWorld) asksAs(ctx context.Context, name, presented, other, param string) error {
	a, err := w.viewer(name, presented)
	if err != nil {
		return err
	}
	return w.act(func() error { return a.AskAs(ctx, w.scene.Actor(other), param) })
}

func (w *rtmpWorld) isShown(ctx context.Context, name string) error {
	return w.eventually(ctx, func(obs []reports.Observation) *check.Finding { return check.Watched(obs, name) })
}

// streamOfHLS checks the name of a stream that SRS has with the playlist's extension.
func (w *rtmpWorld) streamOfHLS(name, bare, whole, one, two string) error {
	evs, err := events(one + ", " + two)
	if err != nil {
		return err
	}
	bare, whole = w.scene.Named(bare), w.scene.NamedFile(whole)
	v := check.Value{Key: "stream", Want: fmt.Sprintf("%q, or %q", bare, whole), Events: evs,
		OK: func(got string) bool { return got == bare || got == whole }}
	return v.Check(w.Profile, w.scene.Log.All(), name)
}

func (w *rtmpWorld) pageOfViewer(name string) error {
	return w.is(name, "pageUrl", w.scene.Actor(name).SentPageURL())
}

func (w *rtmpWorld) paramHas(name, part, one, two string) error {
	evs, err := events(one + ", " + two)
	if err != nil {
		return err
	}
	v := check.Value{Key: "param", Want: fmt.Sprintf("one with %q", part), Events: evs,
		OK: func(got string) bool { return strings.Contains(got, part) }}
	return v.Check(w.Profile, w.scene.Log.All(), name)
}

// asWatcherOrNone is for a server that may ask about a viewer or not; where it asked, it has to tell of the end, too.
func (w *rtmpWorld) asWatcherOrNone(ctx context.Context, name string) error {
	if _, err := w.fence(ctx); err != nil {
		return err
	}
	if len(timeline.Events(w.scene.Log.All(), name)) == 0 {
		return nil
	}
	return w.eventsAre(ctx, name, "on_play, on_stop")
}

func (w *rtmpWorld) asksForSegment(ctx context.Context, name, presented, other string) error {
	a, err := w.viewer(name, presented)
	if err != nil {
		return err
	}
	return w.act(func() error { return a.AskSegment(ctx, w.scene.Actor(other)) })
}

// allMissed is a fence for on_stop of HLS: SRS tells them in no order, one each 5 s, so that a viewer that comes now is
// missed after all that left before. Other servers need none: the built-in one tells them together.
func (w *rtmpWorld) allMissed(ctx context.Context, stream string) error {
	const later = "Zoe"
	return w.act(func() error {
		if !w.scene.Target.Shared() {
			return nil
		}
		if err := w.watches(ctx, later, "", stream); err != nil {
			return err
		}
		w.leaves(later)
		w.scene.AwaitHLS()
		defer w.scene.Wait(0)
		w.ended(ctx, later, hook.OnStop)
		return nil
	})
}
