package endpoint

import (
	"errors"
	"io"
	"net"
	"os"
	"time"
)

// hold waits until the answer of r is due, and watches the caller meanwhile.
// A caller that closes is noted in GaveUp; its answer is still tried, because
// closing one direction only looks the same. The error says that the answer
// cannot be given: the caller reset the connection, or the endpoint ended it,
// or, at a hang, anything ended it.
func (c *conn) hold(r *Request) error {
	w := c.watch()
	err := c.holdWatched(r, w)
	c.unwatch(w, r)
	return err
}

func (c *conn) holdWatched(r *Request, w *watch) error {
	a := &r.Answer
	var due <-chan time.Time
	if a.Delay > 0 {
		timer := time.NewTimer(time.Until(r.Arrived.Add(a.Delay)))
		defer timer.Stop()
		due = timer.C
	}
	gate, left := a.Gate, w.done
	hang := a.Fault == Hang
	for due != nil || gate != nil || hang {
		select {
		case <-due:
			due = nil
		case <-gate:
			gate = nil
		case <-c.cut:
			return ErrClosed
		case <-left:
			left = nil
			if w.err == nil {
				break // it sent more; whether it leaves is not seen any longer
			}
			if errors.Is(w.err, net.ErrClosed) { // it was us, not the caller
				return ErrClosed
			}
			r.GaveUp = w.at
			if hang || !errors.Is(w.err, io.EOF) {
				return w.err
			}
		}
	}
	return nil
}

// watch is a read in the background that notices the caller's leaving.
type watch struct {
	done  chan struct{}
	n     int
	err   error
	at    time.Time
	spare [512]byte
}

func (c *conn) watch() *watch {
	w := &watch{done: make(chan struct{})}
	c.readBy = time.Time{}
	// If it fails, so does the read.
	_ = c.nc.SetReadDeadline(time.Time{})
	go func() {
		defer close(w.done)
		w.n, w.err = c.nc.Read(w.spare[:])
		if w.n > 0 {
			w.err = nil
		}
		w.at = time.Now()
	}()
	return w
}

// unwatch ends the read and keeps what it got for the next request.
func (c *conn) unwatch(w *watch, r *Request) {
	select {
	case <-w.done:
	default:
		c.readBy = time.Unix(1, 0)
		_ = c.nc.SetReadDeadline(c.readBy)
		<-w.done
	}
	if w.n > 0 {
		if c.r == c.w {
			c.r, c.w = 0, 0
		}
		for len(c.buf)-c.w < w.n {
			c.buf = append(c.buf[:c.w], make([]byte, len(c.buf))...)
		}
		c.w += copy(c.buf[c.w:], w.spare[:w.n])
		return
	}
	if w.err != nil && !errors.Is(w.err, os.ErrDeadlineExceeded) && !errors.Is(w.err, net.ErrClosed) &&
		r.GaveUp.IsZero() {
		r.GaveUp = w.at
	}
}

// awaitPeer waits until the caller closes; false if the endpoint did first.
// What the caller still sends is thrown away.
func (c *conn) awaitPeer() bool {
	c.readBy = time.Time{}
	_ = c.nc.SetReadDeadline(time.Time{})
	for {
		if _, err := c.nc.Read(c.buf); err != nil {
			return !errors.Is(err, net.ErrClosed)
		}
	}
}
