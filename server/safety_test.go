package server

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
	"hookproof/internal/rtmp/flv"
)

// A panic ends its client only, and frees the name of its stream.
func TestPanicEndsOneClient(t *testing.T) {
	h := newHookServer(t, hook.SRS6)
	cfg := DefaultConfig()
	cfg.Listen, cfg.VHosts = []string{"127.0.0.1:0"}, []VHost{h.vhost(DefaultVHost)}
	for _, e := range []hook.Event{onPublish, onUnpublish, onPlay, onClose} {
		t.Run(e.String(), func(t *testing.T) {
			var once sync.Once
			s, err := New(cfg, Options{OnHook: func(_ string, c hook.Call) {
				if c.Event == e {
					once.Do(func() { panic("of the test") })
				}
			}})
			if err == nil {
				err = s.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			f := &fixture{Server: s, t: t, hooks: h, ctx: t.Context()}
			c := f.connect()
			if e == onPlay {
				c.Play(f.ctx, "cam")
			} else {
				c.Publish(f.ctx, "cam", "")
			}
			c.Vanish()
			f.eventually("the client is off the books", func() bool { return s.Stats().Connections == 0 })
			f.publisher("cam")
		})
	}
}

// Before connect and before publish a client may send little.
func TestEarlyLimits(t *testing.T) {
	f := start(t, hook.SRS6)
	video := chunk.Message{ChunkStream: 6, Type: message.TypeIDVideoMessage, Stream: 1, Payload: make([]byte, 1<<20)}
	early := f.dial()
	early.SendMessage(&video)
	f.gone(early)
	idle := f.connect()
	idle.SendMessage(&video)
	f.gone(idle)
	publisher := f.publisher("cam")
	f.must(publisher.SendMessage(&video))
	player := f.player("cam")
	f.must(publisher.WriteMedia(client.Clip()...))
	f.frames(player, 1)
}

// A player that has stopped reading is heard all the same: its leaving is not noticed only when a write to it
// has timed out.
func TestDeafPlayerIsHeard(t *testing.T) {
	f := start(t, hook.SRS6, func(c *Config) { c.Timeouts.Write = 2 * patienceOfTests })
	publisher := f.publisher("cam", flash)
	f.must(publisher.WriteMedia(client.Clip()...))
	player := f.player("cam", func(o *client.Options) { o.ReceiveBuffer = 4 << 10 })
	f.frames(player, 1)
	player.StallReading(true)
	blob := flv.Tag{Type: message.TypeIDVideoMessage, Data: append([]byte{0x17, 1, 0, 0, 0}, make([]byte, 1<<20)...)}
	for range 12 { // more than the system holds for one connection
		f.must(publisher.WriteMedia(blob))
	}
	f.must(player.HalfClose())
	f.hooks.answered(onConnect, onPublish, onConnect, onPlay, onStop, onClose)
	player.Vanish()
}

// Parameters carry tokens: the log does not have them unless it is told to.
func TestLogMasksParameters(t *testing.T) {
	for _, show := range []bool{false, true} {
		var log lockedBuffer
		cfg := DefaultConfig()
		cfg.Listen, cfg.LogParams = []string{"127.0.0.1:0"}, show
		s, err := New(cfg, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		if err == nil {
			err = s.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		f := &fixture{Server: s, t: t, ctx: t.Context()}
		c := f.publisher("cam?token=secret1", func(o *client.Options) { o.URL += "?token=secret2" })
		f.must(c.Close())
		f.must(s.Shutdown(f.ctx))
		for _, secret := range []string{"secret1", "secret2"} {
			if strings.Contains(log.String(), secret) != show {
				t.Errorf("LogParams %v: %s", show, log.String())
			}
		}
		for _, event := range []string{"connect", "publish", "unpublish", "close"} {
			if strings.Count(log.String(), "msg="+event+" ") != 1 {
				t.Errorf("not one line for %s: %s", event, log.String())
			}
		}
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Clients that sit on unfinished messages hold no more together than they may: who has sat for longest goes. A
// publisher, whose messages take no time, does not feel it.
func TestUnfinishedMessages(t *testing.T) {
	f := start(t, hook.SRS6, func(c *Config) { c.Limits.Unfinished = 600 << 10 })
	publisher, player := f.publisher("cam"), f.player("cam")
	const size = 256 << 10
	video := chunk.Message{ChunkStream: 6, Type: message.TypeIDVideoMessage, Stream: 1, Payload: make([]byte, size)}
	begun := bytesOf(chunk.DefaultSize, command.SetChunkSize(size))
	begun = append(begun, bytesOf(size, video)[:size]...)
	var sitters []*raw
	for i := range 5 {
		c := f.connectedRaw()
		c.send(begun)
		sitters = append(sitters, c)
		if i < 2 {
			f.eventually("it sits", func() bool { return f.unfinished.Used() > i*size+size/2 })
		} else {
			sitters[i-2].cut()
		}
	}
	f.must(publisher.SendMessage(&video))
	f.must(publisher.WriteMedia(client.Clip()...))
	f.frames(player, framesOf(client.Clip()))
	for _, c := range sitters {
		c.Close()
	}
	f.eventually("nobody sits", func() bool { return f.unfinished.Used() == 0 })
}
