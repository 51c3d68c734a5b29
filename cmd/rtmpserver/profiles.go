package main

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"time"
)

// profiles serves Go's profiles on an address of its own.
type profiles struct {
	server *http.Server
	done   chan struct{}
}

// startProfiles listens on addr; a port alone means loopback.
func startProfiles(addr string, log *slog.Logger) (*profiles, error) {
	addr, err := address("pprof", addr)
	if err != nil {
		return nil, err
	}
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
	p := &profiles{
		server: &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute,
			ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)},
		done: make(chan struct{}),
	}
	go func() {
		defer close(p.done)
		p.server.Serve(l) // until close
	}()
	log.Info("profiles", "addr", l.Addr().String())
	return p, nil
}

// close ends it; a nil receiver is one that was not started.
func (p *profiles) close() {
	if p == nil {
		return
	}
	p.server.Close()
	<-p.done
}
