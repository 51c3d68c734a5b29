//go:build linux || darwin

package server

import (
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// errWouldBlock says that a try has not written all.
const errWouldBlock = unix.EAGAIN

// begin makes tries possible.
func (m *mediaWriter) begin(nc *net.TCPConn) bool {
	raw, err := nc.SyscallConn()
	if err != nil {
		return false
	}
	m.raw, m.try = raw, m.tryWrite
	return true
}

// write is writev, or write where that will do: it is cheaper.
func (m *mediaWriter) write(fd int) (int, error) {
	if len(m.bufs) == 1 {
		return unix.Write(fd, m.bufs[0])
	}
	return unix.Writev(fd, m.bufs)
}

// tryWrite writes once what the system takes without waiting.
func (m *mediaWriter) tryWrite(fd uintptr) bool {
	whole := 0
	for _, b := range m.bufs {
		whole += len(b)
	}
	for {
		n, err := m.write(int(fd))
		switch {
		case err == unix.EINTR:
			continue
		case err == nil && n < whole:
			err = errWouldBlock
		case err != nil:
			n = 0
		}
		m.n, m.err = n, err
		if err != nil && err != errWouldBlock {
			m.err = os.NewSyscallError("write", err)
		}
		return true
	}
}
