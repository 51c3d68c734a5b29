package faultlink

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"hookproof/internal/tcpproxy"
)

// errCut says that a fault has ended the connection.
var errCut = errors.New("cut off by a fault")

// direction carries the bytes of one direction of a connection, through a fault.
type direction struct {
	ctx      context.Context // ended when the connection is, by the other direction or by Stop
	abort    func()          // ends it
	from, to *net.TCPConn
	fault    Fault // nil: none

	given  int64       // bytes given on
	hit    atomic.Bool // the fault did something
	closed atomic.Bool // to was told that nothing more comes: the rest is dropped
	timer  *time.Timer // of a half-close that is to come; nil: none
}

var pieces = sync.Pool{New: func() any { b := make([]byte, 16<<10); return &b }}

// run carries until from ends or the connection does.
func (d *direction) run() {
	buf := pieces.Get().(*[]byte)
	defer pieces.Put(buf)
	defer func() {
		if d.timer != nil {
			d.timer.Stop()
		}
	}()
	for {
		n, err := d.from.Read(*buf)
		if n > 0 {
			if cerr := d.carry((*buf)[:n]); cerr != nil {
				d.cut()
				return
			}
		}
		if err != nil {
			d.pass(err)
			return
		}
	}
}

// carry forwards a piece, or does with it what the fault does.
func (d *direction) carry(piece []byte) error {
	switch {
	case d.closed.Load():
		return nil
	case d.fault == nil:
		return d.give(piece)
	}
	return d.fault.carry(d, piece)
}

// give writes bytes.
func (d *direction) give(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	n, err := d.to.Write(b)
	d.given += int64(n)
	if err != nil && d.closed.Load() {
		return nil // it was told that nothing more comes
	}
	return err
}

// upTo returns the part of a piece before the limit, and the rest; with
// over, the limit was reached.
func (d *direction) upTo(limit int64, piece []byte) (rest []byte, over bool, err error) {
	n := min(max(limit-d.given, 0), int64(len(piece)))
	err = d.give(piece[:n])
	return piece[n:], d.given >= limit, err
}

// strike notes that the fault does something.
func (d *direction) strike() { d.hit.Store(true) }

// wait lets time pass. The error says that the connection ended meanwhile.
func (d *direction) wait(t time.Duration) error {
	timer := time.NewTimer(t)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-d.ctx.Done():
		return errCut
	}
}

// cut ends the connection with resets.
func (d *direction) cut() {
	tcpproxy.Reset(d.from)
	tcpproxy.Reset(d.to)
	d.abort()
}

// pass passes the end of from on.
func (d *direction) pass(err error) {
	tcpproxy.Pass(d.to, err)
	if err != io.EOF {
		d.abort()
	}
}

// closeWrite tells to that nothing more comes.
func (d *direction) closeWrite() {
	d.strike()
	d.closed.Store(true)
	// An error means that it has gone already.
	_ = d.to.CloseWrite()
}
