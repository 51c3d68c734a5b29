// Package profiling serves Go's profiles of the running process, on an address
// of their own so that nobody reaches them by the way of something public.
package profiling

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"hookproof/internal/httpguard"
)

// longest is what a profile or trace may take.
const longest = 10 * time.Minute

// Server serves profiles below /debug/pprof/ until it is closed.
type Server struct {
	server *http.Server
	addr   string
	done   chan struct{}
}

// Serve listens on addr, host:port; log gets what goes wrong with requests.
func Serve(addr string, log *slog.Logger) (*Server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	p := &Server{
		server: httpguard.NewServer(l, mux, longest, log),
		addr:   l.Addr().String(),
		done:   make(chan struct{}),
	}
	go func() {
		defer close(p.done)
		p.server.Serve(httpguard.Limit(l, httpguard.MaxConns)) // until Close
	}()
	return p, nil
}

// Addr is the address it listens on, host:port.
func (p *Server) Addr() string { return p.addr }

// Close ends it and waits for its end; a nil Server is one that was not started.
func (p *Server) Close() {
	if p == nil {
		return
	}
	p.server.Close()
	<-p.done
}
