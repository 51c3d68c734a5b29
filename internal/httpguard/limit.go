package httpguard

import (
	"net"

	"golang.org/x/net/netutil"
)

// Limit returns l with at most most connections open at once. More are accepted as others close. Closing it wakes an
// Accept that waits for that.
func Limit(l net.Listener, most int) net.Listener { return netutil.LimitListener(l, most) }
