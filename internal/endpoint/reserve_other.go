//go:build !linux

package endpoint

import "net"

// reservation is not to be had here: while an endpoint is down its port may be
// taken by others.
type reservation struct{}

func reserve(string) *reservation                  { return nil }
func (*reservation) listen() (net.Listener, error) { return nil, nil }
func (*reservation) end()                          {}
