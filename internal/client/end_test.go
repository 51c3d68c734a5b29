package client

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

// TestHowAConnectionEnds has each end as both sides see it.
func TestHowAConnectionEnds(t *testing.T) {
	cases := []struct {
		name   string
		server func(p *peer)
		client func(c *Client)
		how    How
		seen   error // what the server's next read says; nil: not asked
	}{
		{"server FIN", func(p *peer) { p.conn.Close() }, nil, FIN, nil},
		{"server RST", func(p *peer) { p.reset() }, nil, RST, nil},
		{"close", nil, func(c *Client) { c.Close() }, Local, io.EOF},
		{"vanish", nil, func(c *Client) { c.Vanish() }, Local, syscall.ECONNRESET},
		{"vanish while stalled", nil, func(c *Client) { c.StallReading(true); c.Vanish() }, Local, syscall.ECONNRESET},
		{"close while stalled", nil, func(c *Client) { c.StallReading(true); c.Close() }, Local, io.EOF},
		{"close twice", nil, func(c *Client) { c.Close(); c.Close(); c.Vanish() }, Local, io.EOF},
		{"half-close", func(p *peer) { p.drain(); p.conn.Close() }, func(c *Client) { c.HalfClose() }, FIN, nil},
		{"chunk stream broken", func(p *peer) { p.conn.Write(bytes.Repeat([]byte{0xc5}, 100)) }, nil, Protocol, nil},
		{"half a message", func(p *peer) { p.conn.Write([]byte{3, 0, 0, 0, 0, 0, 9, 20}); p.conn.Close() }, nil, FIN,
			nil},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			seen := make(chan error, 1)
			url := serve(t, func(p *peer) {
				p.accept()
				if tc.server != nil {
					tc.server(p)
					return
				}
				var m chunk.Message
				seen <- p.r.Next(&m)
				p.conn.Close()
			})
			c := dialTest(t, Options{URL: url, ChunkSize: -1})
			must(t, c.Connect(patient(t)))
			if tc.client != nil {
				tc.client(c)
			}
			if ev := over(t, c); ev.How != tc.how {
				t.Errorf("ended by %q (%v), want %q", ev.How, ev.Err, tc.how)
			}
			if tc.seen != nil {
				if err := <-seen; !errors.Is(err, tc.seen) {
					t.Errorf("the server saw %v, want %v", err, tc.seen)
				}
			}
			evs := c.Events()
			if last := evs[len(evs)-1]; last.Kind != Disconnected {
				t.Errorf("last event is of kind %d", last.Kind)
			}
			for i, ev := range evs {
				if ev.At.IsZero() || i > 0 && (ev.Seq <= evs[i-1].Seq || ev.At.Before(evs[i-1].At)) {
					t.Errorf("event %d out of order", i)
				}
			}
			var end *DisconnectError
			if err := c.Connect(patient(t)); !errors.As(err, &end) {
				t.Errorf("connect after the end: %v, want a *DisconnectError", err)
			}
		})
	}
}

// TestCloseIsBounded: a server that never ends its side does not hold Close.
func TestCloseIsBounded(t *testing.T) {
	hold := make(chan struct{})
	url := serve(t, func(p *peer) { <-hold })
	defer close(hold)
	for _, linger := range []time.Duration{-1, 50 * time.Millisecond} {
		c := dialTest(t, Options{URL: url, Linger: linger})
		start := time.Now()
		must(t, c.Close())
		if took := time.Since(start); took > patience/2 {
			t.Errorf("close with linger %v took %v", linger, took)
		}
		if ev := over(t, c); ev.How != Local {
			t.Errorf("ended by %q, want local", ev.How)
		}
	}
}

// TestResetSeenByTheWriter: the reader does not take for a FIN what a write
// has learnt to be a reset.
func TestResetSeenByTheWriter(t *testing.T) {
	reset := make(chan struct{})
	url := serve(t, func(p *peer) { p.accept(); p.reset(); close(reset) })
	c := dialTest(t, Options{URL: url, Linger: -1})
	must(t, c.Connect(patient(t)))
	<-reset
	for range 100 {
		if err := c.Raw([]byte("x")); err != nil {
			break
		}
	}
	if ev := over(t, c); ev.How != RST {
		t.Errorf("ended by %q, want rst", ev.How)
	}
}

func TestStallReading(t *testing.T) {
	const payload = 60000
	blocked, done := make(chan struct{}), make(chan struct{})
	url := serve(t, func(p *peer) {
		defer close(done)
		p.play()
		video := chunk.Message{ChunkStream: 6, Type: 9, Stream: 1, Payload: append([]byte{0x27, 1, 0, 0, 0},
			make([]byte, payload)...)}
		p.conn.SetWriteBuffer(payload)
		p.conn.SetWriteDeadline(time.Now().Add(500 * time.Millisecond))
		b := chunk.AppendMessage(nil, &video, chunk.DefaultSize)
		var left []byte
		for {
			n, err := p.conn.Write(b)
			if err != nil {
				left = b[n:] // of the message that was cut
				break
			}
		}
		close(blocked)
		p.conn.SetWriteDeadline(time.Now().Add(patience))
		p.conn.Write(left)
		p.drain()
	})
	c := dialTest(t, Options{URL: url, ReceiveBuffer: 8 << 10})
	must(t, c.Connect(patient(t)))
	must(t, c.Play(patient(t), "s"))
	c.StallReading(true)
	c.StallReading(true)
	<-blocked
	before := c.Counters().VideoFrames
	c.StallReading(false)
	_, err := c.Await(patient(t), func(ev Event) bool { return ev.Kind == Media && c.Counters().VideoFrames > before })
	must(t, err)
	equal(t, "notes", named(c.Events(), Note), []string{"stall", "resume"})
	must(t, c.Close())
	<-done
	if n := c.Counters().VideoFrames; n == 0 {
		t.Error("nothing was received after the stall")
	}
}

// TestBlockedWriteEnds: a server that does not read costs a publisher its
// time-out, and no more.
func TestBlockedWriteEnds(t *testing.T) {
	hold := make(chan struct{})
	url := serve(t, func(p *peer) {
		p.conn.SetReadBuffer(8 << 10)
		p.publish()
		<-hold
	})
	defer close(hold)
	c := dialTest(t, Options{URL: url, Timeout: time.Second})
	must(t, c.Connect(patient(t)))
	must(t, c.Publish(patient(t), "s", ""))
	var err error
	for err == nil {
		err = c.WriteMedia(Clip()...)
	}
	var end *DisconnectError
	if !errors.As(err, &end) || end.How != Timeout || !strings.Contains(err.Error(), "does not read") {
		t.Errorf("write error %v, want a time-out", err)
	}
	if ev := over(t, c); ev.How != Timeout {
		t.Errorf("ended by %q, want timeout", ev.How)
	}
}

func TestDialFailures(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	closed := ln.Addr().String()
	ln.Close()
	silent := listen(t, func(conn net.Conn) { io.Copy(io.Discard, conn) })
	cases := []struct {
		name, url, local string
		text             string
	}{
		{"refused", "rtmp://" + closed + "/live", "", "dial: "},
		{"no RTMP URL", "http://127.0.0.1/live", "", `want rtmp://host[:port]/app`},
		{"no host", "rtmp:///live", "", "no host"},
		{"bad local address", "rtmp://" + closed + "/live", "localhost", "local address"},
		{"silence", silent, "", "handshake: no answer in time"},
		{"FIN", listen(t, func(conn net.Conn) { io.ReadFull(conn, make([]byte, 1537)); conn.Close() }), "",
			"handshake: server closed the connection (FIN)"},
		{"RST", listen(t, func(conn net.Conn) {
			io.ReadFull(conn, make([]byte, 1537))
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		}), "", "handshake: server reset"},
		{"HTTP", listen(t, func(conn net.Conn) {
			io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n")
			io.Copy(io.Discard, conn)
		}), "", "handshake: server sent what is no valid RTMP"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			c, err := Dial(t.Context(), Options{URL: tc.url, LocalAddr: tc.local, Timeout: time.Second})
			if err == nil {
				c.Close()
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), tc.text) {
				t.Errorf("error %q, want %q in it", err, tc.text)
			}
		})
	}
}

func TestLocalAddress(t *testing.T) {
	from := make(chan string, 1)
	url := serve(t, func(p *peer) { from <- p.conn.RemoteAddr().String(); p.drain() })
	c := dialTest(t, Options{URL: url, LocalAddr: "127.0.0.2"})
	got := <-from
	if !strings.HasPrefix(got, "127.0.0.2:") || got != c.LocalAddr() {
		t.Errorf("connected from %s, the client says %s", got, c.LocalAddr())
	}
	must(t, c.Close())
}

// TestRaw: peers that never finish a handshake, and bytes that are no RTMP.
func TestRaw(t *testing.T) {
	got := make(chan []byte, 1)
	url := listen(t, func(conn net.Conn) {
		io.WriteString(conn, "hello")
		b, _ := io.ReadAll(conn)
		got <- b
		conn.Close()
	})
	c, err := DialRaw(t.Context(), Options{URL: url})
	must(t, err)
	must(t, c.Raw(HandshakeBytes()[:700]))
	_, err = c.Await(patient(t), func(ev Event) bool { return ev.Kind == Received && ev.Name == "bytes" })
	must(t, err)
	must(t, c.Close())
	if b := <-got; !bytes.Equal(b, HandshakeBytes()[:700]) {
		t.Errorf("the server got %d bytes", len(b))
	}
	k := c.Counters()
	if k.BytesIn != 5 || k.BytesOut != 700 {
		t.Errorf("counted %d in, %d out; want 5, 700", k.BytesIn, k.BytesOut)
	}
}

// TestCork: Cork joins several messages into one write.
func TestCork(t *testing.T) {
	url := serve(t, func(p *peer) {
		if p.await("connect") == nil || p.await("createStream") == nil {
			return
		}
		p.command(0, command.Result(1, nil, command.ConnectSuccess.Object()))
		p.command(0, command.Result(2, nil, 1.0))
		p.drain()
	})
	c := dialTest(t, Options{URL: url})
	c.Cork()
	must(t, c.SendConnect())
	before := c.Counters().BytesOut
	must(t, c.SendCreateStream())
	if after := c.Counters().BytesOut; after != before {
		t.Errorf("%d bytes were written while corked", after-before)
	}
	must(t, c.Uncork())
	_, err := c.Await(patient(t), func(ev Event) bool { return ev.Name == "_result" && ev.Transaction == 2 })
	must(t, err)
	must(t, c.Close())
}
