package server

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hookproof/internal/client"
	"hookproof/internal/hook"
)

// refuse answers no to one event.
func refuse(e hook.Event) func(*seen) bool { return func(s *seen) bool { return s.event != e } }

// refusedConnectEvents is what a client that on_connect refused gives (S-ANS-03).
func refusedConnectEvents(p *hook.Profile) []hook.Event {
	if p.CloseAfterRefusal == hook.Must {
		return []hook.Event{onConnect, onClose}
	}
	return []hook.Event{onConnect}
}

func TestRefusedConnect(t *testing.T) {
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		for name, style := range map[string]client.Style{"publisher": client.FMLE, "Flash publisher": client.Flash, "player": client.FMLE} {
			t.Run(name, func(t *testing.T) {
				f := start(t, p)
				f.hooks.rule(refuse(onConnect))
				c := f.dial(func(o *client.Options) { o.Style = style })
				err := c.Connect(f.ctx)
				if p.ConnectFirst != (err != nil) {
					t.Fatalf("connect: %v", err)
				}
				if err == nil && name == "player" {
					err = c.Play(f.ctx, "cam")
				} else if err == nil {
					err = c.Publish(f.ctx, "cam", "")
				}
				if err == nil {
					t.Error("the client was let on")
				}
				if p.ConnectFirst && !everTold(c, "NetConnection.Connect.Rejected") {
					t.Error("no NetConnection.Connect.Rejected")
				}
				if end := f.gone(c); end.How != client.FIN {
					t.Errorf("ended with %v", end.How)
				}
				f.must(f.Shutdown(f.ctx))
				f.hooks.answered(refusedConnectEvents(p)...)
			})
		}
	})
}

func TestRefusedPublish(t *testing.T) {
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		for _, style := range []client.Style{client.FMLE, client.Flash} {
			t.Run(style.String(), func(t *testing.T) {
				f := start(t, p)
				f.hooks.rule(refuse(onPublish))
				c := f.connect(func(o *client.Options) { o.Style = style })
				if err := c.Publish(f.ctx, "cam", ""); err == nil {
					t.Error("the publisher was let on")
				}
				f.status(c, "NetStream.Publish.Denied")
				f.gone(c)
				if everTold(c, "NetStream.Publish.Start") {
					t.Error("Publish.Start was told")
				}
				f.hooks.answered(onConnect, onPublish, onClose)
				f.hooks.rule(func(*seen) bool { return true })
				f.publisher("cam") // the name is free at once (S-ANS-08)
			})
		}
	})
}

func TestRefusedPlay(t *testing.T) {
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		f := start(t, p)
		f.must(f.publisher("cam").WriteMedia(client.Clip()...))
		f.hooks.await("on_publish", func(all []seen) bool { return slices.Contains(events(all), onPublish) })
		f.hooks.forget()
		f.hooks.rule(refuse(onPlay))
		c := f.connect()
		if err := c.Play(f.ctx, "cam"); err == nil {
			t.Error("the player was let on")
		}
		f.status(c, "NetStream.Play.Failed")
		f.gone(c)
		if k := c.Counters(); k.AudioFrames+k.VideoFrames+k.SequenceHeaders+k.DataMessages > 0 {
			t.Errorf("media reached a refused player: %+v", k)
		}
		f.hooks.answered(onConnect, onPlay, onClose)
	})
}

// gate makes an event wait for its answer.
type gate struct {
	open  chan struct{}
	event hook.Event
}

func (g *gate) answer(yes bool) func(*seen) bool {
	return func(s *seen) bool {
		if s.event == g.event {
			<-g.open
			return yes
		}
		return true
	}
}

func TestPendingPublishIsNotVisible(t *testing.T) {
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		f := start(t, p)
		g := &gate{make(chan struct{}), onPublish}
		open := sync.OnceFunc(func() { close(g.open) })
		t.Cleanup(open)
		f.hooks.rule(g.answer(false))
		player := f.player("cam")
		c := f.connect(flash)
		id, err := c.CreateStream(f.ctx)
		f.must(err)
		c.UseStream(id)
		f.must(c.SendPublish("cam", "live"))
		f.must(c.WriteMedia(client.Clip()...)) // does not wait for the answer
		f.hooks.pending(onPublish)
		if live := f.Stats().LiveStreams; live != 0 {
			t.Errorf("%d streams are live", live)
		}
		open()
		f.gone(c)
		f.hooks.await("on_close", func(all []seen) bool { return slices.Contains(events(all), onClose) })
		f.must(player.Pause(f.ctx, true)) // whatever was sent before has come now
		if k := player.Counters(); k.AudioFrames+k.VideoFrames+k.SequenceHeaders > 0 {
			t.Errorf("media of a refused publisher: %+v", k)
		}
	})
}

// A client that leaves while its hook is pending gives the closing events of what was accepted (S-ANS-10).
func TestLeavingWhilePending(t *testing.T) {
	cases := []struct {
		name   string
		event  hook.Event
		accept bool
		want   []hook.Event
	}{
		{"publish accepted", onPublish, true, []hook.Event{onConnect, onPublish, onUnpublish, onClose}},
		{"publish refused", onPublish, false, []hook.Event{onConnect, onPublish, onClose}},
		{"play accepted", onPlay, true, []hook.Event{onConnect, onPlay, onStop, onClose}},
		{"play refused", onPlay, false, []hook.Event{onConnect, onPlay, onClose}},
	}
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		for _, k := range cases {
			t.Run(k.name, func(t *testing.T) {
				f := start(t, p)
				g := &gate{make(chan struct{}), k.event}
				f.hooks.rule(g.answer(k.accept))
				c := f.connect(flash)
				id, err := c.CreateStream(f.ctx)
				f.must(err)
				c.UseStream(id)
				if k.event == onPublish {
					f.must(c.SendPublish("cam", "live"))
				} else {
					f.must(c.SendPlay("cam"))
				}
				f.hooks.pending(k.event)
				c.Vanish()
				close(g.open)
				f.hooks.await("on_close", func(all []seen) bool { return slices.Contains(events(all), onClose) })
				f.hooks.answered(k.want...)
			})
		}
	})
}

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
	f := start(t, hook.SRS7)
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

// The next publisher of a name is not live before on_unpublish of the one before is answered, and is not refused for it.
func TestNextPublisherWaitsForUnpublish(t *testing.T) {
	f := start(t, hook.SRS7)
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
	f := start(t, hook.SRS7)
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
