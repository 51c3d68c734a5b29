package endpoint

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// reservation keeps a port while nothing listens there: a socket that is bound
// and takes no connections. Callers are refused, and the kernel hands the port
// to nobody else meanwhile.
type reservation struct{ fd int }

// reserve binds to addr without listening. A failure is no reservation: the
// port may be taken by the time it is needed, which open then says.
func reserve(addr string) *reservation {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil
	}
	family, sa := syscall.AF_INET6, syscall.Sockaddr(&syscall.SockaddrInet6{Port: int(ap.Port()),
		Addr: ap.Addr().As16()})
	if ap.Addr().Is4() {
		family, sa = syscall.AF_INET, &syscall.SockaddrInet4{Port: int(ap.Port()), Addr: ap.Addr().As4()}
	}
	fd, err := syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil
	}
	// As net.Listen does: connections of before may linger.
	err = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	if err == nil {
		err = bindSoon(fd, sa)
	}
	if err != nil {
		syscall.Close(fd)
		return nil
	}
	return &reservation{fd}
}

// bindSoon binds once the listener of before is gone: its descriptor is closed
// by the accept loop, a moment after Close has returned.
func bindSoon(fd int, sa syscall.Sockaddr) error {
	const every, limit = time.Millisecond, time.Second
	tick := time.NewTicker(every)
	defer tick.Stop()
	for end := time.Now().Add(limit); ; <-tick.C {
		err := syscall.Bind(fd, sa)
		if err == nil || err != syscall.EADDRINUSE || time.Now().After(end) {
			return err
		}
	}
}

// listen makes a listener of the reservation and ends it.
func (r *reservation) listen() (net.Listener, error) {
	f := os.NewFile(uintptr(r.fd), "listener")
	defer f.Close() // FileListener takes a copy
	if err := syscall.Listen(r.fd, syscall.SOMAXCONN); err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return net.FileListener(f)
}

func (r *reservation) end() { syscall.Close(r.fd) }
