package rtmptarget

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"hookproof/hook"
	"hookproof/server"
	"hookproof/server/api"
	"hookproof/server/srsconf"
)

// BuiltInOptions shape the built-in target.
type BuiltInOptions struct {
	Profile *hook.Profile
	Scale   float64 // of all time-outs; 0 is 1
	Nonce   string  // letters and digits, of this run alone
	Logger  *slog.Logger
	// Between, when set, puts something between the parties: it is given where
	// they listen and says where they are to find each other instead.
	Between func(Links) (Links, func(), error)
	// Leak is what each client leaks in a server of a scene's own, in
	// bytes: a defect planted to see that it is noticed.
	Leak int
}

// Links are the addresses at which the parties find each other: the clients
// the server, the server our endpoints. host:port each.
type Links struct {
	RTMP, HTTP string
	Addresses
}

const (
	loopback    = "127.0.0.1"
	anyPort     = loopback + ":0"
	hookTimeout = 3 // of the quick vhost, in seconds: long enough for a machine that is busy
	quiet       = 5 * time.Minute
)

// BuiltIn starts the built-in server in this process, configured by the same
// stanza that other servers are given, and our endpoints around it.
func BuiltIn(o BuiltInOptions) (*Target, error) {
	if o.Scale == 0 {
		o.Scale = 1
	}
	t := &Target{Profile: o.Profile, App: "live", ClientIP: loopback, Scale: o.Scale,
		HookTimeout: hookTimeout * time.Second,
		Lacks:       map[Capability]string{}, forget: o.Between != nil}
	if err := t.startBuiltIn(o); err != nil {
		return nil, err
	}
	t.Own = func(ctx context.Context, own OwnOptions) (*Target, error) {
		c := &Target{Profile: t.Profile, App: t.App, ClientIP: t.ClientIP, Scale: t.Scale, HookTimeout: t.HookTimeout,
			Lacks: t.Lacks, clock: t.clock, sharesClock: true, strays: t.strays, forget: t.forget}
		return c, c.startOwn(ctx, o, own)
	}
	return t, nil
}

func (t *Target) startBuiltIn(o BuiltInOptions) error {
	at, err := t.endpoints(Addresses{Main: anyPort, Stoppable: anyPort, TLS: anyPort}, o.Nonce)
	if err != nil {
		return err
	}
	cfg, err := parseBuiltIn(t.builtInText(at), 0)
	var srv *server.Server
	if err == nil {
		srv, err = newServer(cfg, server.Options{Logger: o.Logger, Forget: t.forget})
	}
	if err != nil {
		t.closeEndpoints()
		return err
	}
	t.Addr, t.API, t.HTTP = srv.Addr().String(), "http://"+srv.APIAddr().String(), srv.HTTPAddr().String()
	t.shutdown = srv.Shutdown
	t.stop = func() { srv.Close() }
	return t.putBetween(o, at, func(at Addresses) error {
		cfg, err := parseBuiltIn(t.builtInText(at), 0)
		if err == nil {
			err = reload(srv, cfg)
		}
		return err
	})
}

// newServer starts the built-in server.
func newServer(cfg server.Config, o server.Options) (*server.Server, error) {
	o.API = func(s *server.Server) http.Handler { return api.New(s, nil) }
	srv, err := server.New(cfg, o)
	if err == nil {
		err = srv.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("built-in server: %w", err)
	}
	return srv, nil
}

// builtInText is the stanza as the built-in server gets it.
func (t *Target) builtInText(at Addresses) string {
	return "listen 1935;\n" + Stanza(at, StanzaOptions{Profile: t.Profile, Own: true, Timeout: hookTimeout})
}

// parseBuiltIn reads it, as any SRS configuration is read, and sets what that
// format has no words for.
func parseBuiltIn(text string, silence time.Duration) (server.Config, error) {
	cfg, _, err := srsconf.Parse("built-in.conf", text)
	if err != nil {
		return cfg, fmt.Errorf("built-in configuration: %w", err)
	}
	cfg.Listen = []string{anyPort}
	cfg.API = server.API{Enabled: true, Listen: anyPort}
	cfg.HTTP = server.HTTP{Enabled: true, Listen: anyPort}
	for i := range cfg.VHosts {
		cfg.VHosts[i].Hooks.InsecureTLS = true // the endpoint's certificate is its own
	}
	// Scenarios are quiet and patient on purpose; a machine that is slow must not
	// make the server lose patience with them.
	cfg.Timeouts.Connect, cfg.Timeouts.Idle, cfg.Timeouts.Publish, cfg.Timeouts.FirstPacket,
		cfg.Timeouts.Player = quiet, quiet, quiet, quiet, quiet
	if silence > 0 {
		cfg.Timeouts.Publish, cfg.Timeouts.FirstPacket = silence, silence
	}
	return cfg, nil
}

// reload has a server take over a configuration; its addresses stay.
func reload(srv *server.Server, cfg server.Config) error {
	cfg.Listen, cfg.API.Listen = []string{srv.Addr().String()}, srv.APIAddr().String()
	cfg.HTTP.Listen = srv.HTTPAddr().String()
	return srv.Reload(cfg)
}

// putBetween redirects the parties to what is put between them, where that is
// asked for; reconfigure tells the server where it finds our endpoints then.
// On an error the target is closed.
func (t *Target) putBetween(o BuiltInOptions, at Addresses, reconfigure func(Addresses) error) error {
	if o.Between == nil {
		return nil
	}
	links, stop, err := o.Between(Links{RTMP: t.Addr, HTTP: t.HTTP, Addresses: at})
	if err == nil {
		err = reconfigure(links.Addresses)
	}
	if err != nil {
		if stop != nil {
			stop()
		}
		t.Close()
		return err
	}
	t.Addr, t.HTTP = links.RTMP, cmp.Or(links.HTTP, t.HTTP)
	server := t.stop
	t.stop = func() { stop(); server() }
	return nil
}
