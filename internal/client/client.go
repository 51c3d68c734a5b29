package client

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/handshake"
)

// Client is one connection to a server. All methods may be called from several
// goroutines; what one goroutine sends keeps its order.
type Client struct {
	o      Options
	target target
	conn   *net.TCPConn

	in   inbound
	out  outbound
	log  timeline
	seen publishers
	n    counts
	ask  pending

	reader *chunk.Reader // of the read goroutine; nil after DialRaw
	frames frameClock    // of the read goroutine
	tx     atomic.Uint64 // the last transaction
	stream atomic.Uint32 // the message stream that steps are about
	done   chan struct{}

	cause      atomic.Pointer[How] // how the connection ends, from when that is known
	halfClosed atomic.Bool
}

// Dial connects to o.URL and shakes hands. The error is a *StepError of phase
// "dial" or "handshake".
func Dial(ctx context.Context, o Options) (*Client, error) {
	return dial(ctx, o, true)
}

// DialRaw connects to o.URL and does nothing more: for peers that never finish
// a handshake, or send something else (S-ORD-12). What the server sends is
// counted and thrown away; Raw sends, and the end is observed as usual.
func DialRaw(ctx context.Context, o Options) (*Client, error) {
	return dial(ctx, o, false)
}

func dial(ctx context.Context, o Options, shake bool) (*Client, error) {
	o = o.withDefaults()
	t, err := parseTarget(&o)
	if err != nil {
		return nil, &StepError{Phase: "dial", Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	conn, err := t.dial(ctx, o.LocalAddr, o.ReceiveBuffer)
	if err != nil {
		return nil, &StepError{Phase: "dial", Err: contextCause(ctx, err)}
	}
	c := &Client{o: o, target: t, conn: conn, done: make(chan struct{})}
	c.in.conn, c.out.conn = conn, conn
	c.out.chunkSize = chunk.DefaultSize
	c.tx.Store(1) // connect's
	c.emit(&Event{Kind: Dialed, Name: conn.RemoteAddr().String()})
	if shake {
		if err := c.handshake(ctx); err != nil {
			conn.Close()
			return nil, err
		}
	}
	go c.read()
	return c, nil
}

// handshake runs under the deadline of ctx and ends early when ctx is cancelled.
func (c *Client) handshake(ctx context.Context) error {
	deadline, _ := ctx.Deadline() // dial made one
	c.conn.SetDeadline(deadline)
	stop := context.AfterFunc(ctx, func() { c.conn.SetDeadline(past) })
	stats, err := handshake.Client(c.conn, handshake.Options{})
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return &StepError{Phase: "handshake", Awaited: "S0, S1 and S2", Err: c.handshakeError(ctx, err)}
	}
	c.conn.SetDeadline(time.Time{})
	c.reader = chunk.NewReader(c.conn, chunk.DefaultLimits())
	if c.o.OnFrame != nil {
		c.reader.KeepMedia(markerReach)
	}
	c.reader.AddBytes(stats.Read)
	c.n.bytesOut.Add(stats.Written)
	c.emit(&Event{Kind: HandshakeDone, Size: int(stats.Read)})
	return nil
}

// handshakeError tells a server that ended the connection from one that was slow.
func (c *Client) handshakeError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return contextCause(ctx, err)
	}
	how := HowOf(err)
	if how == Timeout {
		return ErrTimeout
	}
	d := &DisconnectError{How: how}
	if how == Protocol {
		d.Err = err
	}
	return d
}

// HandshakeBytes returns C0 and C1 (1,537 bytes, RTMP 1.0 section 5.2), to be
// sent through Raw in part or whole.
func HandshakeBytes() []byte {
	b := make([]byte, 1+1536)
	b[0] = 3
	for i := range b[9:] {
		b[9+i] = byte(i)
	}
	return b
}

// LocalAddr returns the client's own address, ip:port.
func (c *Client) LocalAddr() string { return c.conn.LocalAddr().String() }

// Stream returns the message stream that steps are about, 0 for none.
func (c *Client) Stream() uint32 { return c.stream.Load() }

// UseStream makes further steps be about another message stream of this
// connection, one that CreateStream returned, or one that does not exist.
func (c *Client) UseStream(id uint32) { c.stream.Store(id) }
