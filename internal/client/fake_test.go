package client

import (
	"context"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/internal/rtmp/amf"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
	"hookproof/internal/rtmp/handshake"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 10 * time.Second

// peer is the server's end of one connection, to be scripted by a test.
type peer struct {
	t    testing.TB
	conn *net.TCPConn
	r    *chunk.Reader
	w    *chunk.Writer
	seen []string // names of the commands that came, in order
}

// listen accepts connections and runs script on each, raw, in its own
// goroutine. Connections left open by the script are closed when the test ends.
func listen(t testing.TB, script func(net.Conn)) (url string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var conns []net.Conn
	wg.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, conn)
			mu.Unlock()
			conn.SetDeadline(time.Now().Add(3 * patience))
			wg.Go(func() { script(conn) })
		}
	})
	t.Cleanup(func() {
		ln.Close()
		mu.Lock()
		for _, c := range conns {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return "rtmp://" + ln.Addr().String() + "/live"
}

// serve is listen with the handshake done.
func serve(t testing.TB, script func(*peer)) (url string) {
	return listen(t, func(conn net.Conn) {
		if _, err := handshake.Server(conn, handshake.Options{}); err != nil {
			return
		}
		tcp := conn.(*net.TCPConn)
		defer tcp.Close()
		script(&peer{t: t, conn: tcp, r: chunk.NewReader(tcp, chunk.Limits{}), w: chunk.NewWriter(tcp)})
	})
}

// next returns the next message; ok is false when the client has gone.
func (p *peer) next() (m chunk.Message, ok bool) {
	return m, p.r.Next(&m) == nil
}

// await reads until the command of that name comes. nil: the client has gone.
func (p *peer) await(name string) *command.Command {
	for {
		m, ok := p.next()
		if !ok {
			return nil
		}
		if cmd, err := command.Parse(&m); err == nil {
			p.seen = append(p.seen, cmd.Name)
			if cmd.Name == name {
				return cmd
			}
		}
	}
}

func (p *peer) send(ms ...chunk.Message) {
	for i := range ms {
		if err := p.w.Write(&ms[i]); err != nil {
			return
		}
	}
	_ = p.w.Flush() // a client that has gone is a case of some tests
}

func (p *peer) command(stream uint32, c *command.Command) {
	m, err := c.Message(command.CommandChunks, stream)
	if err != nil {
		p.t.Error(err)
		return
	}
	p.send(m)
}

func (p *peer) status(stream uint32, s command.Status) {
	m, err := command.OnStatus(stream, s)
	if err != nil {
		p.t.Error(err)
		return
	}
	p.send(m)
}

// accept answers connect.
func (p *peer) accept() bool {
	if p.await("connect") == nil {
		return false
	}
	p.command(0, command.Result(1, amf.Object{{Key: "fmsVer", Value: "fake"}}, command.ConnectSuccess.Object()))
	return true
}

// create answers createStream.
func (p *peer) create(id float64) bool {
	cmd := p.await("createStream")
	if cmd == nil {
		return false
	}
	p.command(0, command.Result(cmd.Transaction, nil, id))
	return true
}

// publish lets a publisher on to stream 1.
func (p *peer) publish() bool {
	if !p.accept() || !p.create(1) || p.await("publish") == nil {
		return false
	}
	p.status(1, command.PublishStart)
	return true
}

// play lets a player on to stream 1.
func (p *peer) play() bool {
	if !p.accept() || !p.create(1) || p.await("play") == nil {
		return false
	}
	p.status(1, command.PlayReset)
	p.status(1, command.PlayStart)
	return true
}

// drain reads until the client has gone.
func (p *peer) drain() {
	for {
		if _, ok := p.next(); !ok {
			return
		}
	}
}

// reset ends the connection with a RST.
func (p *peer) reset() {
	p.conn.SetLinger(0)
	p.conn.Close()
}

// dialTest dials; the client is gone when the test ends.
func dialTest(t testing.TB, o Options) *Client {
	t.Helper()
	c, err := Dial(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Vanish()
		<-c.Done()
	})
	return c
}

func patient(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// must fails the test on an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// over waits for the end and returns how it came.
func over(t testing.TB, c *Client) Event {
	t.Helper()
	select {
	case <-c.Done():
	case <-time.After(patience):
		t.Fatal("the connection is not over")
	}
	ev, ok := c.End()
	if !ok {
		t.Fatal("done without a Disconnected event")
	}
	return ev
}

// named returns the names of the events of that kind.
func named(evs []Event, k Kind) []string {
	var names []string
	for _, ev := range evs {
		if ev.Kind == k {
			names = append(names, ev.Name)
		}
	}
	return names
}

func equal(t testing.TB, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}
