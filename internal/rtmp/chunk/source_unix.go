//go:build unix

package chunk

import (
	"io"
	"net"
	"os"
	"syscall"
)

// canWait: a buffer can be taken after a socket became readable.
const canWait = true

// tryRead reads from a non-blocking socket. It returns false, without keeping
// a buffer, when there is nothing to read yet.
func (s *source) tryRead(fd uintptr) bool {
	s.acquire()
	n, err := syscall.Read(int(fd), s.buf[s.end:])
	for err == syscall.EINTR {
		n, err = syscall.Read(int(fd), s.buf[s.end:])
	}
	s.settle(n)
	switch {
	case err == syscall.EAGAIN:
		return false
	case err != nil:
		c := s.r.(*net.TCPConn)
		err = &net.OpError{Op: "read", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(),
			Err: os.NewSyscallError("read", err)}
	case n == 0:
		err = io.EOF
	}
	s.n, s.err = max(n, 0), err
	return true
}
