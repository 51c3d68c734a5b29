package hook

import (
	"crypto/tls"
	"net"
	"syscall"
	"time"
)

// wire is one connection to a hook server. At any time one call owns it, or
// the pool does.
type wire struct {
	net.Conn // what requests go over: socket itself, or TLS on it

	socket    *countedConn
	reused    bool      // it has carried a whole exchange before
	idleSince time.Time // when it went into the pool

	raw    syscall.RawConn // nil where the platform cannot look into the socket
	peek   func(fd uintptr) bool
	silent bool // peek's result: open, and nothing has come
}

// countedConn counts the bytes that the kernel took for sending.
type countedConn struct {
	net.Conn
	sent uint64
}

func (c *countedConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.sent += uint64(n)
	return n, err
}

// newWire wraps a connection. A nil config means plain HTTP.
func newWire(conn net.Conn, config *tls.Config) *wire {
	w := &wire{socket: &countedConn{Conn: conn}}
	w.Conn = w.socket
	if config != nil {
		w.Conn = tls.Client(w.socket, config)
	}
	if sc, ok := conn.(syscall.Conn); ok {
		if raw, err := sc.SyscallConn(); err == nil {
			w.raw = raw
		}
	}
	// Made once, since it is needed for every reuse.
	w.peek = func(fd uintptr) bool {
		w.silent = silent(fd)
		return true
	}
	return w
}

// greet agrees on TLS, where that is wanted.
func (w *wire) greet() error {
	if t, ok := w.Conn.(*tls.Conn); ok {
		return t.Handshake()
	}
	return nil
}

// idle reports whether the connection is still open and nothing has come on it
// since the last answer. A closed one must not be reused, and neither must one
// with unasked-for bytes: they would be taken for the next answer. The
// connection's deadline must lie ahead.
func (w *wire) idle() bool {
	if w.raw == nil {
		return false
	}
	w.silent = false
	return w.raw.Read(w.peek) == nil && w.silent
}

// neverArrived reports whether the peer is known to have closed the connection
// before any byte sent after the first sentBefore reached it. It may be asked
// once the peer's FIN has been read: the FIN acknowledges all that had arrived
// by then, and what arrives at a closed socket is not acknowledged.
func (w *wire) neverArrived(sentBefore uint64) bool {
	if w.raw == nil {
		return false
	}
	var acked uint64
	known := false
	if err := w.raw.Control(func(fd uintptr) { acked, known = bytesAcked(fd) }); err != nil || !known {
		return false
	}
	// The kernel's count begins with the SYN on some systems. A count below
	// what was answered long ago says that the kernel does not really count.
	return acked >= sentBefore && acked <= sentBefore+1
}
