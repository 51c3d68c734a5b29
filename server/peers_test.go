package server

import (
	"bytes"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/yutopp/go-rtmp"
	"github.com/yutopp/go-rtmp/message"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/rtmp/amf"
)

// go-rtmp's own client publishes, which shares none of our session, client and chunk code.
func TestGoRTMPPublishes(t *testing.T) {
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		f := start(t, p)
		player := f.player("cam")
		c, err := rtmp.Dial("rtmp", f.Addr().String(), &rtmp.ConnConfig{})
		f.must(err)
		f.must(c.Connect(&message.NetConnectionConnect{Command: message.NetConnectionConnectCommand{
			App: "live", TCURL: f.url("live"), Type: "nonprivate", FlashVer: "go-rtmp",
		}}))
		s, err := c.CreateStream(nil, 128)
		f.must(err)
		f.must(s.Publish(&message.NetStreamPublish{PublishingName: "cam?token=x", PublishingType: "live"}))
		var sent uint64
		for _, tag := range client.Clip() {
			body := io.Reader(bytes.NewReader(tag.Data))
			switch tag.Type {
			case message.TypeIDAudioMessage:
				err = s.Write(4, tag.Timestamp, &message.AudioMessage{Payload: body})
			case message.TypeIDVideoMessage:
				err = s.Write(6, tag.Timestamp, &message.VideoMessage{Payload: body})
			}
			f.must(err)
		}
		sent = framesOf(client.Clip())
		f.frames(player, sent)
		f.must(c.Close())
		all := f.hooks.await("on_close", func(all []seen) bool { return count(all, onClose) == 1 })
		if count(all, onPublish) != 1 || count(all, onUnpublish) != 1 {
			t.Errorf("%s", names(all))
		}
	})
}

// Connect tells what of Enhanced RTMP is passed through, to clients that ask.
func TestEnhancedConnect(t *testing.T) {
	f := start(t, hook.SRS1)
	asks := f.connect(func(o *client.Options) {
		o.ConnectObject = amf.Object{
			{Key: "app", Value: "live"}, {Key: "tcUrl", Value: f.url("live")}, {Key: "fourCcList",
				Value: []any{"hvc1"}},
		}
	})
	plain := f.connect()
	for c, want := range map[*client.Client]bool{asks: true, plain: false} {
		ev, err := c.Await(f.ctx, func(ev client.Event) bool { return ev.Name == "_result" })
		f.must(err)
		props, _ := ev.Args[0].(map[string]any)
		if list, has := props["fourCcList"].([]any); has != want || want && len(list) == 0 {
			t.Errorf("asked %v: %v", want, props)
		}
	}
}

// A player that does not read is disconnected after the write time-out, with its events, and delays nobody.
func TestStalledPlayer(t *testing.T) {
	f := start(t, hook.SRS6, func(c *Config) { c.Timeouts.Write = 1e9 })
	publisher := f.publisher("cam")
	stalled, good := f.player("cam"), f.player("cam")
	stalled.StallReading(true)
	all := framesOf(client.Clip())
	sent := uint64(0)
	for f.Stats().Players == 2 && f.ctx.Err() == nil { // until the kernel's buffers are full and the time-out is over
		f.must(publisher.WriteMedia(client.Clip()...))
		sent += all
		f.frames(good, sent)
	}
	stalled.StallReading(false)
	f.gone(stalled)
	f.hooks.await("on_stop and on_close", func(all []seen) bool {
		return count(all, onStop) == 1 &&
			count(all, onClose) == 1
	})
}

// Clients that come, publish or play, and leave in any way leave nothing behind (S-CON-06).
func TestChurn(t *testing.T) {
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		f := start(t, p)
		f.hooks.rule(func(s *seen) bool { return s.event.Closing() || rand.IntN(4) > 0 })
		const n, workers = 200, 20
		var g sync.WaitGroup
		for range workers {
			g.Go(func() {
				for range n / workers {
					f.visit()
				}
			})
		}
		g.Wait()
		f.must(f.Shutdown(f.ctx))
		if st := f.Stats(); st.Connections != 0 || st.Streams != 0 || len(f.streams.Streams()) != 0 {
			t.Errorf("%+v", st)
		}
		f.checkPairs()
	})
}

// visit is one client that does something and leaves somehow.
func (f *fixture) visit() {
	c, err := client.Dial(f.ctx, f.options())
	if err != nil {
		f.t.Error(err)
		return
	}
	name := string(rune('a' + rand.IntN(4)))
	if c.Connect(f.ctx) == nil {
		switch rand.IntN(4) {
		case 0:
			c.Play(f.ctx, name) // it may be refused
		case 1:
			c.SendPublish(name, "live") // and leaves before the answer
		case 2:
			if c.Publish(f.ctx, name, "") == nil {
				c.WriteMedia(client.Clip()...)
			}
		}
	}
	switch rand.IntN(3) {
	case 0:
		c.Vanish()
	case 1:
		c.Leave()
	default:
		c.Close()
	}
	<-c.Done()
}

// checkPairs wants an on_close, and only one, of each client that was let in, and a closing event for each
// accepted opening one; an accepted publish may have lost to a live one.
func (f *fixture) checkPairs() {
	f.t.Helper()
	all := f.hooks.await("nothing pending", func(all []seen) bool {
		for _, s := range all {
			if s.ended.IsZero() {
				return false
			}
		}
		return true
	})
	type tally map[hook.Event]int
	clients := map[string]tally{}
	for _, s := range all {
		k := clients[s.pl.ClientID]
		if k == nil {
			k = tally{}
			clients[s.pl.ClientID] = k
		}
		if s.event.Closing() || s.accepted {
			k[s.event]++
		}
	}
	for id, k := range clients {
		let := k[onConnect] == 1 || f.hooks.profile.CloseAfterRefusal == hook.Must
		if (k[onClose] == 1) != let || k[onStop] != k[onPlay] || k[onUnpublish] > k[onPublish] {
			f.t.Errorf("client %s: %v", id, k)
		}
	}
}
