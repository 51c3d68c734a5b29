package tcpproxy

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"time"
)

// dialTimeout bounds the way to the other side, which is on this machine.
const dialTimeout = 10 * time.Second

// Dial connects to addr from the local address of from, if that is given.
func Dial(ctx context.Context, addr string, from net.IP) (*net.TCPConn, error) {
	d := net.Dialer{Timeout: dialTimeout}
	if from != nil {
		d.LocalAddr, d.Control = &net.TCPAddr{IP: from}, bindLate
	}
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return c.(*net.TCPConn), nil
}

// Reset ends a connection with a TCP reset.
func Reset(c *net.TCPConn) {
	// An error means that it is closed already.
	_ = c.SetLinger(0)
	c.Close()
}

// Forget ends a connection whose peer has ended its side and waits for nothing
// more. It does so with a reset, which is not to overtake anything: with
// everything sent, that is, and with a FIN where that is not known. Behind a FIN
// the peer's kernel would keep the connection's port for a minute.
func Forget(c *net.TCPConn) {
	if allSent(c) {
		// An error means that it is closed already.
		_ = c.SetLinger(0)
	}
	c.Close()
}

// WasReset reports whether a read or write ended with the peer's reset.
func WasReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// Pass passes the end of one direction on to the other side: a FIN as a FIN,
// anything else as a reset.
func Pass(to *net.TCPConn, err error) {
	if err == nil || err == io.EOF {
		// An error means that the other side has gone, too.
		_ = to.CloseWrite()
		return
	}
	Reset(to)
}

// Copy copies from one side to the other until from ends, and returns its end
// on. When to can take no more, from is reset.
func Copy(to, from *net.TCPConn) {
	if ok, end := CopyAll(to, from); ok {
		Pass(to, end)
	}
}

// CopyAll is Copy without passing on how from ended, which it returns; whole is false
// when from was reset instead.
func CopyAll(to, from *net.TCPConn) (whole bool, end error) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if _, werr := to.Write(buf[:n]); werr != nil {
				Reset(from)
				return false, nil
			}
		}
		if err != nil {
			return true, err
		}
	}
}
