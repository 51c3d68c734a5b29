package server

import (
	"slices"
	"testing"

	"hookproof/hook"
	"hookproof/internal/client"
)

const (
	onConnect, onClose     = hook.OnConnect, hook.OnClose
	onPublish, onUnpublish = hook.OnPublish, hook.OnUnpublish
	onPlay, onStop         = hook.OnPlay, hook.OnStop
)

func flash(o *client.Options) { o.Style = client.Flash }

func publisherNo(n uint64) func(*client.Options) {
	return func(o *client.Options) { o.Publisher = n }
}

// aloneEvents is what a client that only connects causes (S-ORD-04).
func aloneEvents(p *hook.Profile) []hook.Event {
	if p.ConnectFirst {
		return []hook.Event{onConnect, onClose}
	}
	return []hook.Event{onClose}
}

func TestLives(t *testing.T) {
	lives := []struct {
		name string
		live func(f *fixture)
		want []hook.Event // nil: what a client alone causes
	}{
		{"publish, orderly", func(f *fixture) { f.must(f.publisher("cam").Leave()) },
			[]hook.Event{onConnect, onPublish, onUnpublish, onClose}},
		{"publish as Flash does", func(f *fixture) { f.must(f.publisher("cam", flash).Leave()) },
			[]hook.Event{onConnect, onPublish, onUnpublish, onClose}},
		{"publish, FIN", func(f *fixture) { f.must(f.publisher("cam").Close()) }, []hook.Event{onConnect, onPublish,
			onUnpublish, onClose}},
		{"publish, RST", func(f *fixture) { f.publisher("cam").Vanish() }, []hook.Event{onConnect, onPublish,
			onUnpublish, onClose}},
		{"publish, half-close", func(f *fixture) { f.must(f.publisher("cam").HalfClose()) },
			[]hook.Event{onConnect, onPublish, onUnpublish, onClose}},
		{"play before anyone publishes", func(f *fixture) { f.must(f.player("cam").Leave()) },
			[]hook.Event{onConnect, onPlay, onStop, onClose}},
		{"play, RST", func(f *fixture) { f.player("cam").Vanish() }, []hook.Event{onConnect, onPlay, onStop, onClose}},
		{"connect and leave", func(f *fixture) { f.must(f.connect().Close()) }, nil},
		{"connect, createStream, vanish", func(f *fixture) {
			c := f.connect()
			_, err := c.CreateStream(f.ctx)
			f.must(err)
			c.Vanish()
		}, nil},
		{"releaseStream only", func(f *fixture) {
			c := f.connect()
			f.must(c.ReleaseStream(f.ctx, "cam"))
			f.must(c.Close())
		}, []hook.Event{onConnect, onClose}},
		{"publish, unpublish, publish again", func(f *fixture) {
			c := f.publisher("cam")
			f.must(c.FCUnpublish(f.ctx, "cam"))
			f.must(c.SendPublish("cam2", "live"))
			f.hooks.await("the second on_publish", func(all []seen) bool {
				return slices.Contains(events(all[min(4, len(all)):]), onPublish) || len(all) == 4
			})
			f.must(c.Leave())
		}, []hook.Event{onConnect, onPublish, onUnpublish, onPublish, onUnpublish, onClose}},
		{"closeStream and publish again", func(f *fixture) {
			c := f.publisher("cam", flash)
			f.must(c.CloseStream())
			f.status(c, "NetStream.Unpublish.Success")
			f.must(c.Publish(f.ctx, "cam", ""))
			f.must(c.Close())
		}, []hook.Event{onConnect, onPublish, onUnpublish, onPublish, onUnpublish, onClose}},
		{"deleteStream and publish again", func(f *fixture) {
			c := f.publisher("cam", flash)
			f.must(c.DeleteStream())
			f.must(c.Publish(f.ctx, "cam", ""))
			f.must(c.Close())
		}, []hook.Event{onConnect, onPublish, onUnpublish, onPublish, onUnpublish, onClose}},
		{"play another, with a pause", func(f *fixture) {
			c := f.player("cam")
			f.must(c.Pause(f.ctx, true))
			f.must(c.Pause(f.ctx, false))
			f.must(c.SendPlay("cam2"))
			f.hooks.await("the second on_play", func(all []seen) bool {
				return len(all) >= 4 &&
					!all[3].ended.IsZero()
			})
			f.must(c.Close())
		}, []hook.Event{onConnect, onPlay, onStop, onPlay, onStop, onClose}},
	}
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		for _, l := range lives {
			t.Run(l.name, func(t *testing.T) {
				f := start(t, p)
				l.live(f)
				want := l.want
				if want == nil {
					want = aloneEvents(p)
				}
				all := f.hooks.await("on_close", func(all []seen) bool {
					return len(all) > 0 && all[len(all)-1].event == onClose && !all[len(all)-1].ended.IsZero()
				})
				if got := events(all); !slices.Equal(got, want) {
					t.Fatalf("got %v, want %v", got, want)
				}
				checkSequence(t, all)
			})
		}
	})
}

// checkSequence wants one client id, and each event answered before the next (S-ID-01, S-ORD-03).
func checkSequence(t *testing.T, all []seen) {
	t.Helper()
	for i := 1; i < len(all); i++ {
		if all[i].pl.ClientID != all[0].pl.ClientID {
			t.Errorf("client_id %q after %q", all[i].pl.ClientID, all[0].pl.ClientID)
		}
		if all[i].arrived.Before(all[i-1].ended) {
			t.Errorf("%v came before %v was answered", all[i].event, all[i-1].event)
		}
	}
}

// A peer that never gets as far as connect causes no event (S-ORD-12): the next client's are the first.
func TestNoEventBeforeConnect(t *testing.T) {
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		f := start(t, p)
		raw, err := client.DialRaw(f.ctx, f.options())
		f.must(err)
		f.must(raw.Close())
		garbage, err := client.DialRaw(f.ctx, f.options())
		f.must(err)
		f.must(garbage.Raw([]byte("GET / HTTP/1.1\r\nHost: example\r\n\r\n")))
		f.gone(garbage)
		f.must(f.dial().Close())
		early := f.dial()
		_, err = early.SendCommand(0, "createStream")
		f.must(err)
		f.gone(early)
		f.must(f.connect().Close())
		f.hooks.answered(aloneEvents(p)...)
	})
}

func TestPayloads(t *testing.T) {
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		f := start(t, p)
		c := f.publisher("cam?token=a%20b&x=1", func(o *client.Options) {
			o.URL += "?k=v"
			o.PageURL = "http://page.example/x.html"
		})
		player := f.player("cam")
		id := f.Streams()[0].ID
		f.must(player.Close())
		f.hooks.await("on_stop", func(all []seen) bool { return slices.Contains(events(all), onStop) })
		f.must(c.Close())
		all := f.hooks.await("both on_close", func(all []seen) bool { return len(all) == 8 })
		for _, s := range all {
			pl := s.pl
			if pl.IP != "127.0.0.1" || pl.VHost != DefaultVHost || pl.App != "live" || s.path != "/"+s.event.String()+
				"?a=b" {
				t.Errorf("%s: %s", s.path, s.body)
			}
			if s.event == onPublish && (pl.Stream != "cam" || p.Name == "srs6" &&
				(pl.Param != "?token=a%20b&x=1?k=v" || pl.StreamURL != "/live/cam" || pl.StreamID != id ||
					pl.TCURL != f.url("live?k=v"))) {
				t.Errorf("%s", s.body)
			}
			if s.event == onPlay && p.Name == "srs6" && (pl.Stream != "cam" || pl.Param != "" || pl.StreamID != id) {
				t.Errorf("%s", s.body)
			}
			if s.event == onClose && p.Name == "srs6" && (pl.RecvBytes < 3073 || pl.SendBytes < 3073) {
				t.Errorf("%s", s.body)
			}
		}
		if pl := all[0].pl; pl.TCURL != f.url("live?k=v") || pl.PageURL != "http://page.example/x.html" {
			t.Errorf("%s", all[0].body)
		}
	})
}
