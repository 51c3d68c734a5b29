package cli

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// hints say what to do about the errors of listening that people meet.
var hints = map[syscall.Errno]string{
	syscall.EADDRINUSE:    "another program listens there",
	syscall.EACCES:        "ports below 1024 are for root, or need the capability CAP_NET_BIND_SERVICE",
	syscall.EADDRNOTAVAIL: "this machine has no such address",
}

// ListenError says in a user's words why an address could not be served. Any
// other error is given back as it is, and so is nil.
func ListenError(err error) error {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "listen" {
		return err
	}
	where := ""
	if op.Addr != nil {
		where = " on " + op.Addr.String()
	}
	var number syscall.Errno
	if !errors.As(op.Err, &number) {
		return fmt.Errorf("cannot listen%s: %w", where, op.Err)
	}
	if hint := hints[number]; hint != "" {
		return fmt.Errorf("cannot listen%s: %w: %s", where, number, hint)
	}
	return fmt.Errorf("cannot listen%s: %w", where, number)
}
