// Package handshake is the plain RTMP handshake (RTMP 1.0 section 5.2): go-rtmp's,
// made to cost two reads and one or two writes, and to end where it ends.
package handshake

import (
	"bufio"
	"fmt"
	"io"
	"sync"

	"github.com/yutopp/go-rtmp/handshake"
)

// Size is what each side of a handshake sends, in bytes: one for the version
// and two packets.
const Size = 1 + 2*packet

const packet = 1536

// Version is the version of the protocol both sides say they speak.
const Version = 3

// Options of a handshake. The zero value is right for all but tests.
type Options struct {
	// Verify makes a peer fail that does not echo what it was sent. Some real
	// publishers do not.
	Verify bool
}

// Stats say what a handshake moved, in bytes; they are right after an error too.
type Stats struct{ Read, Written uint64 }

// A VersionError says that the peer does not begin as RTMP does.
type VersionError struct{ Got byte }

func (e *VersionError) Error() string {
	return fmt.Sprintf("rtmp: handshake begins with byte %#02x: want version 3", e.Got)
}

// Server shakes hands with a client. It reads not a byte beyond the handshake.
// Deadlines are those of rw. The error is a *VersionError, io.EOF from a client
// that sent nothing, io.ErrUnexpectedEOF from one that left in between, or rw's.
func Server(rw io.ReadWriter, o Options) (Stats, error) {
	return shake(rw, o, handshake.HandshakeWithClient, clientVersion)
}

// Client shakes hands with a server. All that Server says holds here too.
func Client(rw io.ReadWriter, o Options) (Stats, error) {
	return shake(rw, o, handshake.HandshakeWithServer, serverVersion)
}

// clientVersion accepts what a server should: 3, and what is reserved for
// later versions, which is answered with 3. Encrypted RTMP (6, 8, 9) and text
// (32 and up) are none of ours.
func clientVersion(v byte) bool {
	return v >= Version && v < 32 && v != 6 && v != 8 && v != 9
}

func serverVersion(v byte) bool { return v == Version }

func shake(rw io.ReadWriter, o Options, run func(io.Reader, io.Writer, *handshake.Config) error,
	accept func(byte) bool) (Stats, error) {
	c := conns.Get().(*conn)
	defer c.recycle()
	c.open(rw)
	c.accept = accept
	err := run(c.in, c.out, &handshake.Config{SkipHandshakeVerification: !o.Verify})
	if err == nil {
		err = c.out.Flush()
	}
	if err != nil && c.err != nil {
		err = c.err // without what go-rtmp wraps round it
	}
	if err == io.EOF && c.stats.Read > 0 {
		err = io.ErrUnexpectedEOF
	}
	return c.stats, err
}

// A conn is the peer as go-rtmp's handshake sees it: reads take all there is,
// up to the end of the handshake, and writes wait until the peer is waited for.
type conn struct {
	rw     io.ReadWriter
	in     *bufio.Reader
	out    *bufio.Writer
	accept func(version byte) bool
	stats  Stats
	err    error // the first of the peer
}

var conns = sync.Pool{New: func() any {
	return &conn{in: bufio.NewReaderSize(nil, 2*packet), out: bufio.NewWriterSize(nil, Size)}
}}

func (c *conn) open(rw io.ReadWriter) {
	c.rw = rw
	c.in.Reset(reader{c})
	c.out.Reset(writer{c})
}

// recycle puts c back, holding on to nothing of the peer's.
func (c *conn) recycle() {
	c.in.Reset(nil)
	c.out.Reset(nil)
	*c = conn{in: c.in, out: c.out}
	conns.Put(c)
}

func (c *conn) fail(err error) error {
	if err != nil && c.err == nil {
		c.err = err
	}
	return err
}

type reader struct{ *conn }

// Read flushes what was written and reads what there is, not beyond the handshake.
func (c reader) Read(p []byte) (int, error) {
	if err := c.out.Flush(); err != nil {
		return 0, c.fail(err)
	}
	if left := Size - c.stats.Read; uint64(len(p)) > left {
		p = p[:left]
	}
	n, err := c.rw.Read(p)
	if n > 0 && c.stats.Read == 0 && !c.accept(p[0]) {
		err = &VersionError{Got: p[0]}
		c.stats.Read += uint64(n)
		return 0, c.fail(err)
	}
	c.stats.Read += uint64(n)
	return n, c.fail(err)
}

type writer struct{ *conn }

func (c writer) Write(p []byte) (int, error) {
	n, err := c.rw.Write(p)
	c.stats.Written += uint64(n)
	return n, c.fail(err)
}
