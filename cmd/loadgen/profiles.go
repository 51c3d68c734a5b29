package main

import (
	"fmt"
	"log/slog"
	"net"

	"hookproof/internal/cli"
	"hookproof/internal/profiling"
)

// profiles serves -pprof, if it was given; the end function ends that.
func (o *options) profiles(s cli.Streams) (end func(), err error) {
	if o.pprof == "" {
		return func() {}, nil
	}
	p, err := profiling.Serve(local(o.pprof), slog.New(slog.NewTextHandler(s.Err, nil)))
	if err != nil {
		return nil, fmt.Errorf("-pprof: %w", cli.ListenError(err))
	}
	fmt.Fprintf(s.Err, "loadgen: profiles at http://%s/debug/pprof/\n", p.Addr())
	return p.Close, nil
}

// local makes an address of a port alone: one on loopback.
func local(addr string) string {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return net.JoinHostPort("127.0.0.1", addr)
	}
	return addr
}
