package stream

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

// big is a keyframe of so many bytes.
func big(size int) *chunk.Message {
	payload := make([]byte, size)
	copy(payload, []byte{0x17, 1, 0, 0, 0})
	return &chunk.Message{ChunkStream: 9, Stream: 5, Type: message.TypeIDVideoMessage, Payload: payload}
}

// All caches together stay within the memory there is; the largest go first, the small ones stay.
func TestCachesShareTheMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options()
		o.QueueBytes, o.Memory = 4<<20, 16<<20
		r := NewRegistry(o)
		small := r.Hold(Key{Name: "small"})
		publish(t, small, true).send("VKii")
		for n := range 40 {
			publish(t, r.Hold(Key{Name: fmt.Sprint(n)}), true).Write(big(3 << 20))
			if held := r.Held(); held > o.Memory {
				t.Fatalf("%d bytes are held after %d streams; want at most %d", held, n+1, o.Memory)
			}
		}
		late := play(small, 1)
		defer late.leave()
		if letters := got(t, late); letters != "VKii" {
			t.Errorf("a late player of the small stream got %q; want VKii", letters)
		}
	})
}

// Players that never read keep packets that their streams have let go of: those that have waited longest are ended.
func TestSlowestPlayersGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options()
		o.QueueBytes, o.Memory = 2<<20, 16<<20
		r := NewRegistry(o)
		s := r.Hold(key)
		p := publish(t, s, false)
		var deaf []*viewer
		for range 30 { // each waits with a packet of its own
			v := play(s, 1)
			v.stall(0)
			deaf = append(deaf, v)
			p.Write(big(1 << 20))
			synctest.Wait()
		}
		if held := r.Held(); held > o.Memory {
			t.Errorf("%d bytes are held; want at most %d", held, o.Memory)
		}
		honest := play(s, 1)
		p.send("VKi")
		<-time.After(time.Second) // a round of many players is put off
		if letters := got(t, honest); letters != "VKi" {
			t.Errorf("an honest player got %q; want VKi", letters)
		}
		ended := 0
		for n, v := range deaf {
			v.mu.Lock()
			gone := len(v.inbox.broken) > 0
			if gone && !errors.Is(v.inbox.broken[0], ErrSlow) {
				t.Errorf("player %d ended by %v; want %v", n, v.inbox.broken[0], ErrSlow)
			}
			v.mu.Unlock()
			if gone && n != ended {
				t.Errorf("player %d was ended before %d, which waited longer", n, ended)
			}
			if gone {
				ended++
			}
		}
		if ended == 0 || ended == len(deaf) {
			t.Errorf("%d of %d players were ended; want some, and not all", ended, len(deaf))
		}
		honest.leave()
		for _, v := range deaf {
			v.resume()
			v.leave()
		}
		p.End()
		s.Release()
		if held := r.Held(); held != 0 {
			t.Errorf("%d bytes are held at the end; want 0", held)
		}
	})
}

// A packet that many players wait with is held, and counted, once.
func TestWaitingWritesShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options()
		o.QueueBytes = 4 << 20
		r := NewRegistry(o)
		s := r.Hold(key)
		p := publish(t, s, false)
		var deaf []*viewer
		for range 100 {
			v := play(s, 1)
			v.stall(0)
			deaf = append(deaf, v)
		}
		p.Write(big(1 << 20))
		synctest.Wait()
		if held := r.Held(); held > 2<<20 {
			t.Errorf("%d bytes are held for 100 players that wait with one packet of 1 MB", held)
		}
		for _, v := range deaf {
			v.resume()
			v.leave()
		}
	})
}

// What one client publishes under many names, or plays many times, is bounded for itself.
func TestShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options()
		o.QueueBytes = 4 << 20
		r := NewRegistry(o)
		share := NewShare(8 << 20)
		for n := range 16 {
			p, err := r.Hold(Key{Name: fmt.Sprint(n)}).Publish(t.Context(), "client",
				Delivery{GOPCache: true, Share: share})
			if err != nil {
				t.Fatal(err)
			}
			p.Write(big(3 << 20 / (n + 1)))
			if held := r.Held(); held > 8<<20 {
				t.Errorf("%d bytes are held for %d streams of one client; want at most %d", held, n+1, 8<<20)
			}
		}
		s := r.Hold(key)
		p := publish(t, s, false)
		var plays []*viewer
		for range 10 {
			v := &viewer{inbox: inbox{opened: make(chan struct{})}}
			v.Player = s.Play(1, &v.inbox, share)
			v.Start()
			plays = append(plays, v)
			p.Write(big(1 << 20))
			synctest.Wait()
		}
		broken := 0
		for _, v := range plays {
			v.mu.Lock()
			broken += len(v.inbox.broken)
			v.mu.Unlock()
			v.resume()
			v.leave()
		}
		if broken == 0 {
			t.Error("10 plays of one client wait with 10 MB where it may hold 8, and none was ended")
		}
	})
}

// Headers that nobody sends who means well are not kept, however they are made.
func TestHeadersAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRegistry(options())
		p := publish(t, r.Hold(key), false)
		for track := range 256 {
			payload := append([]byte{0x96, 0x00}, append([]byte("hvc1"), byte(track))...)
			payload = append(payload, bytes.Repeat([]byte{1}, 100<<10)...)
			p.Write(&chunk.Message{Type: message.TypeIDVideoMessage, Payload: payload})
		}
		p.Stop()
		if held := r.Held(); held > int64(options().QueueBytes+mostHeaders) {
			t.Errorf("%d bytes are held", held)
		}
	})
}

// Enhanced RTMP, several tracks: a late player gets the headers of all of them, and begins with a keyframe of the
// first.
func TestLatePlayerOfManyTracks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewRegistry(options()).Hold(key)
		p := publish(t, s, true)
		video := func(payload string) {
			p.Write(&chunk.Message{Type: message.TypeIDVideoMessage, Payload: []byte(payload)})
		}
		audio := func(payload string) {
			p.Write(&chunk.Message{Type: message.TypeIDAudioMessage, Payload: []byte(payload)})
		}
		video("\x90hvc1base header")
		video("\x96\x00hvc1\x01second header")
		video("\x94hvc1colours")
		audio("\x90Opusbase header")
		audio("\x95\x00Opus\x01second header")
		video("\x91hvc1base key")
		video("\x96\x01hvc1\x01second key")
		audio("\x91Opusbase sound")
		video("\xa1hvc1base inter")
		if in := s.Info(); in.Video != "hvc1" || in.Audio != "Opus" {
			t.Errorf("codecs %q and %q", in.Video, in.Audio)
		}
		late := play(s, 1)
		defer late.leave()
		synctest.Wait()
		r := chunk.NewReader(bytes.NewReader(append(chunkSizeBytes(), late.inbox.got...)), chunk.Limits{})
		var seen []string
		for {
			var m chunk.Message
			if r.Next(&m) != nil {
				break
			}
			seen = append(seen, string(m.Payload))
		}
		want := []string{
			"\x90hvc1base header", "\x96\x00hvc1\x01second header", "\x94hvc1colours",
			"\x90Opusbase header", "\x95\x00Opus\x01second header",
			"\x91hvc1base key", "\x96\x01hvc1\x01second key", "\x91Opusbase sound", "\xa1hvc1base inter",
		}
		if fmt.Sprintf("%q", seen) != fmt.Sprintf("%q", want) {
			t.Errorf("a late player got\n%q\nwant\n%q", seen, want)
		}
	})
}

// A group of pictures that goes on for too long, or whose video has stopped, is nothing to begin with.
func TestLongGroups(t *testing.T) {
	for name, c := range map[string]struct {
		send func(p *publisher)
		want string
	}{
		"frames":            {func(p *publisher) { p.send("VK"); send(p, "i", 30) }, "V"},
		"time":              {func(p *publisher) { p.send("VK"); <-time.After(2 * time.Minute); p.send("i") }, "V"},
		"audio alone":       {func(p *publisher) { p.send("VAKi"); p.delivery.GOPFrames = 0; send(p, "a", 115) }, "VA"},
		"the next keyframe": {func(p *publisher) { p.send("VK"); send(p, "i", 30); p.send("Ki") }, "VKi"},
		"within bounds":     {func(p *publisher) { p.send("VKiai") }, "VKiai"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := NewRegistry(options()).Hold(key)
				p, err := s.Publish(t.Context(), "client", Delivery{GOPCache: true, GOPFrames: 20,
					GOPTime: time.Minute})
				if err != nil {
					t.Fatal(err)
				}
				c.send(&publisher{Publication: p})
				late := play(s, 1)
				defer late.leave()
				if letters := got(t, late); letters != c.want {
					t.Errorf("a late player got %q; want %q", letters, c.want)
				}
			})
		})
	}
}

func send(p *publisher, letter string, times int) {
	for range times {
		p.send(letter)
	}
}

// Metadata reaches players whole, or not at all.
func TestBrokenMetadata(t *testing.T) {
	const name = "\x02\x00\x0aonMetaData"
	for label, c := range map[string]struct{ sent, want string }{
		"whole":         {name + "\x03\x00\x01a\x05\x00\x00\x09", name + "\x03\x00\x01a\x05\x00\x00\x09"},
		"no end marker": {name + "\x03\x00\x01a\x05", name + "\x03\x00\x01a\x05\x00\x00\x09"},
		"two ends are missing": {name + "\x08\x00\x00\x00\x09\x00\x01a\x03", name +
			"\x08\x00\x00\x00\x09\x00\x01a\x03\x00\x00\x09\x00\x00\x09"},
		"junk after it": {name + "\x03\x00\x00\x09\x00\x00\x09", name + "\x03\x00\x00\x09"},
		"truncated":     {name + "\x03\x00\x01a\x02\x00\x10abc", ""},
		"name alone":    {name, ""},
	} {
		t.Run(label, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := NewRegistry(options()).Hold(key)
				p := publish(t, s, true)
				err := p.Write(&chunk.Message{Type: message.TypeIDDataMessageAMF0,
					Payload: []byte("\x02\x00\x0d@setDataFrame" + c.sent)})
				if (err == nil) != (c.want != "") {
					t.Errorf("error %v", err)
				}
				late := play(s, 1)
				defer late.leave()
				synctest.Wait()
				r := chunk.NewReader(bytes.NewReader(append(chunkSizeBytes(), late.inbox.got...)), chunk.Limits{})
				var m chunk.Message
				if err := r.Next(&m); (err == nil) != (c.want != "") || string(m.Payload) != c.want {
					t.Errorf("a late player got %q, %v; want %q", m.Payload, err, c.want)
				}
				if m.Payload != nil && !command.IsMetadata(m.Payload) {
					t.Errorf("%q is no metadata", m.Payload)
				}
			})
		})
	}
}
