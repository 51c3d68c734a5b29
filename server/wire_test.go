package server

import (
	"bytes"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/rtmp/amf"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
	"hookproof/internal/rtmp/handshake"
)

// hostile is what a client says, and what becomes of it.
type hostile struct {
	name  string
	bytes []byte
	stays bool // it is served on
}

// hostileBytes are said by a client that is connected and has message stream 1.
func hostileBytes() []hostile {
	short := func(all ...chunk.Message) []byte { return bytesOf(chunk.DefaultSize, all...) }
	media := func(stream uint32, n int) chunk.Message {
		return chunk.Message{ChunkStream: 6, Type: message.TypeIDVideoMessage, Stream: stream, Payload: make([]byte, n)}
	}
	control := func(kind message.TypeID, payload ...byte) chunk.Message {
		return chunk.Message{ChunkStream: 2, Type: kind, Payload: payload}
	}
	invoke := func(body string) []byte {
		return short(chunk.Message{ChunkStream: 3, Type: message.TypeIDCommandMessageAMF0, Payload: []byte(body)})
	}
	const head = "\x02\x00\x01x\x00\x3f\xf0\x00\x00\x00\x00\x00\x00"
	window := short(command.WindowAckSize(1))
	chunksOfOne := short(command.SetChunkSize(1))
	return []hostile{
		{"65,000 chunk streams with a message that never ends", manyStreams(65000), false},
		{"40 of them, and aborts", append(manyStreams(40), aborts(10, 40)...), true},
		{"a message of 16 MB that is declared only", []byte{6, 0, 0, 0, 0xff, 0xff, 0xff, 9, 1, 0, 0, 0, 1, 2, 3},
			false},
		{"a command of 16 MB that is declared only", []byte{3, 0, 0, 0, 0xff, 0xff, 0xff, 20, 0, 0, 0, 0, 2, 0}, false},
		{"Set Chunk Size to 1", append(chunksOfOne, bytesOf(1, command.SetChunkSize(128))...), true},
		{"Set Chunk Size to 2^31-1", append(short(command.SetChunkSize(math.MaxInt32)),
			bytesOf(chunk.MaxSize, media(1, 100000), command.SetChunkSize(128))...), true},
		{"Set Chunk Size to 0", short(command.SetChunkSize(0)), false},
		{"Set Chunk Size to 2^31", short(command.SetChunkSize(1 << 31)), false},
		{"objects 100,000 deep", invoke(head + strings.Repeat("\x03\x00\x01a", 100000)), false},
		{"objects 10,000 deep", invoke(head + strings.Repeat("\x03\x00\x01a", 10000)), true},
		{"arrays 10,000 deep", invoke(head + strings.Repeat("\x0a\x00\x00\x00\x01", 10000)), true},
		{"an array of 2^32-1", invoke(head + "\x0a\xff\xff\xff\xff"), true},
		{"metadata 60,000 deep", short(chunk.Message{ChunkStream: 5, Type: message.TypeIDDataMessageAMF0, Stream: 1,
			Payload: []byte("\x02\x00\x0aonMetaData" + strings.Repeat("\x03\x00\x01a", 60000))}), true},
		{"10,000 aborts of nothing", slices.Repeat(short(command.Abort(77)), 10000), true},
		{"10,000 aborts of a message", slices.Repeat(append(short(media(1, 200))[:12+128], short(command.Abort(6))...),
			10000), true},
		{"an ack window of 1", append(window, slices.Repeat(short(control(message.TypeIDAck, 0, 0, 0, 1)), 10000)...),
			true},
		{"10,000 pings", slices.Repeat(short(command.UserControl{Event: command.PingRequest, Value: 1}.Message()),
			10000), true},
		{"user control that is too short", short(control(message.TypeIDUserCtrl, 0, 6, 1)), true},
		{"user control nobody knows", short(control(message.TypeIDUserCtrl, 0xff, 0xff)), true},
		{"types nobody knows", short(control(0), control(99, 1, 2, 3), control(16, 0), control(19, 0)), true},
		{"100,000 messages of no length", append([]byte{6, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0}, bytes.Repeat([]byte{0xc6},
			100000)...), true},
		{"media on streams that are none", short(media(0, 10), media(2, 10), media(math.MaxUint32, 10)), true},
		{"media before publish", short(media(1, 200<<10)), true},
		{"media of 1 MB before publish", short(media(1, 1<<20)), false},
		{"an aggregate of scraps", short(chunk.Message{ChunkStream: 6, Type: message.TypeIDAggregateMessage, Stream: 1,
			Payload: []byte{9, 0xff, 0xff, 0xff}}), false},
		{"connect twice", short(connectMessage()), false},
		{"connect with a null object", short(call(0, "connect", 9)), false},
		{"deleteStream of numbers that are none", short(call(0, "deleteStream", 0, math.NaN()),
			call(0, "deleteStream", 0, math.Inf(1)),
			call(0, "deleteStream", 0, -1.0), call(0, "deleteStream", 0, 1e300), call(0, "deleteStream", 0, "1")),
			true},
		{"a transaction that is no number", invoke("\x02\x00\x0ccreateStream\x02\x00\x011"), true},
		{"transaction NaN", short(call(0, "getStreamLength", math.NaN())), true},
		{"answers to nothing", short(call(0, "_result", 7), call(0, "_error", 8), call(1, "onStatus", 0)), true},
		{"pause, seek and closing of nothing", short(call(9, "pause", 0, true), call(math.MaxUint32, "seek", 0, 1.0),
			call(9, "closeStream", 0), call(0, "FCUnpublish", 3)), true},
		{"creating and deleting 1,000 times",
			slices.Repeat(short(call(0, "createStream", 5), call(0, "deleteStream", 0, 2.0)), 1000), true},
		{"an empty command", invoke(""), true},
		{"AMF3 that is AMF3", short(chunk.Message{ChunkStream: 3, Type: message.TypeIDCommandMessageAMF3,
			Payload: []byte{17, 6, 3, 'x'}}), true},
		{"a name of 64 KB", short(call(1, "publish", 3, strings.Repeat("n", 65535), "live")), false},
		{"a name that is empty", short(call(1, "publish", 3, "", "live")), false},
		{"a name that is a number", short(call(1, "publish", 3, 1.0, "live")), false},
		{"play on a stream that is none", short(call(7, "play", 3, "cam")), true},
		{"HTTP", []byte("GET / HTTP/1.1\r\nHost: h\r\n\r\n" + strings.Repeat("x", 5000)), false},
		{"a chunk that continues nothing", []byte{0xc9}, false},
	}
}

// aborts ends the messages of n chunk streams.
func aborts(first, n uint32) (b []byte) {
	for id := range n {
		m := command.Abort(first + id)
		b = chunk.AppendMessage(b, &m, chunk.DefaultSize)
	}
	return b
}

// manyStreams begins a message of two chunks on so many chunk streams.
func manyStreams(n int) (b []byte) {
	const header, first = 11, 10
	payload := make([]byte, chunk.DefaultSize)
	for id := range uint32(n) {
		at := len(b)
		m := chunk.Message{ChunkStream: first + id, Type: message.TypeIDAudioMessage, Payload: payload}
		b = chunk.AppendMessage(b, &m, chunk.DefaultSize)
		basic := len(b) - at - header - len(payload) // one to three bytes
		copy(b[at+basic+3:], "\x00\x01\x00")
	}
	return b
}

// Whatever a connected client sends, it is cut off, or served on and can publish, and send it all again. Nobody
// else feels it, and the hooks are told all of it.
func TestHostileBytes(t *testing.T) {
	f := start(t, hook.SRS6, func(c *Config) { c.Timeouts.FirstPacket = 0 })
	publisher, player := f.publisher("watched"), f.player("watched")
	for _, k := range hostileBytes() {
		t.Run(k.name, func(t *testing.T) {
			f := &fixture{Server: f.Server, t: t, hooks: f.hooks, ctx: f.ctx}
			c := f.connectedRaw()
			c.send(bytesOf(chunk.DefaultSize, call(0, "createStream", 2)))
			c.command("_result")
			if !k.stays {
				c.sendAll(k.bytes, c.cut)
				return
			}
			c.sendAll(k.bytes, c.served)
			c.send(bytesOf(chunk.DefaultSize, call(1, "publish", 3, k.name, "live")))
			if s, err := command.ParseStatus(c.command("onStatus")); s.Code != "NetStream.Publish.Start" {
				t.Errorf("%+v, %v", s, err)
			}
			c.sendAll(k.bytes, c.served)
			f.Streams() // looks into the metadata
		})
	}
	f.must(publisher.WriteMedia(client.Clip()...))
	f.frames(player, framesOf(client.Clip()))
	f.must(f.Shutdown(f.ctx))
	f.checkPairs()
}

// What comes before a connect causes no event (S-ORD-12), and ends in a place as long as it can.
func TestHostileStarts(t *testing.T) {
	short := func(all ...chunk.Message) []byte { return bytesOf(chunk.DefaultSize, all...) }
	bad := func(key string, value any) []byte { return short(connectMessage(amf.Property{Key: key, Value: value})) }
	f := start(t, hook.SRS6)
	cases := []struct {
		name  string
		begin func() *raw
		bytes []byte
		stays bool
	}{
		{"HTTP", f.raw, []byte("GET / HTTP/1.1\r\n\r\n"), false},
		{"an encrypted handshake", f.raw, append([]byte{6}, c0c1[1:]...), false},
		{"createStream before connect", f.shaken, short(call(0, "createStream", 1)), false},
		{"publish before connect", f.shaken, short(call(1, "publish", 1, "cam", "live")), false},
		{"media before connect", f.shaken, short(chunk.Message{ChunkStream: 6, Type: message.TypeIDVideoMessage,
			Stream: 1, Payload: make([]byte, 1000)}), true},
		{"much media before connect", f.shaken, short(chunk.Message{ChunkStream: 6, Type: message.TypeIDVideoMessage,
			Stream: 1, Payload: make([]byte, 100<<10)}), false},
		{"a tcUrl that is an object", f.shaken, bad("tcUrl", amf.Object{}), false},
		{"a tcUrl without a host", f.shaken, bad("tcUrl", "rtmp://"), false},
		{"a connect of 20 KB", f.shaken, bad("pageUrl", strings.Repeat("p", 20<<10)), false},
		{"9 chunk streams", f.shaken, manyStreams(9), false},
		{"16 MB that are declared only", f.shaken, []byte{6, 0, 0, 0, 0xff, 0xff, 0xff, 9, 1, 0, 0, 0}, false},
		{"30 KB of unfinished messages", f.shaken, slices.Concat(unfinished(4, 10<<10), unfinished(5, 10<<10),
			unfinished(6, 10<<10)), false},
	}
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			c := k.begin()
			if k.stays {
				c.sendAll(k.bytes, c.served)
			} else {
				c.sendAll(k.bytes, c.cut)
			}
		})
	}
	f.must(f.Shutdown(f.ctx))
	f.hooks.answered()
}

// unfinished is a message of 16,000 bytes of which n come.
func unfinished(id uint32, n int) []byte {
	m := chunk.Message{ChunkStream: id, Type: message.TypeIDAudioMessage, Payload: make([]byte, 16000)}
	return bytesOf(chunk.DefaultSize, m)[:12+n]
}

// A client may be as slow as the time-outs let it.
func TestByteByByte(t *testing.T) {
	f := start(t, hook.SRS6)
	c := f.raw()
	for _, b := range slices.Concat(c0c1, c0c1[1:], bytesOf(chunk.DefaultSize, connectMessage())) {
		c.send([]byte{b})
	}
	if _, err := io.CopyN(io.Discard, c, handshake.Size); err != nil {
		t.Fatal(err)
	}
	c.command("_result")
	c.sendAll(nil, c.served)
}

// A publisher that declares 16 MB and does not send them holds what it has sent, until it has been silent for too long.
func TestDeclaredMessage(t *testing.T) {
	f := start(t, hook.SRS6, func(c *Config) { c.Timeouts.FirstPacket = 200 * time.Millisecond })
	c := f.publishingRaw("cam")
	before := heldMemory()
	c.send([]byte{6, 0, 0, 0, 0xff, 0xff, 0xff, 9, 1, 0, 0, 0}, make([]byte, 100))
	c.cut()
	if after := heldMemory(); after > before+8<<20 {
		t.Errorf("%d bytes are held, %d before", after, before)
	}
	f.hooks.answered(onConnect, onPublish, onUnpublish, onClose)
}

// A message stream that publishes does not play; another one of the same client does.
func TestPlayWhilePublishing(t *testing.T) {
	f := start(t, hook.SRS6)
	c := f.publishingRaw("cam")
	c.send(bytesOf(chunk.DefaultSize, call(1, "play", 4, "cam"), call(0, "createStream", 5), call(2, "play", 6, "cam")))
	for _, want := range []string{"NetStream.Play.Failed", "NetStream.Play.Reset", "NetStream.Play.Start"} {
		if s, err := command.ParseStatus(c.command("onStatus")); s.Code != want {
			t.Errorf("got %+v, %v, want %s", s, err, want)
		}
	}
	c.sendAll(nil, c.served)
	f.hooks.answered(onConnect, onPublish, onPlay)
	c.Close()
	f.hooks.await("all closing events", func(all []seen) bool {
		return count(all, onStop) == 1 && count(all, onUnpublish) == 1 && count(all, onClose) == 1
	})
}
