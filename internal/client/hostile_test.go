package client

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/amf"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

// Servers that never finish the handshake, or send something else, cost a step's time-out and no more.
func TestHostileHandshakes(t *testing.T) {
	s0s1s2 := append([]byte{3}, make([]byte, 2*1536)...)
	drip := func(conn net.Conn, b []byte) {
		for i := range b {
			if _, err := conn.Write(b[i : i+1]); err != nil {
				return
			}
		}
	}
	until := func(conn net.Conn) { io.Copy(io.Discard, conn) } // the client goes
	for _, k := range []struct {
		name   string
		server func(net.Conn)
		want   How // "": the handshake is done
	}{
		{"byte by byte", func(c net.Conn) { drip(c, s0s1s2); until(c) }, ""},
		{"all at once, unasked", func(c net.Conn) { c.Write(s0s1s2); until(c) }, ""},
		{"silence", until, Timeout},
		{"half of it", func(c net.Conn) { c.Write(s0s1s2[:1000]); until(c) }, Timeout},
		{"half of it, and the end", func(c net.Conn) {
			c.Write(s0s1s2[:1000])
			c.(*net.TCPConn).CloseWrite()
			until(c)
		}, FIN},
		{"the end", func(c net.Conn) { c.(*net.TCPConn).CloseWrite(); until(c) }, FIN},
		{"HTTP", func(c net.Conn) { io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n"); until(c) }, Protocol},
		{"another version", func(c net.Conn) { c.Write(append([]byte{6}, s0s1s2[1:]...)); until(c) }, Protocol},
	} {
		t.Run(k.name, func(t *testing.T) {
			o := Options{URL: listen(t, k.server), Timeout: patience, Linger: -1}
			if k.want == Timeout {
				o.Timeout = 200 * time.Millisecond
			}
			c, err := Dial(t.Context(), o)
			if err == nil {
				c.Close()
			}
			var end *DisconnectError
			switch got := errors.As(err, &end); {
			case k.want == "" && err == nil, k.want == Timeout && errors.Is(err, ErrTimeout), got && end.How == k.want:
			default:
				t.Errorf("%v, want %q", err, k.want)
			}
		})
	}
}

// hostileServer is what a server sends in place of an answer to connect.
type hostileServer struct {
	name  string
	bytes []byte
	stays bool // the client goes on, and takes an answer that follows
}

func hostileServers() []hostileServer {
	short := func(all ...chunk.Message) (b []byte) {
		for i := range all {
			b = chunk.AppendMessage(b, &all[i], chunk.DefaultSize)
		}
		return b
	}
	of := func(stream uint32, c command.Command) chunk.Message {
		m, err := c.Message(3, stream)
		if err != nil {
			panic(err)
		}
		return m
	}
	say := func(kind message.TypeID, n int, body string) chunk.Message {
		return chunk.Message{ChunkStream: 6, Type: kind, Stream: 1,
			Payload: []byte(body + strings.Repeat("\x03\x00\x01a", n))}
	}
	streams := func(n uint32) (b []byte) { // a message of 256 bytes on each of them, of which half comes
		for id := range n {
			at := len(b)
			b = chunk.AppendMessage(b, &chunk.Message{ChunkStream: 320 + id, Type: message.TypeIDAudioMessage,
				Payload: make([]byte, 128)}, 128)
			copy(b[at+6:], "\x00\x01\x00")
		}
		return b
	}
	const head = "\x02\x00\x01x\x00\x3f\xf0\x00\x00\x00\x00\x00\x00"
	status := of(1, command.Command{Name: "onStatus", Args: []any{nil, command.PublishStart.Object()}})
	long := of(1, command.Command{Name: "onStatus",
		Args: []any{nil, amf.Object{{Key: "code", Value: strings.Repeat("c", 60000)}}}})
	return []hostileServer{
		{"65,000 chunk streams with a message that never ends", streams(65000), false},
		{"16 MB that are declared only, and the end", []byte{6, 0, 0, 0, 0xff, 0xff, 0xff, 9, 1, 0, 0, 0, 1, 2, 3},
			false},
		{"a command of 16 MB", []byte{3, 0, 0, 0, 0xff, 0xff, 0xff, 20, 0, 0, 0, 0, 1}, false},
		{"Set Chunk Size to 1 and back", append(short(command.SetChunkSize(1)),
			chunk.AppendMessage(nil, new(command.SetChunkSize(128)), 1)...), true},
		{"Set Chunk Size to 2^31-1 and back", short(command.SetChunkSize(math.MaxInt32), command.SetChunkSize(128)),
			true},
		{"Set Chunk Size to 0", short(command.SetChunkSize(0)), false},
		{"Set Chunk Size to 2^31", short(command.SetChunkSize(1 << 31)), false},
		{"a command 10,000 deep", short(say(message.TypeIDCommandMessageAMF0, 10000, head)), true},
		{"metadata 100,000 deep", short(say(message.TypeIDDataMessageAMF0, 100000, "\x02\x00\x0aonMetaData")), true},
		{"an array of 2^32-1", short(say(message.TypeIDCommandMessageAMF0, 0, head+"\x0a\xff\xff\xff\xff")), true},
		{"1,000 aborts", slices.Repeat(append(short(say(8, 50, ""))[:12+128], short(command.Abort(6))...), 1000), true},
		{"an ack window of 1", append(short(command.WindowAckSize(1)), slices.Repeat(short(say(8, 0, "")), 1000)...),
			true},
		{"1,000 pings", slices.Repeat(short(command.UserControl{Event: command.PingRequest}.Message()), 1000), true},
		{"1,000 bandwidths", slices.Repeat(short(command.SetPeerBandwidth(1, command.LimitDynamic)), 1000), true},
		{"10,000 messages of no length", append([]byte{6, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0}, bytes.Repeat([]byte{0xc6},
			10000)...), true},
		{"answers to nothing", slices.Repeat(short(of(0, *command.Result(77, nil)),
			of(0, *command.Error(math.NaN(), nil)), status), 1000), true},
		{"6 MB of statuses", slices.Repeat(short(long), 100), true},
		{"an aggregate of scraps", short(say(message.TypeIDAggregateMessage, 3, "")), false},
	}
}

// Whatever a server sends, the client ends or goes on, and keeps little of it.
func TestHostileServers(t *testing.T) {
	for _, k := range hostileServers() {
		t.Run(k.name, func(t *testing.T) {
			url := serve(t, func(p *peer) {
				if p.await("connect") == nil {
					return
				}
				answered := make(chan struct{})
				go func() { defer close(answered); p.drain() }() // acknowledgements and pongs
				p.conn.Write(k.bytes)
				if k.stays {
					p.command(0, command.Result(1, amf.Object{}, command.ConnectSuccess.Object()))
				}
				p.conn.CloseWrite()
				<-answered
			})
			c := dialTest(t, Options{URL: url, Timeout: patience, Linger: -1})
			before := held()
			if err := c.Connect(patient(t)); (err == nil) != k.stays {
				t.Errorf("connect: %v", err)
			}
			over(t, c)
			if after := held(); after > before+4<<20 {
				t.Errorf("%d bytes are held, %d before", after, before)
			}
			if n := len(c.Events()); n > maxEvents+1 {
				t.Errorf("%d events are kept", n)
			}
		})
	}
}

// Answers that make no sense end a step with an error that says so.
func TestHostileStreamIDs(t *testing.T) {
	for _, id := range []any{math.NaN(), math.Inf(1), -1.0, 0.0, 0.5, 1e300, "1", nil, amf.Object{}} {
		url := serve(t, func(p *peer) {
			if p.accept() {
				if cmd := p.await("createStream"); cmd != nil {
					p.command(0, command.Result(cmd.Transaction, nil, id))
				}
			}
			p.drain()
		})
		c := dialTest(t, Options{URL: url, Timeout: patience})
		must(t, c.Connect(patient(t)))
		if got, err := c.CreateStream(patient(t)); err == nil {
			t.Errorf("%v was taken as message stream %d", id, got)
		}
	}
}

// What a server says does not break the lines of who reports it, nor fill them.
func TestHostileWords(t *testing.T) {
	word := "a\nb\x1b[2J\u2028" + strings.Repeat("c", 15000)
	url := serve(t, func(p *peer) {
		if p.await("connect") != nil {
			p.command(0, command.Error(1, nil, command.Status{Level: word, Code: word, Description: word}.Object()))
		}
		p.drain()
	})
	c := dialTest(t, Options{URL: url, Timeout: patience})
	err := c.Connect(patient(t))
	if err == nil || len(err.Error()) > 4000 || strings.ContainsFunc(err.Error(), unicode.IsControl) {
		t.Errorf("%v", err)
	}
}

// held returns what the heap holds, garbage collected.
func held() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
