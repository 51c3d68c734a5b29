package chunk

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
)

// Sizes of read buffers, in bytes. A small one serves a connection that says
// little; one that filled its buffer gets a large one for the next read.
const (
	smallBuffer = 4 << 10
	largeBuffer = 64 << 10
)

var (
	smallBuffers = sync.Pool{New: func() any { return new([smallBuffer]byte) }}
	largeBuffers = sync.Pool{New: func() any { return new([largeBuffer]byte) }}
)

// A source reads ahead. It holds a pooled buffer only while there is something
// in it; on a TCP connection it does not hold one while it waits either, so
// that an idle connection costs no buffer at all.
type source struct {
	r     io.Reader
	buf   []byte // nil, or a pooled buffer with unread bytes
	pos   int    // of the first unread byte in buf
	end   int    // after the last one
	large bool   // take a large buffer next time
	allow bool   // large buffers are allowed

	carry   [maxHeader]byte // the start of a header, while buf is nil
	carried int

	total atomic.Uint64 // bytes read

	before func() error // called before every read, or nil

	conn syscall.RawConn // set where waiting without a buffer is possible
	try  func(fd uintptr) bool
	n    int // what try read
	err  error
}

func (s *source) init(r io.Reader) {
	s.r = r
	// Only the very type will do: what embeds one may have a Read of its own.
	if tcp, ok := r.(*net.TCPConn); ok && canWait {
		if conn, err := tcp.SyscallConn(); err == nil {
			s.conn, s.try = conn, s.tryRead
		}
	}
}

// peek returns the next n bytes, at most maxHeader, without consuming them.
// io.EOF means that there is not one; a failed peek may be repeated.
func (s *source) peek(n int) ([]byte, error) {
	for s.end-s.pos < n {
		if err := s.fill(); err != nil {
			if err == io.EOF && s.carried > 0 {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	return s.buf[s.pos : s.pos+n], nil
}

// some returns what is buffered, after a read if that is nothing.
func (s *source) some() ([]byte, error) {
	if s.pos == s.end {
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
	return s.buf[s.pos:s.end], nil
}

// advance consumes n bytes that peek or some returned.
func (s *source) advance(n int) {
	if s.pos += n; s.pos == s.end {
		s.release()
	}
}

// offset returns how many bytes have been consumed.
func (s *source) offset() uint64 {
	return s.total.Load() - uint64(s.end-s.pos+s.carried)
}

// fill reads once, behind what is unread. That is less than a header: it
// moves to carry, so that the buffer is free while the read waits.
func (s *source) fill() error {
	if s.buf != nil {
		s.carried = copy(s.carry[:], s.buf[s.pos:s.end])
		s.release()
	}
	if s.before != nil {
		if err := s.before(); err != nil {
			return err
		}
	}
	const patience = 100 // reads without a byte or an error, as bufio has it
	for range patience {
		n, err := s.read()
		if n > 0 {
			s.total.Add(uint64(n))
			s.large = s.allow && (s.end == len(s.buf) || n >= smallBuffer)
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// read makes one read into a buffer, which is s.buf afterwards if bytes came.
func (s *source) read() (int, error) {
	if s.conn == nil {
		s.acquire()
		n, err := s.r.Read(s.buf[s.end:])
		s.settle(n)
		return n, err
	}
	s.n, s.err = 0, nil
	if err := s.conn.Read(s.try); err != nil {
		return 0, err
	}
	return s.n, s.err
}

// acquire takes a buffer and puts into it what was carried.
func (s *source) acquire() {
	if s.large {
		s.buf = largeBuffers.Get().(*[largeBuffer]byte)[:]
	} else {
		s.buf = smallBuffers.Get().(*[smallBuffer]byte)[:]
	}
	s.pos, s.end = 0, copy(s.buf, s.carry[:s.carried])
}

// settle ends what acquire began: n bytes came.
func (s *source) settle(n int) {
	if n <= 0 {
		s.release()
		return
	}
	s.end += n
	s.carried = 0
}

// release puts the buffer back.
func (s *source) release() {
	switch len(s.buf) {
	case smallBuffer:
		smallBuffers.Put((*[smallBuffer]byte)(s.buf))
	case largeBuffer:
		largeBuffers.Put((*[largeBuffer]byte)(s.buf))
	}
	s.buf, s.pos, s.end = nil, 0, 0
}
