package client

import (
	"encoding/binary"
	"errors"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

const (
	batchSize   = 64 << 10 // bytes written at once, at most, give or take a message
	maxReplies  = 64       // answers to the server that wait for a blocked write
	keptBuffers = 256 << 10
)

// outbound is the writing half. Messages are put into a buffer which exists
// only while something is being sent, and written at once: an idle client has
// none.
type outbound struct {
	conn *net.TCPConn

	mu        sync.Mutex // held while writing
	buf       *[]byte    // what is not written yet; nil when nothing is
	chunkSize int        // ours
	announce  int        // chunk size to announce before the next message; 0: none
	corked    bool
	stamp     stamper
	reset     bool // a write met a reset: the reader may then see a plain end

	repliesMu sync.Mutex
	replies   []chunk.Message // acknowledgements and pongs to be sent
}

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// put appends a message to what is written next.
func (o *outbound) put(m *chunk.Message) {
	if o.announce > 0 {
		set := command.SetChunkSize(uint32(o.announce))
		o.announce = 0
		o.put(&set)
	}
	b := o.buffer()
	*b = chunk.AppendMessage(*b, m, o.chunkSize)
	if m.Type == message.TypeIDSetChunkSize && len(m.Payload) == 4 {
		o.chunkSize = int(binary.BigEndian.Uint32(m.Payload) & 0x7fffffff)
	}
}

func (o *outbound) buffer() *[]byte {
	if o.buf == nil {
		o.buf = buffers.Get().(*[]byte)
	}
	return o.buf
}

// release puts the buffer back.
func (o *outbound) release() {
	if o.buf != nil && cap(*o.buf) <= keptBuffers {
		*o.buf = (*o.buf)[:0]
		buffers.Put(o.buf)
	}
	o.buf = nil
}

// takeReplies puts waiting replies into front of what is in the buffer: they
// may overtake, and must not wait for a cork.
func (o *outbound) takeReplies() []byte {
	o.repliesMu.Lock()
	defer o.repliesMu.Unlock()
	var b []byte
	for i := range o.replies {
		b = chunk.AppendMessage(b, &o.replies[i], o.chunkSize)
	}
	o.replies = nil
	return b
}

// send puts messages into the buffer and writes it, unless corked.
func (c *Client) send(phase string, put func(*outbound)) error {
	c.out.mu.Lock()
	put(&c.out)
	err := c.flush()
	c.out.mu.Unlock()
	c.sendReplies()
	if err != nil {
		return &StepError{Phase: phase, Err: err}
	}
	return nil
}

// flush writes what is due. c.out.mu is held.
func (c *Client) flush() error {
	o := &c.out
	if b := o.takeReplies(); b != nil {
		if err := c.write(b); err != nil {
			return err
		}
	}
	if o.buf == nil || o.corked && len(*o.buf) < batchSize {
		return nil
	}
	defer o.release()
	return c.write(*o.buf)
}

// write writes b within the time-out. A write that is cut short leaves the
// server with half a message: the connection is of no more use then.
func (c *Client) write(b []byte) error {
	c.conn.SetWriteDeadline(time.Now().Add(c.o.Timeout))
	n, err := c.conn.Write(b)
	c.n.bytesOut.Add(uint64(n))
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.abandon(Timeout)
		return &DisconnectError{How: Timeout, Err: errors.New("the server does not read")}
	case errors.Is(err, syscall.ECONNRESET):
		c.out.reset = true
		return &DisconnectError{How: RST}
	}
	if cause := c.cause.Load(); cause != nil {
		return &DisconnectError{How: *cause}
	}
	if errors.Is(err, syscall.EPIPE) && !c.halfClosed.Load() { // the reader is about to learn of the reset
		return &DisconnectError{How: RST}
	}
	return err
}

// reply sends an answer that protocols owe, from the read goroutine. When a
// write is blocked the reply is left to whoever holds it up.
func (c *Client) reply(m chunk.Message) {
	o := &c.out
	o.repliesMu.Lock()
	if len(o.replies) < maxReplies {
		o.replies = append(o.replies, m)
	}
	o.repliesMu.Unlock()
	c.sendReplies()
}

// sendReplies writes waiting replies unless someone else is writing, who will
// do so. Everyone who unlocks c.out.mu calls it afterwards. A failed write
// shows as the end of the connection.
func (c *Client) sendReplies() {
	o := &c.out
	for o.waiting() && o.mu.TryLock() {
		if b := o.takeReplies(); b != nil {
			_ = c.write(b)
		}
		o.mu.Unlock()
	}
}

func (o *outbound) waiting() bool {
	o.repliesMu.Lock()
	defer o.repliesMu.Unlock()
	return len(o.replies) > 0
}

// Cork holds back what is sent until Uncork, so that several messages travel
// in one segment. More than 64 KB are written nevertheless.
func (c *Client) Cork() {
	c.out.mu.Lock()
	c.out.corked = true
	c.out.mu.Unlock()
	c.sendReplies()
}

// Uncork writes what Cork held back.
func (c *Client) Uncork() error {
	return c.send("send", func(o *outbound) { o.corked = false })
}

// Raw sends bytes as they are, for what no well-behaved client sends.
func (c *Client) Raw(b []byte) error {
	c.emit(&Event{Kind: Sent, Name: "bytes", Size: len(b)})
	return c.send("send bytes", func(o *outbound) {
		buf := o.buffer()
		*buf = append(*buf, b...)
	})
}

// SendMessage sends one message as it is. A Set Chunk Size applies to what
// follows.
func (c *Client) SendMessage(m *chunk.Message) error {
	c.emit(&Event{Kind: Sent, Name: messageName(m.Type), Type: m.Type, Stream: m.Stream, Timestamp: m.Timestamp,
		Size: len(m.Payload)})
	return c.send("send message", func(o *outbound) { o.put(m) })
}
