package rtmpdefect

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"sync/atomic"

	"hookproof/internal/tcpproxy"
)

// A hookDefect replaces the forwarding of a hook request. It is called
// once for each request, with no lock held, and ends in exactly one of the
// exchange's pass and relay.
type hookDefect interface{ handle(*exchange) }

// hookFunc is a defect that is one function.
type hookFunc func(*exchange)

func (f hookFunc) handle(x *exchange) { f(x) }

// transparent is no defect.
var transparent = hookFunc(func(x *exchange) { x.pass() })

// An exchange is one hook request on its way to the endpoint, and its answer on
// the way back.
type exchange struct {
	req    *request
	client *client // whose event it is; never nil
	world  *world

	ctx    context.Context // ended when the caller goes
	conn   *hookConn
	answer *answer // what call brought, nil after pass
}

// pass forwards the request as it is now, and the answer as it comes.
func (x *exchange) pass() { x.conn.forward(x.req.bytes()) }

// call sends a request over a connection of its own and waits for the answer.
func (x *exchange) call(r *request) *answer { return x.conn.world.call(x.ctx, x.conn.upstream, r) }

// ask sends this request and waits for the answer, which relay sends back.
func (x *exchange) ask() *answer {
	x.answer = x.call(x.req)
	return x.answer
}

// relay sends an answer to the server, its end included.
func (x *exchange) relay(a *answer) {
	down := x.conn.down
	if len(a.raw) > 0 {
		if _, err := down.Write(a.raw); err != nil {
			tcpproxy.Reset(down)
			return
		}
	}
	if a.end != nil || strings.EqualFold(x.req.field("Connection"), "close") {
		tcpproxy.Pass(down, a.end)
	}
}

// accepted reports whether an answer accepts in the profile.
func (x *exchange) accepted(a *answer) bool { return x.world.profile.Judge(a.hook).Accept }

// call sends a request to addr over a connection of its own.
func (w *world) call(ctx context.Context, addr string, r *request) *answer {
	c, err := tcpproxy.Dial(ctx, addr, nil)
	if err != nil {
		return noAnswer(err)
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	if _, err := c.Write(r.bytes()); err != nil {
		return noAnswer(err)
	}
	return readAnswer(c)
}

// A hookConn is one connection from the server under test, and the one that
// its requests are forwarded on.
type hookConn struct {
	world    *world
	front    *tcpproxy.Front
	down     *net.TCPConn
	upstream string
	defect   hookDefect

	up     *net.TCPConn  // nil before the first request is forwarded
	copied chan struct{} // closed when nothing comes back from up any more
	ended  atomic.Bool   // up has ended in order, all of it was given on, and the end is next
}

// serveHooks serves one connection of the server's.
func serveHooks(w *world, upstream string, d hookDefect) func(*tcpproxy.Front, *net.TCPConn) {
	return func(f *tcpproxy.Front, down *net.TCPConn) {
		c := &hookConn{world: w, front: f, down: down, upstream: upstream, defect: d}
		c.serve()
	}
}

func (c *hookConn) serve() {
	br := bufio.NewReaderSize(c.down, maxHead)
	err := c.requests(br)
	if c.up == nil {
		if whole(err) {
			tcpproxy.Forget(c.down) // every answer was given
		}
		return
	}
	c.pass(err)
	<-c.copied
	c.front.Disown(c.up)
}

// pass passes the caller's end on.
func (c *hookConn) pass(err error) {
	if whole(err) && c.ended.Load() {
		tcpproxy.Forget(c.up) // both have ended
		return
	}
	tcpproxy.Pass(c.up, err)
}

// requests handles one request after the other, and returns how they ended.
func (c *hookConn) requests(br *bufio.Reader) error {
	for {
		if _, err := br.Peek(1); err != nil {
			return err
		}
		r, raw, err := readRequest(br)
		if err != nil {
			c.forward(raw)
			if err == errNotARequest {
				return c.rest(br)
			}
			return err
		}
		if err := c.exchange(br, r); err != nil {
			return err
		}
	}
}

// rest forwards what cannot be read as requests.
func (c *hookConn) rest(br *bufio.Reader) error {
	if c.up == nil {
		return io.EOF
	}
	_, err := io.Copy(c.up, br)
	return err
}

// exchange has the defect handle one request, and meanwhile watches for the
// caller's going.
func (c *hookConn) exchange(br *bufio.Reader, r *request) error {
	ctx, cancel := context.WithCancel(c.front.Context())
	defer cancel()
	x := &exchange{req: r, client: c.world.meet(r), world: c.world, ctx: ctx, conn: c}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.defect.handle(x)
	}()
	_, err := br.Peek(1)
	if err != nil {
		cancel()
	}
	<-done
	return err
}

// forward writes bytes to the endpoint; the first time it connects, and begins
// to copy back what comes.
func (c *hookConn) forward(b []byte) {
	if c.up == nil {
		up, err := c.front.Dial(c.upstream, nil)
		if err != nil {
			tcpproxy.Reset(c.down) // as near to a refused connection as an accepted one gets
			return
		}
		c.up, c.copied = up, make(chan struct{})
		c.front.Go(func() {
			defer close(c.copied)
			ok, end := tcpproxy.CopyAll(c.down, up)
			if ok {
				c.ended.Store(whole(end))
				tcpproxy.Pass(c.down, end)
			}
		})
	}
	if _, err := c.up.Write(b); err != nil {
		tcpproxy.Reset(c.down)
	}
}
