package server

import (
	"slices"
	"sync"
	"testing"

	"hookproof/hook"
	"hookproof/internal/client"
)

// refuse answers no to one event.
func refuse(e hook.Event) func(*seen) bool { return func(s *seen) bool { return s.event != e } }

// refusedConnectEvents is what a client that on_connect refused causes (S-ANS-03).
func refusedConnectEvents(p *hook.Profile) []hook.Event {
	if p.CloseAfterRefusal == hook.Must {
		return []hook.Event{onConnect, onClose}
	}
	return []hook.Event{onConnect}
}

func TestRefusedConnect(t *testing.T) {
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		for name, style := range map[string]client.Style{"publisher": client.FMLE, "Flash publisher": client.Flash,
			"player": client.FMLE} {
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

// A client that leaves while its hook is pending causes the closing events of what was accepted (S-ANS-10).
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
