package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/profiling"
	"hookproof/server"
	"hookproof/server/api"
)

// program is the running server and what surrounds it.
type program struct {
	options *options
	log     *slog.Logger
	server  *server.Server
	pprof   *profiling.Server
}

// start brings everything up, or nothing with an error.
func (p *program) start(cfg server.Config) error {
	p.raiseOpenFiles(cfg.MaxConnections)
	metrics := api.NewMetrics()
	var err error
	p.server, err = server.New(cfg, server.Options{
		Logger: p.log,
		OnHook: metrics.ObserveHook,
		API:    func(s *server.Server) http.Handler { return api.New(s, metrics) },
	})
	if err != nil {
		return err
	}
	if p.options.pprof != "" {
		if err := p.serveProfiles(); err != nil {
			return cli.ListenError(err)
		}
	}
	if err := p.server.Start(); err != nil {
		p.pprof.Close()
		return cli.ListenError(err)
	}
	for _, v := range cfg.VHosts {
		p.sayHooks(&v)
	}
	return nil
}

// sayHooks logs who is asked, and in which profile: the default is the document's, which few servers speak today.
func (p *program) sayHooks(v *server.VHost) {
	if !v.Hooks.Enabled {
		p.log.Warn("no hooks: everybody is let in", "vhost", v.Name)
		return
	}
	profile, err := hook.ProfileByName(v.Hooks.Profile)
	if err != nil {
		return // Validate has found it
	}
	p.log.Info("hooks", "vhost", v.Name, "profile", profile.Name, "as", profile.Title)
}

func (p *program) serveProfiles() error {
	addr, err := address("pprof", p.options.pprof)
	if err != nil {
		return err
	}
	if p.pprof, err = profiling.Serve(addr, p.log); err == nil {
		p.log.Info("profiles", "addr", p.pprof.Addr())
	}
	return err
}

// raiseOpenFiles makes room for the connections of clients and, as far as the
// system lets it, for those to hook servers: a client that waits for its hook
// has one of each, but hardly ever do all wait at once.
func (p *program) raiseOpenFiles(connections int) {
	const others = 256 // listeners, the API, what the runtime holds
	got, err := cli.RaiseOpenFiles(uint64(2*connections + others))
	if need := uint64(connections + others); got < need {
		args := []any{"limit", got, "needed", need, "max_connections", connections}
		if err != nil {
			args = append(args, "err", err)
		}
		p.log.Warn("the limit of open files is too low for max_connections clients", args...)
	}
}

// serve waits for signals until the end; it returns the exit code.
func (p *program) serve(signals <-chan os.Signal) int {
	defer p.pprof.Close()
	for sig := range signals {
		if sig != syscall.SIGHUP {
			p.log.Info("shutting down: delivering closing events; a second signal exits at once", "signal",
				sig.String(),
				"grace", p.options.grace)
			return p.shutdown(signals)
		}
		p.reload()
	}
	return cli.ExitOK
}

// reload reads the file again. The old configuration stays when the new one is
// wrong.
func (p *program) reload() {
	if p.options.file == "" {
		p.log.Warn("nothing to reload: the server was started without -c")
		return
	}
	cfg, warnings, err := p.options.load()
	for _, w := range warnings {
		p.log.Warn("configuration", "file", w.File, "line", w.Line, "text", w.Text)
	}
	if err == nil {
		err = p.server.Reload(cfg)
	}
	if err == nil {
		return
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		p.log.Error("configuration", "err", line)
	}
	p.log.Error("reload failed; the old configuration stays", "file", p.options.file)
}

// cutTime is how long cutting off the clients may take at the end; hooks that
// are under way then do not keep the process.
const cutTime = 2 * time.Second

// shutdown ends the server within the grace time, or at the next signal that
// asks for the end.
func (p *program) shutdown(signals <-chan os.Signal) int {
	ctx, cancel := context.WithTimeout(context.Background(), p.options.grace)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- p.server.Shutdown(ctx) }() // ends after ctx, or with the process
	graceEnd, cut := ctx.Done(), (<-chan time.Time)(nil)
	for {
		select {
		case err := <-done:
			return p.ended(err)
		case <-graceEnd:
			graceEnd, cut = nil, time.After(cutTime)
		case <-cut:
			return p.ended(errors.New("hooks are still under way"))
		case sig := <-signals:
			if sig != syscall.SIGHUP {
				p.log.Warn("exiting at once", "signal", sig.String())
				cancel()
			}
		}
	}
}

// lost counts the closing events that were given up, one for each URL, since the start.
func (p *program) lost() (n int64) {
	for _, lost := range p.server.Stats().HookLost {
		n += lost
	}
	return n
}

// ended logs how the server ended and returns the exit code.
func (p *program) ended(err error) int {
	if err != nil {
		p.log.Error("clients were cut off; closing events may be lost", "err", err)
		return cli.ExitFailed
	}
	if lost := p.lost(); lost > 0 {
		p.log.Error("closing events were lost: their hook servers did not get them", "events", lost)
		return cli.ExitFailed
	}
	p.log.Info("done")
	return cli.ExitOK
}
