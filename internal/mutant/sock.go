package mutant

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"
)

// dialTimeout bounds the way to the other side, which is on this machine.
const dialTimeout = 10 * time.Second

// dial connects to addr from the local address of from, if that is given.
func dial(ctx context.Context, addr string, from net.IP) (*net.TCPConn, error) {
	d := net.Dialer{Timeout: dialTimeout}
	if from != nil {
		d.LocalAddr = &net.TCPAddr{IP: from}
	}
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return c.(*net.TCPConn), nil
}

// reset ends a connection with a TCP reset.
func reset(c *net.TCPConn) {
	// An error means that it is closed already.
	_ = c.SetLinger(0)
	c.Close()
}

// wasReset reports whether a read or write ended with the peer's reset.
func wasReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// pass gives the end of one direction on to the other side: a FIN as a FIN,
// anything else as a reset.
func pass(to *net.TCPConn, err error) {
	if err == nil || err == io.EOF {
		// An error means that the other side has gone, too.
		_ = to.CloseWrite()
		return
	}
	reset(to)
}

// copyEnd copies from one side to the other until from ends, and gives its end
// on. When to can take no more, from is reset.
func copyEnd(to, from *net.TCPConn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if _, werr := to.Write(buf[:n]); werr != nil {
				reset(from)
				return
			}
		}
		if err != nil {
			pass(to, err)
			return
		}
	}
}

// A front is a listener, the connections accepted from it, and the goroutines
// that serve them. Stop ends all of them.
type front struct {
	ln     net.Listener
	ctx    context.Context // ended by stop
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]struct{}
	ended bool
}

// listen opens a front on a free loopback port and serves its connections, each
// on a goroutine of its own, until stop. serve need not close its connection.
func listen(ctx context.Context, serve func(*front, *net.TCPConn)) (*front, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &front{ln: ln, conns: map[net.Conn]struct{}{}}
	f.ctx, f.cancel = context.WithCancel(ctx)
	f.wg.Add(1)
	go f.accept(serve)
	return f, nil
}

func (f *front) addr() string { return f.ln.Addr().String() }

func (f *front) accept(serve func(*front, *net.TCPConn)) {
	defer f.wg.Done()
	for {
		nc, err := f.ln.Accept()
		if err != nil {
			return
		}
		c := nc.(*net.TCPConn)
		if !f.own(c) {
			return
		}
		f.wg.Go(func() {
			defer f.disown(c)
			serve(f, c)
		})
	}
}

// own takes a connection into what stop ends; false, and closed, after stop.
func (f *front) own(c *net.TCPConn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		c.Close()
		return false
	}
	f.conns[c] = struct{}{}
	return true
}

// disown closes a connection and forgets it.
func (f *front) disown(c *net.TCPConn) {
	c.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.conns, c)
}

// dial connects onwards; stop ends the connection.
func (f *front) dial(addr string, from net.IP) (*net.TCPConn, error) {
	c, err := dial(f.ctx, addr, from)
	if err != nil {
		return nil, err
	}
	if !f.own(c) {
		return nil, net.ErrClosed
	}
	return c, nil
}

// stop closes the listener and every connection, and waits for their goroutines.
func (f *front) stop() {
	f.mu.Lock()
	f.ended = true
	conns := f.conns
	f.conns = map[net.Conn]struct{}{}
	f.mu.Unlock()
	f.cancel()
	f.ln.Close()
	for c := range conns {
		c.Close()
	}
	f.wg.Wait()
}
