package server

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/hook"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

// videoMessage is one of a publisher that names a message stream.
func videoMessage(stream uint32, payload string) chunk.Message {
	return chunk.Message{ChunkStream: 6, Type: message.TypeIDVideoMessage, Stream: stream, Payload: []byte(payload)}
}

// payloads reads what a player gets until one payload has come, and returns all media and data.
func (c *raw) payloads(last string) (all []string) {
	c.t.Helper()
	for {
		var m chunk.Message
		if err := c.r.Next(&m); err != nil {
			c.t.Fatalf("waiting for %q after %q: %v", last, all, err)
		}
		switch m.Type {
		case message.TypeIDAudioMessage, message.TypeIDVideoMessage, message.TypeIDDataMessageAMF0:
			if strings.Contains(string(m.Payload), "RtmpSampleAccess") {
				continue
			}
			all = append(all, string(m.Payload))
			if string(m.Payload) == last {
				return all
			}
		}
	}
}

// playingRaw plays a name on message stream 1.
func (f *fixture) playingRaw(name string) *raw {
	f.t.Helper()
	c := f.connectedRaw()
	c.send(bytesOf(chunk.DefaultSize, call(0, "createStream", 2), call(1, "play", 3, name)))
	return c
}

const (
	avcHeader, avcKey, avcInter = "\x17\x00\x00\x00\x00header", "\x17\x01\x00\x00\x00key", "\x27\x01\x00\x00\x00inter"
)

// Encoders that create no message stream, or send on another than they publish on, are served as other servers do.
func TestMessageStreamZero(t *testing.T) {
	for _, k := range []struct {
		name           string
		creates        bool
		publish, media uint32
	}{
		{"publish and media on 0", false, 0, 0},
		{"publish on 0, media on 1", false, 0, 1},
		{"publish on 1 without createStream", false, 1, 1},
		{"publish on 1, media on 0", true, 1, 0},
		{"publish on 1, media on a stream never created", true, 1, 7},
	} {
		t.Run(k.name, func(t *testing.T) {
			f := start(t, hook.SRS6)
			c := f.connectedRaw()
			if k.creates {
				c.send(bytesOf(chunk.DefaultSize, call(0, "createStream", 2)))
			}
			c.send(bytesOf(chunk.DefaultSize, call(k.publish, "publish", 3, "cam", "live")))
			if s, err := command.ParseStatus(c.command("onStatus")); s.Code != "NetStream.Publish.Start" {
				t.Fatalf("got %+v, %v; want NetStream.Publish.Start", s, err)
			}
			c.sendAll(bytesOf(chunk.DefaultSize, videoMessage(k.media, avcHeader), videoMessage(k.media, avcKey)),
				c.served)
			f.playingRaw("cam").payloads(avcKey)
			c.Close()
			f.hooks.await("the publisher's events", func(all []seen) bool { return count(all, onUnpublish) == 1 })
		})
	}
}

// Playing on message stream 0 works, too.
func TestPlayOnStreamZero(t *testing.T) {
	f := start(t, hook.SRS6)
	c := f.publishingRaw("cam")
	c.sendAll(bytesOf(chunk.DefaultSize, videoMessage(1, avcHeader), videoMessage(1, avcKey)), c.served)
	p := f.connectedRaw()
	p.send(bytesOf(chunk.DefaultSize, call(0, "play", 3, "cam")))
	p.payloads(avcKey)
}

// Media of a stream that has ended is not that of another one.
func TestMediaAfterUnpublish(t *testing.T) {
	f := start(t, hook.SRS6)
	c := f.publishingRaw("one")
	c.send(bytesOf(chunk.DefaultSize, call(0, "createStream", 4), call(2, "publish", 5, "two", "live")))
	c.command("onStatus")
	c.sendAll(bytesOf(chunk.DefaultSize, videoMessage(2, avcHeader), call(0, "deleteStream", 0, 1.0),
		videoMessage(1, "\x17\x01stray"),
		videoMessage(2, avcKey)), c.served)
	if all := f.playingRaw("two").payloads(avcKey); len(all) != 2 {
		t.Errorf("a player of two got %q", all)
	}
	if n := f.Stats().Skipped; n != 1 {
		t.Errorf("%d messages were counted as skipped; want 1", n)
	}
}

// A publisher whose media belongs nowhere times out as one that sends none.
func TestMediaThatNeverArrives(t *testing.T) {
	f := start(t, hook.SRS6, func(c *Config) { c.VHosts[0].FirstPacket = 300 * time.Millisecond })
	c := f.connectedRaw()
	c.send(bytesOf(chunk.DefaultSize, call(0, "createStream", 2), call(0, "createStream", 3),
		call(1, "publish", 4, "cam", "live")))
	c.command("onStatus")
	gone := make(chan struct{})
	go func() { defer close(gone); c.cut() }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-gone:
			f.hooks.answered(onConnect, onPublish, onUnpublish, onClose)
			return
		case <-tick.C:
			c.send(bytesOf(chunk.DefaultSize, videoMessage(2, avcKey)))
		}
	}
}

// oddMessages are sent by encoders in the field while they publish.
var oddMessages = map[string]chunk.Message{
	"@setDataFrame as a command": {ChunkStream: 3, Type: message.TypeIDCommandMessageAMF0, Stream: 1,
		Payload: []byte("\x02\x00\x0d@setDataFrame\x02\x00\x0aonMetaData\x08\x00\x00\x00\x00\x00\x00\x09")},
	"a command without a transaction": {ChunkStream: 3, Type: message.TypeIDCommandMessageAMF0, Stream: 1,
		Payload: []byte("\x02\x00\x06onText")},
	"null as its transaction": {ChunkStream: 3, Type: message.TypeIDCommandMessageAMF0, Stream: 1,
		Payload: []byte("\x02\x00\x06onText\x05")},
	"AMF3 in data": {ChunkStream: 5, Type: message.TypeIDDataMessageAMF3, Stream: 1,
		Payload: []byte("\x00\x02\x00\x06onText\x11\x0a\x01")},
	"AMF3 in a command": {ChunkStream: 3, Type: message.TypeIDCommandMessageAMF3, Stream: 1,
		Payload: []byte("\x11\x06\x03x")},
	"a window of two bytes": {ChunkStream: 2, Type: message.TypeIDWinAckSize, Payload: []byte{1, 2}},
}

// One odd message is skipped, counted and logged; the publisher stays live.
func TestOddMessages(t *testing.T) {
	for name, odd := range oddMessages {
		t.Run(name, func(t *testing.T) {
			f := start(t, hook.SRS6)
			c := f.publishingRaw("cam")
			player := f.playingRaw("cam")
			c.sendAll(bytesOf(chunk.DefaultSize, videoMessage(1, avcHeader), odd, videoMessage(1, avcKey)), c.served)
			player.payloads(avcKey)
			if n := f.Stats().Skipped; n != 1 {
				t.Errorf("%d messages were counted as skipped; want 1", n)
			}
		})
	}
}

// A connect that cannot be read is answered before the connection is closed.
func TestUnreadableConnect(t *testing.T) {
	for name, body := range map[string]string{
		"truncated":      "\x02\x00\x07connect\x00\x3f\xf0\x00\x00\x00\x00\x00\x00\x03\x00\x03app\x02\x00\x10live",
		"no transaction": "\x02\x00\x07connect\x03\x00\x00\x09",
		"AMF3":           "\x11\x0a\x01",
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, hook.SRS6)
			c := f.shaken()
			c.send(bytesOf(chunk.DefaultSize, chunk.Message{ChunkStream: 3, Type: message.TypeIDCommandMessageAMF0,
				Payload: []byte(body)}))
			if s, err := command.ParseStatus(c.command("_error")); s.Code != "NetConnection.Connect.Rejected" {
				t.Errorf("got %+v, %v; want NetConnection.Connect.Rejected", s, err)
			}
			c.cut()
		})
	}
}

// A connect whose ECMA array counts wrongly is read to its end marker.
func TestConnectWithWrongCount(t *testing.T) {
	f := start(t, hook.SRS6)
	c := f.shaken()
	body := "\x02\x00\x07connect\x00\x3f\xf0\x00\x00\x00\x00\x00\x00\x08\xff\xff\xff\xff\x00\x03app\x02\x00\x04live" +
		"\x00\x05tcUrl\x02\x00\x15rtmp://127.0.0.1/live\x00\x00\x09"
	body = strings.Replace(body, "\x15", string(rune(len("rtmp://127.0.0.1/live"))), 1)
	c.send(bytesOf(chunk.DefaultSize, chunk.Message{ChunkStream: 3, Type: message.TypeIDCommandMessageAMF0,
		Payload: []byte(body)}))
	c.command("_result")
}

// A late player of Enhanced RTMP's multitrack gets the headers of all tracks and begins with the base track's keyframe.
func TestMultitrackLatePlayer(t *testing.T) {
	f := start(t, hook.SRS6)
	c := f.publishingRaw("cam")
	const (
		base, baseKey     = "\x90hvc1base", "\x91hvc1basekey"
		second, secondKey = "\x96\x00hvc1\x01second", "\x96\x01hvc1\x01secondkey"
		inter             = "\xa1hvc1inter"
	)
	c.sendAll(bytesOf(chunk.DefaultSize, videoMessage(1, base), videoMessage(1, second), videoMessage(1, baseKey),
		videoMessage(1, secondKey), videoMessage(1, inter)), c.served)
	all := f.playingRaw("cam").payloads(inter)
	if want := []string{base, second, baseKey, secondKey, inter}; fmt.Sprintf("%q", all) != fmt.Sprintf("%q", want) {
		t.Errorf("got %q, want %q", all, want)
	}
}

// Broken metadata reaches no player: neither who plays, nor who comes later.
func TestBrokenMetadataOnTheWire(t *testing.T) {
	f := start(t, hook.SRS6)
	c, early := f.publishingRaw("cam"), f.playingRaw("cam")
	data := chunk.Message{ChunkStream: 5, Type: message.TypeIDDataMessageAMF0, Stream: 1,
		Payload: []byte("\x02\x00\x0d@setDataFrame\x02\x00\x0aonMetaData\x08\x00\x00\x00\x02\x00\x05width\x00\x40")}
	c.sendAll(bytesOf(chunk.DefaultSize, data, videoMessage(1, avcHeader), videoMessage(1, avcKey)), c.served)
	for _, p := range []*raw{early, f.playingRaw("cam")} {
		if all := p.payloads(avcKey); len(all) != 2 {
			t.Errorf("a player got %q; want header and keyframe alone", all)
		}
	}
}

// When video stops and audio goes on, a late player does not begin where the video did.
func TestVideoStops(t *testing.T) {
	f := start(t, hook.SRS6)
	c := f.publishingRaw("cam")
	all := []chunk.Message{videoMessage(1, avcHeader), videoMessage(1, avcKey)}
	for n := range 200 {
		all = append(all, chunk.Message{ChunkStream: 4, Type: message.TypeIDAudioMessage, Stream: 1,
			Timestamp: uint32(n) * 23,
			Payload:   fmt.Appendf(nil, "\xaf\x01%d", n)})
	}
	c.sendAll(bytesOf(chunk.DefaultSize, all...), c.served)
	late := f.playingRaw("cam")
	late.command("onStatus")
	late.command("onStatus")
	const mark = "\xaf\x01mark"
	c.send(bytesOf(chunk.DefaultSize, chunk.Message{ChunkStream: 4, Type: message.TypeIDAudioMessage, Stream: 1,
		Payload: []byte(mark)}))
	if got := late.payloads(mark); len(got) > 3 {
		t.Errorf("a late player got %d messages from before; want the header alone", len(got)-1)
	}
}
