package cli

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
)

// TestListenError has the errors that only a system of its own kind gives, as
// it returns them.
func TestListenError(t *testing.T) {
	addr := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80}
	listen := func(number syscall.Errno) error {
		return fmt.Errorf("server: %w", &net.OpError{Op: "listen", Net: "tcp", Addr: addr,
			Err: os.NewSyscallError("bind", number)})
	}
	_, unknown := net.Listen("tcp", "127.0.0.1:nothing")
	other := errors.New("other")
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"taken", listen(syscall.EADDRINUSE),
			"cannot listen on 127.0.0.1:80: address already in use: another program listens there"},
		{"not allowed", listen(syscall.EACCES),
			"cannot listen on 127.0.0.1:80: permission denied: ports below 1024 are for root, or need the " +
				"capability CAP_NET_BIND_SERVICE"},
		{"no such address", listen(syscall.EADDRNOTAVAIL),
			"cannot listen on 127.0.0.1:80: cannot assign requested address: this machine has no such address"},
		{"open files", listen(syscall.EMFILE), "cannot listen on 127.0.0.1:80: too many open files"},
		{"no port", unknown, "cannot listen: lookup tcp/nothing: unknown port"},
		{"something else", other, "other"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ListenError(c.err); got.Error() != c.want {
				t.Errorf("got  %v\nwant %s", got, c.want)
			}
		})
	}
	if err := ListenError(nil); err != nil {
		t.Errorf("no error became %v", err)
	}
	if err := ListenError(listen(syscall.EADDRINUSE)); !errors.Is(err, syscall.EADDRINUSE) {
		t.Error("the cause is lost")
	}
}

// TestTakenPort is the one that every system gives.
func TestTakenPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = net.Listen("tcp", l.Addr().String())
	want := "cannot listen on " + l.Addr().String() + ": address already in use: another program listens there"
	if got := ListenError(err); got == nil || got.Error() != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
}
