package client

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"hookproof/internal/rtmp/chunk"
)

// Close ends the connection in an orderly way, without a goodbye in RTMP: it
// sends a FIN, takes what the server still sends until that ends its side, too,
// for at most Options.Linger, and returns when the connection is over. It must
// not be called from Observe; BeginClose may.
func (c *Client) Close() error {
	err := c.BeginClose()
	<-c.done
	return err
}

// BeginClose is Close without waiting: Done tells when the connection is over.
func (c *Client) BeginClose() error {
	if !c.because(Local) {
		return nil
	}
	var err error
	if c.o.Linger < 0 {
		err = c.conn.Close()
		c.in.end(past)
	} else {
		err = c.conn.CloseWrite()
		c.in.end(time.Now().Add(c.o.Linger))
	}
	if errors.Is(err, syscall.ENOTCONN) || errors.Is(err, net.ErrClosed) {
		return nil // the server was faster
	}
	return err
}

// Vanish ends the connection with a reset and no word, as a killed process
// with data in flight does (S-ORD-05). It does not wait.
func (c *Client) Vanish() {
	c.conn.SetLinger(0)
	c.abandon(Local)
}

// abandon closes the connection at once.
func (c *Client) abandon(how How) {
	c.because(how)
	c.conn.Close()
	c.in.end(past)
}

// because notes why the connection ends; the first one to say counts.
func (c *Client) because(how How) bool { return c.cause.CompareAndSwap(nil, &how) }

// HalfClose sends a FIN and goes on receiving.
func (c *Client) HalfClose() error {
	c.emit(&Event{Kind: Note, Name: "half-close"})
	c.halfClosed.Store(true)
	if err := c.conn.CloseWrite(); err != nil {
		return &StepError{Phase: "half-close", Err: err}
	}
	return nil
}

// finish ends the client once reading has ended with err.
func (c *Client) finish(err error) {
	c.because(HowOf(err)) // unless the end is our doing
	how := *c.cause.Load()
	c.conn.Close() // a blocked write returns
	c.out.mu.Lock()
	if how == FIN && c.out.reset {
		how = RST
	}
	c.out.corked = false
	c.out.release()
	c.out.mu.Unlock()
	ev := Event{Kind: Disconnected, Name: "disconnected", How: how}
	if how == Protocol || how == Timeout {
		ev.Err = err
	}
	c.emit(&ev)
	close(c.done)
}

// HowOf says from a read error how a connection ended.
func HowOf(err error) How {
	var limit *chunk.LimitError
	var protocol *chunk.ProtocolError
	switch {
	case errors.As(err, &limit), errors.As(err, &protocol):
		return Protocol
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return FIN
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNABORTED):
		return RST
	case errors.Is(err, net.ErrClosed):
		return Local
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT),
		errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return Timeout
	}
	return Protocol
}
