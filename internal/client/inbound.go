package client

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// past is a deadline that makes a blocked read or write return at once.
var past = time.Unix(1, 0)

// inbound stalls the reading half of the connection: while it does, nothing is
// taken from the socket, so that the server meets a full window.
type inbound struct {
	conn *net.TCPConn

	mu     sync.Mutex
	resume chan struct{} // not nil while stalled; closed to go on
	ended  bool          // the end has begun: no more stalling
}

// again tells whether to go on reading after err, when that is a stall's doing;
// it returns when the stall is over.
func (in *inbound) again(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	in.mu.Lock()
	resume, ended := in.resume, in.ended
	in.mu.Unlock()
	if ended { // the deadline was end's
		return false
	}
	if resume != nil {
		<-resume
	}
	return true
}

// stall begins or ends a stall and tells whether that changed anything.
func (in *inbound) stall(on bool) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	switch {
	case in.ended || on == (in.resume != nil):
		return false
	case on:
		in.resume = make(chan struct{})
		in.conn.SetReadDeadline(past)
	default:
		in.conn.SetReadDeadline(time.Time{})
		close(in.resume)
		in.resume = nil
	}
	return true
}

// end ends any stall for good; reads fail from deadline on.
func (in *inbound) end(deadline time.Time) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.ended = true
	in.conn.SetReadDeadline(deadline)
	if in.resume != nil {
		close(in.resume)
		in.resume = nil
	}
}

// StallReading stops taking anything from the socket (on), or goes on. The
// server's data stays in the socket's buffers and then with the server. While
// stalled, a disconnect by the server is not noticed.
func (c *Client) StallReading(on bool) {
	if !c.in.stall(on) {
		return
	}
	name := "resume"
	if on {
		name = "stall"
	}
	c.emit(&Event{Kind: Note, Name: name})
}
