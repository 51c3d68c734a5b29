package server

import (
	"net"
	"slices"
	"syscall"

	"hookproof/server/internal/stream"
)

// mediaWriter is what a connection needs for writing the media of its plays without waiting.
type mediaWriter struct {
	raw  syscall.RawConn       // nil before the first write, and where this is not possible
	try  func(fd uintptr) bool // tries to write bufs
	bufs [][]byte              // of the try under way
	n    int                   // what it has written
	err  error                 // why no more
	left net.Buffers           // of earlier ones, to be written before anything else
}

// offer is stream.Sink's Offer.
func (c *link) offer(bufs [][]byte) (rest [][]byte, err error) {
	if !c.wmu.TryLock() {
		return bufs, stream.ErrWait
	}
	defer c.wmu.Unlock()
	m := &c.media
	if m.raw == nil && !m.begin(c.nc) || c.pending != nil || len(m.left) > 0 {
		return bufs, stream.ErrWait
	}
	if err := c.armWrite(); err != nil {
		return nil, err
	}
	m.bufs, m.n, m.err = bufs, 0, nil
	err = m.raw.Write(m.try)
	m.bufs = nil
	c.sent.Add(uint64(m.n))
	if err == nil {
		err = m.err
	}
	if err == errWouldBlock {
		m.left = consume(slices.Clone(bufs), m.n)
		return nil, stream.ErrWait
	}
	return nil, c.because(err)
}

// consume takes the first n bytes off.
func consume(bufs net.Buffers, n int) net.Buffers {
	for len(bufs) > 0 && n >= len(bufs[0]) {
		n -= len(bufs[0])
		bufs = bufs[1:]
	}
	if n > 0 {
		bufs[0] = bufs[0][n:]
	}
	return bufs
}

// writeLeft waits until what is left is written. The caller holds wmu.
func (m *mediaWriter) writeLeft(c *link) error {
	if len(m.left) == 0 {
		return nil
	}
	left := m.left
	m.left = nil
	return c.writeBuffers(left)
}

// writeAll waits until shared bytes are written, in one go.
func (c *link) writeAll(bufs net.Buffers) error {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	if err := c.media.writeLeft(c); err != nil {
		return err
	}
	if err := c.writePending(); err != nil || len(bufs) == 0 {
		return err
	}
	return c.writeBuffers(bufs)
}

// writeBuffers is for who holds wmu.
func (c *link) writeBuffers(bufs net.Buffers) error {
	if err := c.armWrite(); err != nil {
		return err
	}
	n, err := bufs.WriteTo(c.nc)
	c.sent.Add(uint64(n))
	return c.because(err)
}
