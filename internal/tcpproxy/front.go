package tcpproxy

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// A Front is a listener, the connections accepted from it, and the goroutines
// that serve them. Stop ends all of them.
type Front struct {
	ln     net.Listener
	ctx    context.Context // ended by Stop
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu    sync.Mutex
	conns map[*net.TCPConn]struct{}
	ended bool
}

// Listen opens a front on a free loopback port and serves its connections, each
// on a goroutine of its own, until Stop. serve need not close its connection.
func Listen(ctx context.Context, serve func(*Front, *net.TCPConn)) (*Front, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &Front{ln: ln, conns: map[*net.TCPConn]struct{}{}}
	f.ctx, f.cancel = context.WithCancel(ctx)
	f.wg.Go(func() { f.accept(serve) })
	return f, nil
}

// Addr is where the front listens, host:port.
func (f *Front) Addr() string { return f.ln.Addr().String() }

// Context ends with Stop, or with the context given to Listen.
func (f *Front) Context() context.Context { return f.ctx }

// Go runs g on a goroutine that Stop waits for. It is for those that serve a
// connection: not to be called after Stop by anybody else.
func (f *Front) Go(g func()) { f.wg.Go(g) }

func (f *Front) accept(serve func(*Front, *net.TCPConn)) {
	for {
		nc, err := f.ln.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) || !f.pause() {
				return
			}
			continue
		}
		c := nc.(*net.TCPConn)
		if !f.own(c) {
			return
		}
		f.wg.Go(func() {
			defer f.Disown(c)
			serve(f, c)
		})
	}
}

// pause waits after an accept error (no file descriptors left, say) and reports
// whether to go on.
func (f *Front) pause() bool {
	select {
	case <-f.ctx.Done():
		return false
	case <-time.After(10 * time.Millisecond):
		return true
	}
}

// own takes a connection into what Stop ends; false, and closed, after Stop.
func (f *Front) own(c *net.TCPConn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		c.Close()
		return false
	}
	f.conns[c] = struct{}{}
	return true
}

// Disown closes a connection and forgets it.
func (f *Front) Disown(c *net.TCPConn) {
	c.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.conns, c)
}

// Dial connects onwards as the function Dial does; Stop ends the connection,
// Disown lets go of it.
func (f *Front) Dial(addr string, from net.IP) (*net.TCPConn, error) {
	c, err := Dial(f.ctx, addr, from)
	if err != nil {
		return nil, err
	}
	if !f.own(c) {
		return nil, net.ErrClosed
	}
	return c, nil
}

// Die closes the listener and resets every connection, as the end of a process does. It does not wait: goroutines
// that serve a connection may call it. Stop is still due.
func (f *Front) Die() {
	f.mu.Lock()
	f.ended = true
	conns := f.conns
	f.conns = map[*net.TCPConn]struct{}{}
	f.mu.Unlock()
	f.ln.Close()
	for c := range conns {
		Reset(c)
	}
}

// Stop closes the listener, resets every connection, and waits for their goroutines.
func (f *Front) Stop() {
	f.cancel()
	f.Die()
	f.wg.Wait()
}
