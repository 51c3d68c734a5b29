// Package builtin runs the built-in RTMP server in a process of its own, so that its cost is measured apart from that
// of the load generator.
package builtin

import (
	"context"
	"fmt"
	"time"

	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/reexec"
	"hookproof/server"
)

// Order says what server is wanted.
type Order struct {
	Hooks   string // base URL of the hook server; empty: no hooks
	Profile string // of the hooks
	Clients int    // at once
	HTTP    bool   // HTTP-FLV and HLS are served, too
}

// ready says where a child serves.
type ready struct{ RTMP, HTTP string }

var children = reexec.Kind[Order, ready]{
	Mark: "HOOKPROOF_LOADGEN_SERVER",
	Start: func(o Order) (reexec.Server, ready, error) {
		srv, err := Start(o)
		if err != nil {
			return nil, ready{}, err
		}
		r := ready{RTMP: srv.Addr().String()}
		if at := srv.HTTPAddr(); at != nil {
			r.HTTP = at.String()
		}
		return srv, r, nil
	},
}

// ServeAsChild makes this process the server that its parent ordered, if it is
// meant to be one, and does not return then. Programs that run load tests call
// it first of all.
func ServeAsChild() { children.Serve() }

// spareFiles is what a server needs beside its clients: its connections to the
// hook server, and a few.
const spareFiles = 2000

// Start starts the built-in server in this process, on a free port.
func Start(o Order) (*server.Server, error) {
	cfg := server.DefaultConfig()
	cfg.Listen = []string{"127.0.0.1:0"}
	cfg.MaxConnections = 2*o.Clients + 100 // replaced clients may overlap
	if v := &cfg.VHosts[0]; o.HTTP {
		cfg.HTTP.Enabled, cfg.HTTP.Listen = true, "127.0.0.1:0"
		v.Remux, v.HLS = true, server.HLS{Enabled: true, Fragment: time.Second, Window: 3 * time.Second, Ctx: true}
	}
	hooks := &cfg.VHosts[0].Hooks
	hooks.Profile = o.Profile
	if o.Hooks != "" {
		urls, err := hook.DefaultURLs(o.Hooks)
		if err != nil {
			return nil, err
		}
		hooks.Enabled, hooks.URLs = true, urls
	}
	if _, err := cli.RaiseOpenFiles(uint64(cfg.MaxConnections + spareFiles)); err != nil {
		return nil, fmt.Errorf("limit of open files: %w", err)
	}
	srv, err := server.New(cfg, server.Options{})
	if err == nil {
		err = srv.Start()
	}
	return srv, err
}

// Child is the built-in server in a process of its own.
type Child struct {
	Addr string // RTMP, host:port
	HTTP string // HTTP-FLV and HLS, likewise; "" without
	*reexec.Process[Order, ready]
}

// StartChild starts this program again as a server.
func StartChild(o Order) (*Child, error) {
	p, r, err := children.Run(context.Background(), o)
	if err != nil {
		return nil, fmt.Errorf("built-in server: %w", err)
	}
	return &Child{Addr: r.RTMP, HTTP: r.HTTP, Process: p}, nil
}
