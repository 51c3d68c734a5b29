package server

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/client"
)

// Of many publishers of one name at most one is live at a time; the others are told so and go (S-CON-04).
func TestBusyName(t *testing.T) {
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		f := start(t, p)
		const n = 40
		var wins, losses atomic.Int64
		var g sync.WaitGroup
		for range n {
			g.Go(func() {
				c, err := client.Dial(f.ctx, f.options())
				if err != nil {
					t.Error(err)
					return
				}
				if err = c.Connect(f.ctx); err == nil {
					err = c.Publish(f.ctx, "cam", "")
				}
				if err == nil {
					wins.Add(1)
					c.Vanish()
					return
				}
				losses.Add(1)
				<-c.Done()
				if !everTold(c, "NetStream.Publish.BadName") || everTold(c, "NetStream.Publish.Start") {
					t.Errorf("%v", err)
				}
			})
		}
		g.Wait()
		all := f.hooks.await("all on_close", func(all []seen) bool { return count(all, onClose) == n })
		if won, lost := wins.Load(), losses.Load(); won == 0 || won+lost != n || count(all, onUnpublish) != int(won) {
			t.Errorf("%d won, %d lost, %d on_unpublish", won, lost, count(all, onUnpublish))
		}
	})
}

func count(all []seen, e hook.Event) (n int) {
	for _, s := range all {
		if s.event == e && !s.ended.IsZero() {
			n++
		}
	}
	return n
}

// One slow hook delays its own client only (S-CON-03).
func TestSlowHookDelaysOnlyItsClient(t *testing.T) {
	f := start(t, hook.SRS6)
	open := make(chan struct{})
	t.Cleanup(sync.OnceFunc(func() { close(open) }))
	f.hooks.rule(func(s *seen) bool {
		if s.event == onPublish && s.pl.Stream == "slow" {
			<-open
		}
		return true
	})
	slow := f.connect(flash)
	_, err := slow.CreateStream(f.ctx)
	f.must(err)
	f.must(slow.SendPublish("slow", "live"))
	f.hooks.pending(onPublish)
	for i := range 5 {
		f.publisher(fmt.Sprint("quick", i))
	}
	if everTold(slow, "NetStream.Publish.Start") {
		t.Error("started before the answer")
	}
}

// The next publisher of a name is not live before on_unpublish of the one before is answered, and is not refused for
// it.
func TestNextPublisherWaitsForUnpublish(t *testing.T) {
	f := start(t, hook.SRS6)
	var answered atomic.Bool
	open := make(chan struct{})
	first := f.publisher("cam", flash)
	second := f.connect(flash)
	_, err := second.CreateStream(f.ctx)
	f.must(err)
	f.hooks.rule(func(s *seen) bool {
		if s.event == onUnpublish {
			<-open
			answered.Store(true)
		}
		return true
	})
	first.Vanish()
	f.hooks.pending(onUnpublish)
	f.must(second.SendPublish("cam", "live"))
	go func() { // the answer comes within the grace
		f.hooks.await("the second on_publish", func(all []seen) bool { return count(all, onPublish) == 2 })
		close(open)
	}()
	start := f.status(second, "NetStream.Publish.Start")
	if !answered.Load() && time.Since(start.At) < unpublishGrace {
		t.Error("live before on_unpublish of the first was answered")
	}
}

// A slow on_unpublish keeps the name for a second at most.
func TestSlowUnpublishFreesTheName(t *testing.T) {
	f := start(t, hook.SRS6)
	open := make(chan struct{})
	t.Cleanup(sync.OnceFunc(func() { close(open) }))
	first := f.publisher("cam")
	f.hooks.rule(func(s *seen) bool {
		if s.event == onUnpublish {
			<-open
		}
		return true
	})
	first.Vanish()
	f.hooks.pending(onUnpublish)
	f.publisher("cam")
}
