package server

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// link is a client's TCP connection as far as it is written to and ended.
type link struct {
	nc   *net.TCPConn
	sent atomic.Uint64

	cause atomic.Pointer[error] // why the server ends the client

	wmu          sync.Mutex
	pending      *[]byte     // what was put aside and is not written yet, nil when nothing; under wmu
	owes         atomic.Bool // pending is not nil
	media        mediaWriter // under wmu
	writeTimeout time.Duration
	writeUntil   time.Time // under wmu
}

// abort makes reads and writes fail from now on, also those under way. The first cause stays.
func (c *link) abort(cause error) {
	if c.cause.CompareAndSwap(nil, &cause) {
		c.nc.SetDeadline(time.Unix(1, 0))
	}
}

// aborted is the cause given to abort, nil before.
func (c *link) aborted() error {
	if p := c.cause.Load(); p != nil {
		return *p
	}
	return nil
}

// flush writes what send has put aside. Where that is nothing it does not wait for a play's write, so that a
// player that does not read is still heard.
func (c *link) flush() error {
	if !c.owes.Load() {
		return nil
	}
	c.wmu.Lock()
	defer c.wmu.Unlock()
	return c.writePending()
}

// writePending is flush for who holds wmu.
func (c *link) writePending() error {
	if c.pending == nil {
		return nil
	}
	if err := c.media.writeLeft(c); err != nil {
		return err
	}
	b := c.pending
	c.pending = nil
	c.owes.Store(false)
	defer func() { *b = (*b)[:0]; buffers.Put(b) }()
	if err := c.armWrite(); err != nil {
		return err
	}
	n, err := c.nc.Write(*b)
	c.sent.Add(uint64(n))
	return c.because(err)
}

// armWrite sees to it that a write has at least half the time-out; moving the deadline for every write
// would cost more than a small write. The caller holds wmu.
func (c *link) armWrite() error {
	if now := time.Now(); c.writeUntil.Sub(now) < c.writeTimeout/2 {
		c.writeUntil = now.Add(c.writeTimeout)
		c.nc.SetWriteDeadline(c.writeUntil)
	}
	if err := c.aborted(); err != nil {
		c.nc.SetDeadline(time.Unix(1, 0))
		return err
	}
	return nil
}

// because replaces the error of a write that an abort made fail.
func (c *link) because(err error) error {
	switch cause := c.aborted(); {
	case err == nil:
		return nil
	case cause != nil:
		return cause
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &timeoutError{fmt.Sprintf("reading: a write waited for %v", c.writeTimeout)}
	}
	return err
}

// buffers are for building what is written, given back when it is.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }}

// hangUp ends the connection so that the client reads what was sent before the end: the end of our side
// first, then what the client still sends is read and dropped, for a while; closing at once would make the
// kernel throw away what the client has not read.
func (c *link) hangUp(linger time.Duration) {
	defer c.nc.Close()
	if linger <= 0 || c.nc.CloseWrite() != nil {
		return
	}
	const most = 16 << 20
	c.nc.SetReadDeadline(time.Now().Add(linger))
	b := make([]byte, 4<<10)
	for left := most; left > 0; {
		n, err := c.nc.Read(b)
		if err != nil {
			return
		}
		left -= n
	}
}
