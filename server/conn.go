package server

import (
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"hookproof/internal/rtmp/chunk"
)

// conn is a client's TCP connection as RTMP uses it, with its time-outs. Reading is the session's; writing is for the
// session and for the goroutines of its plays.
type conn struct {
	link
	reader *chunk.Reader

	// Of the session's goroutine.
	patience  patience
	heard     time.Time // when something came last
	heardSize uint64    // the reader's BytesRead then
	pinged    time.Time

	chunkSize int // of what is written; under wmu
}

// patience says how long to wait for a client; zero values are for ever.
type patience struct {
	what    string        // it is to do, for the error
	until   time.Time     // it must be over
	silence time.Duration // is the longest
	ping    time.Duration // after so much silence a sign of life is asked for
}

// A timeoutError says what a client failed to do in time.
type timeoutError struct{ what string }

func (e *timeoutError) Error() string { return "time-out: " + e.what }

// newConn serves nc, which it closes in the end.
func newConn(nc *net.TCPConn, cfg *Config) conn {
	return conn{
		link:   link{nc: nc, writeTimeout: cfg.Timeouts.Write},
		reader: chunk.NewReader(nc, cfg.Limits.Unconnected), chunkSize: chunk.DefaultSize,
	}
}

// recv counts the bytes received, handshake included.
func (c *conn) recv() uint64 { return c.reader.BytesRead() }

// expect sets how long the session waits from now on.
func (c *conn) expect(p patience) {
	c.patience = p
	c.note()
	c.arm()
}

// note keeps in mind that something came.
func (c *conn) note() { c.heard, c.heardSize = time.Now(), c.reader.BytesRead() }

// arm sets the read deadline to when patience has to be looked at again. An abort meanwhile stays in force.
func (c *conn) arm() {
	p, next := &c.patience, c.patience.until
	sooner := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	if p.silence > 0 {
		sooner(c.heard.Add(p.silence))
	}
	if p.ping > 0 {
		last := c.heard
		if c.pinged.After(last) {
			last = c.pinged
		}
		sooner(atTick(last.Add(p.ping), p.tick()))
	}
	c.nc.SetReadDeadline(next)
	if c.aborted() != nil {
		c.nc.SetDeadline(time.Unix(1, 0))
	}
}

// tick is what times of pings are rounded up to: a tenth of the time that there is. The clients that fall silent within
// it are asked together; for each of thousands by itself a thread would have to be woken, here and there, which is most
// of what a ping costs.
func (p *patience) tick() time.Duration {
	spare := p.ping
	if p.silence > p.ping {
		spare = min(spare, p.silence-p.ping)
	}
	return max(spare/10, 1)
}

var began = time.Now()

func atTick(t time.Time, tick time.Duration) time.Time {
	return began.Add((t.Sub(began) + tick - 1).Truncate(tick))
}

// pinger asks a client for a sign of life.
type pinger interface{ ping() error }

// next reads a message. The deadline that wakes it is a time to look, not the end: so a busy client costs
// no timer for each read.
func (c *conn) next(m *chunk.Message, p pinger) error {
	for {
		err := c.reader.Next(m)
		if err == nil {
			c.note()
			return nil
		}
		if err = c.failed(err, p); err != nil {
			return err
		}
	}
}

// failed tells whether a failed read is the end; nil: read on.
func (c *conn) failed(err error, p pinger) error {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	if err := c.quiet(time.Now(), p); err != nil {
		return err
	}
	c.arm()
	return nil
}

// quiet decides what a passed deadline means.
func (c *conn) quiet(now time.Time, who pinger) error {
	if err := c.aborted(); err != nil {
		return err
	}
	p := &c.patience
	if !p.until.IsZero() && !now.Before(p.until) {
		return &timeoutError{p.what}
	}
	if c.reader.BytesRead() > c.heardSize {
		c.note() // a message is on its way
	}
	silent := now.Sub(c.heard)
	if p.silence > 0 && silent >= p.silence {
		return &timeoutError{fmt.Sprintf("%s: nothing came for %v", p.what, p.silence)}
	}
	if p.ping > 0 && silent >= p.ping && now.Sub(c.pinged) >= p.ping {
		c.pinged = now
		return who.ping()
	}
	return nil
}

// send adds messages to what is written next. They go out before the session waits for anything: the
// client's next message, a hook's answer, the end. So the answers to commands that came together, or to one
// command, are one write.
func (c *conn) send(messages ...chunk.Message) error {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	if c.pending == nil {
		c.pending = buffers.Get().(*[]byte)
		c.owes.Store(true)
	}
	for i := range messages {
		*c.pending = chunk.AppendMessage(*c.pending, &messages[i], c.chunkSize)
	}
	if len(*c.pending) < mostPending {
		return c.aborted()
	}
	return c.writePending()
}

// mostPending is when a client that asks for a lot in one go is answered in between, in bytes.
const mostPending = 16 << 10

// setChunkSize holds from the next message on; the one before has to tell the client.
func (c *conn) setChunkSize(n int) {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	c.chunkSize = n
}
