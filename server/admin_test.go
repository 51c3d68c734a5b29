package server

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/client"
)

func TestKick(t *testing.T) {
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		f := start(t, p)
		publisher, player := f.publisher("cam"), f.player("cam")
		for _, in := range f.Clients() {
			if in.IP != "127.0.0.1" || in.Stream != "cam" || in.VHost != DefaultVHost || in.RecvBytes == 0 {
				t.Errorf("%+v", in)
			}
			if !f.Kick(in.ID) {
				t.Errorf("no client %s", in.ID)
			}
		}
		f.gone(publisher)
		f.gone(player)
		all := f.hooks.await("both on_close", func(all []seen) bool { return count(all, onClose) == 2 })
		if count(all, onUnpublish) != 1 || count(all, onStop) != 1 {
			t.Errorf("%s", names(all))
		}
		if f.Kick("no such client") {
			t.Error("kicked nobody")
		}
	})
}

func TestKickWhileHookPending(t *testing.T) {
	f := start(t, hook.SRS6)
	g := &gate{make(chan struct{}), onPublish}
	f.hooks.rule(g.answer(true))
	c := f.connect(flash)
	_, err := c.CreateStream(f.ctx)
	f.must(err)
	f.must(c.SendPublish("cam", "live"))
	f.hooks.pending(onPublish)
	f.Kick(f.Clients()[0].ID)
	close(g.open)
	f.gone(c)
	f.hooks.await("on_close", func(all []seen) bool { return count(all, onClose) == 1 })
	f.hooks.answered(onConnect, onPublish, onUnpublish, onClose)
}

// A shutdown drops everyone and delivers their closing events (S-ORD-07).
func TestShutdown(t *testing.T) {
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		f := start(t, p)
		idle, publisher, player := f.connect(), f.publisher("cam"), f.player("cam")
		f.must(publisher.WriteMedia(client.Clip()...))
		f.frames(player, 10)
		f.must(f.Shutdown(f.ctx))
		for _, c := range []*client.Client{idle, publisher, player} {
			f.gone(c)
		}
		all := f.hooks.await("all closing events", func(all []seen) bool {
			return count(all, onClose) == 3 && count(all, onUnpublish) == 1 && count(all, onStop) == 1
		})
		if st := f.Stats(); st.Connections != 0 || st.Clients != 0 || st.Streams != 0 {
			t.Errorf("%+v after %s", st, names(all))
		}
		if c, err := client.Dial(f.ctx, f.options()); err == nil {
			c.Close()
			t.Error("a client was let in afterwards")
		}
	})
}

func TestShutdownEndsWithItsContext(t *testing.T) {
	f := start(t, hook.SRS6)
	open := make(chan struct{})
	t.Cleanup(sync.OnceFunc(func() { close(open) }))
	f.publisher("cam")
	f.hooks.rule(func(*seen) bool { <-open; return true })
	ctx, cancel := context.WithCancel(f.ctx)
	go func() {
		f.hooks.pending(onUnpublish)
		cancel()
	}()
	if err := f.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestReload(t *testing.T) {
	f := start(t, hook.SRS6)
	other := newHookServer(t, hook.SRS6)
	c := f.publisher("cam")
	cfg := f.Config()
	cfg.VHosts = []VHost{other.vhost(DefaultVHost)}
	f.must(f.Reload(cfg))
	f.must(c.Leave()) // its end goes to the new URLs
	other.await("on_close", func(all []seen) bool { return count(all, onClose) == 1 && count(all, onUnpublish) == 1 })
	f.hooks.answered(onConnect, onPublish)

	cfg.VHosts = []VHost{{Name: "x", Hooks: Hooks{Profile: "srs9", Timeout: time.Second}}}
	if err := f.Reload(cfg); err == nil || !strings.Contains(err.Error(), "srs9") {
		t.Errorf("%v", err)
	}
	f.publisher("cam")

	cfg.VHosts = []VHost{DefaultVHostConfig(DefaultVHost)}
	f.must(f.Reload(cfg))
	other.forget()
	f.must(f.publisher("quiet").Leave())
	f.must(f.Shutdown(f.ctx))
	other.answered() // hooks are off, for the clients before, too (S-CFG-01)
}

func TestHooksBelongToTheirVHost(t *testing.T) {
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		other := newHookServer(t, p)
		f := start(t, p, func(c *Config) {
			c.VHosts = append(c.VHosts, other.vhost("other.test"), DefaultVHostConfig("quiet.test"))
		})
		f.must(f.publisher("cam", func(o *client.Options) { o.URL += "?vhost=other.test" }).Leave())
		f.must(f.publisher("cam", func(o *client.Options) { o.URL += "?vhost=quiet.test" }).Leave())
		all := other.await("on_close", func(all []seen) bool { return count(all, onClose) == 1 })
		if !slices.Equal(events(all), []hook.Event{onConnect, onPublish, onUnpublish, onClose}) ||
			all[0].pl.VHost != "other.test" {
			t.Errorf("%s", names(all))
		}
		f.must(f.Shutdown(f.ctx))
		f.hooks.answered()
	})
}

// A vhost that asks only at connect cannot be reached past that by way of another one.
func TestNoDetourPastConnect(t *testing.T) {
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		other := newHookServer(t, p)
		f := start(t, p, func(c *Config) {
			v := other.vhost("other.test")
			v.Hooks.URLs = map[hook.Event][]string{onConnect: v.Hooks.URLs[onConnect]}
			c.VHosts = append(c.VHosts, v)
		})
		c := f.publisher("cam", flash)
		_, err := c.CreateStream(f.ctx)
		f.must(err)
		f.must(c.SendPublish("cam?vhost=other.test", "live"))
		f.status(c, "NetStream.Publish.Denied")
		f.gone(c)
	})
}

func TestMaxConnections(t *testing.T) {
	f := start(t, hook.SRS1, func(c *Config) { c.MaxConnections = 2 })
	f.publisher("first")
	second := f.publisher("second")
	if c, err := client.Dial(f.ctx, f.options()); err == nil {
		c.Close()
		t.Error("a third client was let in")
	}
	f.must(second.Close())
	f.hooks.await("an on_close", func(all []seen) bool { return count(all, onClose) == 1 })
	for { // the place is free a moment after on_close
		c, err := client.Dial(f.ctx, f.options())
		if err == nil {
			f.must(c.Connect(f.ctx))
			f.must(c.Close())
			return
		}
		if f.ctx.Err() != nil {
			t.Fatal("the place is not free")
		}
	}
}

func TestTimeouts(t *testing.T) {
	const short = 100 * time.Millisecond
	cases := []struct {
		name   string
		change func(*Timeouts)
		live   func(f *fixture) *client.Client
		want   []hook.Event
	}{
		{"handshake", func(o *Timeouts) { o.Connect = short }, func(f *fixture) *client.Client {
			c, err := client.DialRaw(f.ctx, f.options())
			f.must(err)
			return c
		}, []hook.Event{}},
		{"connect", func(o *Timeouts) { o.Connect = short }, func(f *fixture) *client.Client { return f.dial() },
			[]hook.Event{}},
		{"idle", func(o *Timeouts) { o.Idle = short }, func(f *fixture) *client.Client { return f.connect() },
			[]hook.Event{onClose}},
		{"first packet", func(o *Timeouts) { o.FirstPacket = short },
			func(f *fixture) *client.Client { return f.publisher("cam") },
			[]hook.Event{onConnect, onPublish, onUnpublish, onClose}},
		{"publishing", func(o *Timeouts) { o.Publish = short }, func(f *fixture) *client.Client {
			c := f.publisher("cam")
			f.must(c.WriteMedia(client.Clip()...))
			return c
		}, []hook.Event{onConnect, onPublish, onUnpublish, onClose}},
		{"playing", func(o *Timeouts) { o.Player, o.Ping = 2*short, short }, func(f *fixture) *client.Client {
			c := f.player("cam")
			c.StallReading(true) // so it answers no ping
			return c
		}, []hook.Event{onConnect, onPlay, onStop, onClose}},
	}
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			f := start(t, hook.SRS6, func(c *Config) { k.change(&c.Timeouts) })
			c := k.live(f)
			if k.name == "playing" {
				f.hooks.await("on_close", func(all []seen) bool { return count(all, onClose) == 1 })
				c.StallReading(false)
			}
			f.gone(c)
			f.must(f.Shutdown(f.ctx))
			f.hooks.answered(k.want...)
		})
	}
}

// A player that answers pings stays for as long as it likes.
func TestPingKeepsPlayers(t *testing.T) {
	f := start(t, hook.SRS6, func(c *Config) {
		c.Timeouts.Ping, c.Timeouts.Player = 50*time.Millisecond, 10*time.Second
	})
	c := f.player("cam")
	pings := 0
	_, err := c.Await(f.ctx, func(ev client.Event) bool {
		if ev.Kind == client.UserControl && ev.Name == "PingRequest" {
			pings++
		}
		return pings >= 5
	})
	f.must(err)
	if got := f.Stats().Players; got != 1 {
		t.Errorf("%d players", got)
	}
}
