package endpoint

import (
	"bytes"
	"container/list"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"hookproof/hook"
	"hookproof/internal/redact"
	"hookproof/internal/tcpproxy"
)

// conn is one connection, served by one goroutine.
type conn struct {
	e        *Endpoint
	raw      net.Conn // the TCP connection
	nc       net.Conn // raw, or TLS over it
	tls      bool
	id       int64
	remote   string
	accepted time.Time
	cut      <-chan struct{} // closed when the endpoint ends its connections

	buf      []byte // buf[r:w] is read and not used yet
	r, w     int
	out      []byte // the answer being written
	requests int
	left     bool          // the caller closed between requests
	waiting  *list.Element // in Endpoint.waiting, whose lock it has; nil: a request is under way

	readBy, writeBy time.Time // deadlines that are set
}

const (
	firstBuf = 2 << 10  // a hook request of SRS has some 600 bytes
	keptBuf  = 64 << 10 // larger buffers are let go between requests
)

var bufs = sync.Pool{New: func() any { b := make([]byte, firstBuf); return &b }}

func (c *conn) serve() {
	first := bufs.Get().(*[]byte)
	c.buf = *first
	for c.serveOne() {
		if len(c.buf) > keptBuf && c.r == c.w {
			c.buf, c.r, c.w = *first, 0, 0
		}
	}
	c.close()
	bufs.Put(first)
	c.buf, c.out = nil, nil
	c.e.leave(c)
}

// close ends the connection when it has been served.
func (c *conn) close() {
	if tcp, ok := c.raw.(*net.TCPConn); ok && c.left && c.e.opts.Forget {
		tcpproxy.Forget(tcp)
		return
	}
	c.nc.Close()
}

// reset makes the connection end with a TCP reset.
func (c *conn) reset() {
	if tcp, ok := c.raw.(*net.TCPConn); ok {
		// An error means that it is closed already.
		_ = tcp.SetLinger(0)
	}
	c.raw.Close()
}

// serveOne reads and answers one request, and reports whether another may
// follow.
func (c *conn) serveOne() bool {
	if err := c.awaitByte(); err != nil {
		c.left = errors.Is(err, io.EOF)
		return false
	}
	r := &Request{
		Conn: c.id, Remote: c.remote, TLS: c.tls,
		Accepted: c.accepted, Arrived: time.Now(),
	}
	c.e.speaks(c)
	c.requests++
	r.ConnRequest = c.requests
	keep := c.readRequest(r)
	r.Seq = c.e.requestSeq.Add(1)
	c.e.observe(r, PhaseArrived)
	if !c.answer(r, keep) || !keep {
		return false
	}
	c.e.waits(c)
	return true
}

// awaitByte waits for the first byte of a request. Empty lines before it are
// skipped (RFC 9112 section 2.2).
func (c *conn) awaitByte() error {
	for {
		for c.r < c.w && (c.buf[c.r] == '\r' || c.buf[c.r] == '\n') {
			c.r++
		}
		if c.r < c.w {
			return nil
		}
		if err := c.armRead(); err != nil {
			return err
		}
		if err := c.read(); err != nil {
			return err
		}
	}
}

// armRead sets the deadline for the beginning of a request.
func (c *conn) armRead() error {
	by := c.accepted.Add(c.e.opts.FirstTimeout)
	if c.requests > 0 {
		// A deadline costs a timer's change, so one that is near enough stays.
		now, idle := time.Now(), c.e.opts.IdleTimeout
		if left := c.readBy.Sub(now); left >= idle*3/4 && left <= idle {
			return nil
		}
		by = now.Add(idle)
	}
	if by.Equal(c.readBy) {
		return nil
	}
	c.readBy = by
	return c.nc.SetReadDeadline(by)
}

// more reads on within a request, by the deadline.
func (c *conn) more(deadline time.Time) error {
	if !c.readBy.Equal(deadline) {
		c.readBy = deadline
		if err := c.nc.SetReadDeadline(deadline); err != nil {
			return err
		}
	}
	return c.read()
}

// read reads once, and makes room first.
func (c *conn) read() error {
	switch {
	case c.r == c.w:
		c.r, c.w = 0, 0
	case c.w == len(c.buf) && c.r > 0:
		c.w = copy(c.buf, c.buf[c.r:c.w])
		c.r = 0
	case c.w == len(c.buf):
		grown := make([]byte, 2*len(c.buf))
		c.w = copy(grown, c.buf)
		c.buf = grown
	}
	n, err := c.nc.Read(c.buf[c.w:])
	c.w += n
	if n > 0 {
		return nil
	}
	return err
}

// readRequest fills in what was sent and reports whether the connection can
// go on after the answer.
func (c *conn) readRequest(r *Request) (keep bool) {
	deadline := r.Arrived.Add(c.e.opts.ReadTimeout)
	h, err := c.readHead(r, deadline)
	if err != nil {
		r.HeadErr, r.Read = err, time.Now()
		return false
	}
	r.Method, r.Target, r.Proto, r.Header = h.method, h.target, h.proto, h.header
	r.Chunked, r.Expect = h.chunked, h.expect
	body, err := c.readBody(&h, deadline)
	r.BodyErr, r.BodySize, r.Read = err, int64(len(body)), time.Now()
	if c.w > c.r && !startsRequest(c.buf[c.r:c.w]) {
		r.Trailing = c.w - c.r
		c.r = c.w
	}
	c.decode(r, body)
	if c.e.opts.DropBodies {
		r.Head = ""
	} else {
		r.Body = bytes.Clone(body)
	}
	return h.keep && r.BodyErr == nil && r.Trailing == 0
}

// readHead reads up to the empty line after the header.
func (c *conn) readHead(r *Request, deadline time.Time) (head, error) {
	if !isTokenByte(c.buf[c.r]) {
		return head{}, c.badStart(r)
	}
	from := 0
	for {
		end, again := headEnd(c.buf[c.r:c.w], from)
		if end > 0 && end <= c.e.opts.MaxHead {
			r.Head = string(c.buf[c.r : c.r+end])
			c.r += end
			return parseHead(r.Head)
		}
		if end > 0 || c.w-c.r > c.e.opts.MaxHead {
			r.Head = string(c.buf[c.r : c.r+c.e.opts.MaxHead])
			c.r = c.w
			return head{}, &headError{431, "head: longer than " + itoa(c.e.opts.MaxHead) + " bytes"}
		}
		from = again
		if err := c.more(deadline); err != nil {
			r.Head = string(c.buf[c.r:c.w])
			c.r = c.w
			return head{}, badHead("head: not whole after %d bytes: %v", len(r.Head), noEOF(err))
		}
	}
}

// badStart is for bytes that cannot begin a request: it takes what is there.
func (c *conn) badStart(r *Request) error {
	r.Head = string(c.buf[c.r:min(c.w, c.r+c.e.opts.MaxHead)])
	c.r = c.w
	return badHead("no HTTP request: begins with %q", redact.Clip(r.Head, mostQuoted))
}

// startsRequest reports whether b can be the beginning of a pipelined request.
func startsRequest(b []byte) bool {
	return 'A' <= b[0] && b[0] <= 'Z' || b[0] == '\r' || b[0] == '\n'
}

// decode reads the event out of the body. What is no payload of the profile
// is read leniently as well: whose event it is matters all the more then.
func (c *conn) decode(r *Request, body []byte) {
	strict := c.e.opts.Profile
	if strict != nil {
		r.Payload, r.DecodeErr = strict.Decode(body)
	}
	if r.Payload == nil || r.DecodeErr != nil {
		var err error
		if r.Payload, err = hook.DecodeAny(body); r.DecodeErr == nil {
			r.DecodeErr = err
		}
	}
	if r.Payload != nil {
		r.Event, r.HasEvent = r.Payload.Event()
	}
}
