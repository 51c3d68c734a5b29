package server

import (
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/hook"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
	"hookproof/internal/rtmp/handshake"
	"hookproof/internal/tcpproxy"
	"hookproof/server/internal/stream"
)

// session is one client. Its goroutine does everything but write media to a player.
type session struct {
	srv    *Server
	conn   conn
	number uint64
	since  time.Time
	// set is the configuration that the client came under; hooks are looked up in the one in force.
	set *settings

	connected atomic.Bool // its connect was accepted: it is a client, and causes on_close
	asking    atomic.Bool // a hook is pending
	place     place       // under Server.mu

	mu      sync.Mutex // guards what info reads and the session writes
	client  connectInfo
	entry   entry
	streams []*messageStream

	created   uint32        // the highest message stream that it asked for
	share     *stream.Share // of the memory for media
	skipped   int           // messages that could not be used
	message   chunk.Message // the one at hand
	fcPublish bool          // it sent FCPublish, so wants onFCPublish
	openings  allowance     // of publishes and plays
	settled   bool          // it has just begun to publish or play; see live
}

// connectInfo is what the connect said.
type connectInfo struct {
	tcURL, pageURL, swfURL, flashVer string
	address                          address
	vhost                            *VHost
}

// A refusal ends a session whose client has been told why.
type refusal struct{ why error }

func (e *refusal) Error() string {
	var no *hookRefusal
	if errors.As(e.why, &no) {
		return no.Error()
	}
	return "refused: " + e.why.Error()
}

func (e *refusal) Unwrap() error { return e.why }

// errMemory ends a client that has sat on an unfinished message while others needed the memory.
var errMemory = errors.New("disconnected: server-wide limit for partial messages reached, this client's was the oldest")

// errLeft is what the end of a client that simply left is called.
var errLeft = errors.New("the client left")

func newSession(s *Server, set *settings, nc *net.TCPConn) *session {
	c := &session{srv: s, conn: newConn(nc, &set.cfg), number: s.ids.next(), since: time.Now(), set: set}
	c.conn.reader.Share(s.unfinished, func() { c.conn.abort(errMemory) })
	c.conn.reader.BeforeRead(c.conn.flush)
	return c
}

// run serves the client up to its connect, and hands it over to a goroutine that begins with a small stack:
// the handshake and the first command need a large one, which a client that then does little would keep.
func (c *session) run() {
	if err := c.guard(c.greet); err != nil {
		c.over(err)
		return
	}
	c.srv.running.Go(c.live)
}

// live serves a client that is connected, and goes on in a goroutine with a small stack when it has begun to
// publish or play: that needed a large one, which thousands of players that wait would keep.
func (c *session) live() {
	if err := c.serve(); err != nil || !c.settled {
		c.over(err)
		return
	}
	c.settled = false
	c.srv.running.Go(c.live)
}

// guard turns a panic into an error.
func (c *session) guard(f func() error) (err error) {
	defer c.rescue(&err)
	return f()
}

func (c *session) rescue(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("internal error: %v", r)
		c.panicked(r, debug.Stack())
	}
}

func (c *session) panicked(r any, stack []byte) {
	c.srv.log.Error("panic in a session", "addr", c.conn.nc.RemoteAddr().String(), "panic", fmt.Sprint(r),
		"stack", string(stack))
}

// greet shakes hands and answers connect.
func (c *session) greet() error {
	c.conn.expect(patience{what: "connecting", until: c.since.Add(c.set.cfg.Timeouts.Connect)})
	moved, err := handshake.Server(c.conn.nc, handshake.Options{})
	c.conn.reader.AddBytes(moved.Read)
	c.conn.sent.Add(moved.Written)
	for err == nil && !c.connected.Load() {
		err = c.turn()
	}
	return err
}

// serve returns why the client is served no more, or nil with settled set. What it calls to wait for a message is
// called from nowhere deeper, since the stack of a waiting goroutine is most of what an idle client costs.
func (c *session) serve() (err error) {
	defer c.rescue(&err)
	for err == nil && !c.settled {
		err = c.turn()
	}
	return err
}

// turn waits for a message and does what it says.
func (c *session) turn() error {
	m := &c.message
	if err := c.conn.next(m, c); err != nil {
		return err
	}
	if err := c.handle(m); err != nil {
		return err
	}
	m.Payload = nil // or an idle client would keep its last message
	if seq, due := c.conn.reader.AckDue(); due {
		return c.conn.send(command.Acknowledgement(seq))
	}
	return nil
}

// over ends the session with its last events. A panic ends this client only.
func (c *session) over(err error) {
	defer c.srv.forget(c)
	c.conn.reader.Release()
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed) {
		err = errLeft
	}
	if cause := c.conn.aborted(); cause != nil {
		err = cause
	}
	if c.guard(func() error { c.finish(err); return nil }) != nil {
		c.conn.nc.Close()
	}
}

// handle takes one message.
func (c *session) handle(m *chunk.Message) error {
	switch m.Type {
	case message.TypeIDAudioMessage, message.TypeIDVideoMessage, message.TypeIDDataMessageAMF0,
		message.TypeIDDataMessageAMF3:
		c.media(m)
		return nil
	case message.TypeIDCommandMessageAMF0, message.TypeIDCommandMessageAMF3:
		cmd, err := command.Parse(m)
		switch {
		case err == nil:
			return c.command(cmd, m.Stream)
		case c.connected.Load():
			c.skip(m, err) // one odd command is no reason to end a publisher
		default:
			return c.refuse(err, command.Error(1, nil,
				command.ConnectRejected.With("The command cannot be read.").Object()))
		}
	case message.TypeIDWinAckSize:
		n, _, err := command.ParseControl(m)
		if err != nil {
			c.skip(m, err)
			return nil
		}
		c.conn.reader.SetWindow(n)
	case message.TypeIDUserCtrl:
		return c.userControl(m)
	}
	return nil // Acknowledgement, Set Peer Bandwidth, shared objects and types to come need nothing
}

// skip leaves out a message that cannot be used. The first of a client is logged, all are counted.
func (c *session) skip(m *chunk.Message, why error) {
	c.srv.skipped.Add(1)
	if c.skipped++; c.skipped > 1 {
		return
	}
	c.log("skipped", "type", int(m.Type), "message_stream", m.Stream, "reason", c.shown(why.Error()),
		"further", "counted at close")
}

func (c *session) userControl(m *chunk.Message) error {
	u, err := command.ParseUserControl(m)
	if err != nil || u.Event != command.PingRequest {
		return nil // events nobody knows are no reason to part
	}
	return c.conn.send(command.UserControl{Event: command.PingResponse, Value: u.Value}.Message())
}

// ping asks the client for a sign of life.
func (c *session) ping() error {
	at := uint32(time.Since(c.since).Milliseconds())
	return c.conn.send(command.UserControl{Event: command.PingRequest, Value: at}.Message())
}

// finish ends what the client began, one event after the other, and the connection.
func (c *session) finish(why error) {
	c.conn.flush() // what it was told before it went wrong
	var refused *refusal
	if errors.As(why, &refused) || !errors.Is(why, errLeft) {
		c.conn.nc.CloseWrite() // it need not wait for the hooks
	}
	c.conn.abort(why) // frees goroutines that write
	for _, ms := range c.streams {
		if c.guard(func() error { c.end(ms); return nil }) != nil {
			ms.abandon() // no name stays taken
		}
	}
	c.leave()
	if c.connected.Load() || refused != nil {
		c.logClose(why)
	}
	linger := time.Duration(0)
	if refused != nil {
		linger = c.set.cfg.Timeouts.Linger
	}
	if c.srv.o.Forget && errors.Is(why, errLeft) {
		tcpproxy.Forget(c.conn.nc)
	}
	c.conn.hangUp(linger)
}

// id is the client_id in the profile of the vhost that the client entered.
func (c *session) id() string {
	p := hook.SRS1
	if v := c.client.vhost; v != nil {
		p = v.profile()
	}
	return c.srv.ids.clientID(c.number, p)
}

// hasID reports whether an id given by hand means this client, in whatever profile.
func (c *session) hasID(id string) bool { return c.srv.ids.means(c.number, id) }

func (c *session) order() uint64 { return c.number }
func (c *session) kick()         { c.conn.abort(errKicked) }
