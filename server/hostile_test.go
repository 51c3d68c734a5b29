package server

import (
	"slices"
	"strings"
	"testing"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/rtmp/amf"
	"hookproof/internal/rtmp/chunk"
)

// Names, but for their blanks, and parameters arrive byte for byte, and the payload stays valid JSON (S-REQ-03,
// S-KEY-12).
func TestHostileNames(t *testing.T) {
	cases := []struct{ name, raw, stream, param string }{
		{"quotes and backslashes", `a"b\c?t="q"`, `a"b\c`, `?t="q"`},
		{"another object", `a"},{"action":"on_close`, `a"},{"action":"on_close`, ""},
		{"NUL, newline, escape", "a\x00b\nc\x1b?t=\x01", "a\x00bc\x1b", "?t=\x01"},
		{"climbing", "../../etc/passwd", "passwd", ""},
		{"invalid UTF-8", "a\xff\xfeb", "a\ufffdb", ""},
		{"emoji", "📷?t=ü", "📷", "?t=ü"},
		{"257 bytes", "a?t=" + strings.Repeat("=", 254), "a", "?t=" + strings.Repeat("=", 254)},
		{"4,096 bytes", "a?t=" + strings.Repeat("%20", 1364), "a", "?t=" + strings.Repeat("%20", 1364)},
		{"blanks", "a b?t= x ", "ab", "?t= x "},
	}
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		for _, k := range cases {
			t.Run(k.name, func(t *testing.T) {
				f := start(t, p)
				f.publisher(k.raw, flash)
				all := f.hooks.answered(onConnect, onPublish)
				pl := all[1].pl
				if pl.Stream != k.stream || p.Name == "srs6" && pl.Param != k.param {
					t.Errorf("stream %q param %q", pl.Stream, pl.Param)
				}
			})
		}
	})
}

// What a hostile client sends ends that client, with the events of what it had begun, and harms no other.
func TestHostileClients(t *testing.T) {
	send := func(f *fixture, c *client.Client, stream uint32, name string, args ...any) {
		_, err := c.SendCommand(stream, name, args...)
		f.must(err)
	}
	cases := []struct {
		name string
		live func(f *fixture) *client.Client
		want []hook.Event // in srs6; nil: on_close alone
	}{
		{"connect twice", func(f *fixture) *client.Client {
			c := f.connect()
			f.must(c.SendConnect())
			f.gone(c)
			return c
		}, nil},
		{"no name", func(f *fixture) *client.Client {
			c := f.connect(flash)
			_, err := c.CreateStream(f.ctx)
			f.must(err)
			send(f, c, 1, "publish", "", "live")
			f.status(c, "NetStream.Publish.BadName")
			f.gone(c)
			return c
		}, []hook.Event{onConnect, onClose}},
		{"parameters without a name", func(f *fixture) *client.Client {
			c := f.connect(flash)
			_, err := c.CreateStream(f.ctx)
			f.must(err)
			send(f, c, 1, "play", "?token=x")
			f.status(c, "NetStream.Play.Failed")
			f.gone(c)
			return c
		}, []hook.Event{onConnect, onClose}},
		{"a name of 60 KB", func(f *fixture) *client.Client {
			c := f.connect(flash)
			_, err := c.CreateStream(f.ctx)
			f.must(err)
			send(f, c, 1, "publish", strings.Repeat("n", 60<<10), "live")
			f.status(c, "NetStream.Publish.Denied")
			f.gone(c)
			return c
		}, nil},
		{"publish without createStream", func(f *fixture) *client.Client {
			c := f.connect(flash)
			send(f, c, 9, "publish", "cam", "live")
			f.status(c, "NetStream.Publish.Start")
			return c
		}, []hook.Event{onConnect, onPublish}},
		{"publish twice", func(f *fixture) *client.Client {
			c := f.publisher("cam", flash)
			send(f, c, 1, "publish", "cam", "live")
			f.status(c, "NetStream.Publish.BadName") // and goes on publishing
			f.must(c.WriteMedia(client.Clip()...))
			f.frames(f.player("cam"), 1)
			return c
		}, []hook.Event{onConnect, onPublish, onConnect, onPlay}},
		{"an end by an empty publish", func(f *fixture) *client.Client {
			c := f.publisher("cam")
			f.must(c.FCUnpublish(f.ctx, "cam"))
			send(f, c, 1, "publish", "", "live")
			send(f, c, 1, "publish", false)
			_, err := c.Call(f.ctx, "getStreamLength", "cam")
			f.must(err)
			f.must(c.Close())
			return c
		}, []hook.Event{onConnect, onPublish, onUnpublish, onClose}},
		{"media before publish", func(f *fixture) *client.Client {
			c := f.connect(flash)
			_, err := c.CreateStream(f.ctx)
			f.must(err)
			f.must(c.WriteMedia(client.Clip()...))
			f.must(c.Publish(f.ctx, "cam", ""))
			return c
		}, []hook.Event{onConnect, onPublish}},
		{"too many message streams", func(f *fixture) *client.Client {
			c := f.connect(flash)
			for range 16 {
				_, err := c.CreateStream(f.ctx)
				f.must(err)
			}
			if _, err := c.CreateStream(f.ctx); err == nil {
				f.t.Error("a 17th message stream")
			}
			f.gone(c)
			return c
		}, nil},
		{"a command that is none", func(f *fixture) *client.Client {
			c := f.connect()
			f.must(c.SendMessage(&chunk.Message{ChunkStream: 3, Type: message.TypeIDCommandMessageAMF0,
				Payload: []byte{0x0a, 0xff, 0xff, 0xff, 0xff}}))
			_, err := c.Call(f.ctx, "getStreamLength", "cam") // it is served on
			f.must(err)
			f.must(c.Close())
			return c
		}, nil},
		{"deep nesting", func(f *fixture) *client.Client {
			c := f.connect()
			body := []byte("\x02\x00\x07connect\x00\x3f\xf0\x00\x00\x00\x00\x00\x00" + strings.Repeat("\x03\x00\x01a",
				10000))
			f.must(c.SendMessage(&chunk.Message{ChunkStream: 3, Type: message.TypeIDCommandMessageAMF0, Payload: body}))
			_, err := c.Call(f.ctx, "getStreamLength", "cam")
			f.must(err)
			f.must(c.Close())
			return c
		}, nil},
	}
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			f := start(t, hook.SRS6)
			k.live(f)
			want := k.want
			if want == nil {
				want = []hook.Event{onClose}
			}
			f.hooks.answered(want...)
			f.publisher("another") // the server lives
		})
	}
}

// Bad connects are refused with NetConnection.Connect.Rejected, before any hook.
func TestBadConnects(t *testing.T) {
	cases := []struct {
		name string
		o    func(*client.Options)
	}{
		{"no tcUrl", func(o *client.Options) { o.ConnectObject = amf.Object{{Key: "app", Value: "live"}} }},
		{"a tcUrl that is none", func(o *client.Options) { o.TCURL = "live" }},
		{"a disabled vhost", func(o *client.Options) { o.URL += "?vhost=off.test" }},
	}
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		for _, k := range cases {
			t.Run(k.name, func(t *testing.T) {
				f := start(t, p, func(c *Config) {
					off := c.VHosts[0]
					off.Name, off.Enabled = "off.test", false
					c.VHosts = append(c.VHosts, off)
				})
				c := f.dial(k.o)
				if err := c.Connect(f.ctx); err == nil || !everTold(c, "NetConnection.Connect.Rejected") {
					t.Errorf("connect: %v", err)
				}
				f.gone(c)
				f.must(f.Shutdown(f.ctx))
				f.hooks.answered()
			})
		}
	})
}

// The commands that change nothing are answered as RTMP says.
func TestMinorCommands(t *testing.T) {
	f := start(t, hook.SRS6)
	c := f.connect()
	for _, name := range []string{"_checkbw", "getStreamLength", "releaseStream", "FCPublish"} {
		if _, err := c.Call(f.ctx, name, "cam"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := c.Call(f.ctx, "noSuchCommand"); err == nil {
		t.Error("an unknown command was answered with a result")
	}
	if !everTold(c, "NetConnection.Call.Failed") {
		t.Error("no NetConnection.Call.Failed")
	}
	if i := slices.IndexFunc(c.Events(), func(ev client.Event) bool { return ev.Name == "onStatus" }); i >= 0 {
		t.Errorf("%+v", c.Events()[i])
	}
}
