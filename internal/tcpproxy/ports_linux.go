package tcpproxy

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// allSent reports whether every byte written to a connection has gone out. It
// is false, too, where the kernel does not tell.
func allSent(c *net.TCPConn) bool {
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	unsent := -1
	err = raw.Control(func(fd uintptr) {
		if n, err := unix.IoctlGetInt(int(fd), unix.SIOCOUTQNSD); err == nil {
			unsent = n
		}
	})
	return err == nil && unsent == 0
}

// bindLate has the kernel choose the port of a bound socket when it connects:
// one that no connection to the same destination has, rather than one that
// nothing has.
func bindLate(_, _ string, raw syscall.RawConn) error {
	// An error means an older kernel, which chooses at once.
	return raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_BIND_ADDRESS_NO_PORT,
			1)
	})
}
