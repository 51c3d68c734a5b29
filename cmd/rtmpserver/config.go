package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/server"
	"hookproof/server/srsconf"
)

// environment takes what SRS's variables say about where the configuration is; what they say of it is for load.
func (o *options) environment(environ []string) {
	o.environ = environ
	value := func(name string) string {
		for _, pair := range environ {
			if v, ok := strings.CutPrefix(pair, name+"="); ok {
				return v
			}
		}
		return ""
	}
	o.noFile = o.noFile || value("SRS_ENV_ONLY") != ""
	if o.file == "" && !o.noFile {
		o.file = value("SRS_CONFIG_FILE")
	}
}

// load makes the configuration that the command line asks for: the file's, or
// that of the flags; in both cases with what -api says.
func (o *options) load() (server.Config, []srsconf.Warning, error) {
	var cfg server.Config
	var warnings []srsconf.Warning
	var err error
	if o.file != "" {
		cfg, warnings, err = srsconf.Load(o.file)
	} else {
		cfg, err = o.fromFlags()
	}
	cfg.LogParams = o.params
	if err == nil {
		var more []srsconf.Warning
		cfg, more, err = srsconf.Override(cfg, o.environ)
		warnings = append(warnings, more...)
	}
	if err == nil {
		err = o.services(&cfg)
	}
	return cfg, warnings, err
}

// services reads -api and -pprof.
func (o *options) services(cfg *server.Config) (err error) {
	taken := slices.Clone(cfg.Listen)
	if cfg.HTTP.Enabled {
		taken = append(taken, cfg.HTTP.Listen)
	}
	if o.api != "" {
		cfg.API.Enabled = true
		if cfg.API.Listen, err = address("api", o.api); err == nil {
			err = free("api", cfg.API.Listen, taken)
		}
	}
	if cfg.API.Enabled {
		taken = append(taken, cfg.API.Listen)
	}
	if o.pprof == "" || err != nil {
		return err
	}
	addr, err := address("pprof", o.pprof)
	if err == nil {
		err = free("pprof", addr, taken)
	}
	return err
}

// free checks that the address of a flag is not one of those that are served
// already.
func free(name, addr string, taken []string) error {
	for _, other := range taken {
		if srsconf.Overlap(addr, other) {
			return cli.Usagef("-%s: %s cannot be served beside %s: expected another port", name, addr, other)
		}
	}
	return nil
}

// fromFlags makes the configuration of -listen, -hooks and -profile.
func (o *options) fromFlags() (server.Config, error) {
	cfg := server.DefaultConfig()
	cfg.Listen = nil
	for _, one := range strings.Split(o.listen, ",") {
		addr, err := address("listen", strings.TrimSpace(one))
		if err != nil {
			return cfg, err
		}
		if i := slices.IndexFunc(cfg.Listen, func(was string) bool { return srsconf.Overlap(was, addr) }); i >= 0 {
			return cfg, cli.Usagef("-listen: %s and %s cannot both be served", cfg.Listen[i], addr)
		}
		cfg.Listen = append(cfg.Listen, addr)
	}
	profile, err := hook.ProfileByName(o.profile)
	if err != nil {
		return cfg, cli.Usagef("-profile: want one of %s, got %q", hook.ProfileNames(), o.profile)
	}
	hooks := &cfg.VHosts[0].Hooks
	hooks.Profile, hooks.InsecureTLS = profile.Name, o.insecure
	hooks.Retry, hooks.MaxCalls, hooks.KeepAlive = o.retry, o.maxCalls, o.keep
	if o.http != "" {
		if cfg.HTTP.Listen, err = address("http", o.http); err == nil {
			err = free("http", cfg.HTTP.Listen, cfg.Listen)
		}
		if err != nil {
			return cfg, err
		}
		cfg.HTTP.Enabled, cfg.VHosts[0].Remux, cfg.VHosts[0].HLS.Enabled = true, true, true
	}
	if o.hooks == "" {
		return cfg, nil
	}
	if hooks.URLs, err = hook.DefaultURLs(o.hooks); err != nil {
		return cfg, cli.Usagef("-hooks: %v", err)
	}
	hooks.Enabled = true
	return cfg, nil
}

// address reads the value of a flag that takes one; a port alone is served on
// loopback.
func address(name, value string) (string, error) {
	addr, err := srsconf.Address(value, "127.0.0.1")
	if err != nil {
		return "", cli.Usagef("-%s: %v", name, err)
	}
	return addr, nil
}

// testConfig is -t: it says what is wrong with the configuration, and nothing
// is started.
func (o *options) testConfig(s cli.Streams) int {
	cfg, warnings, err := o.load()
	for _, w := range warnings {
		fmt.Fprintf(s.Err, "warning: %v\n", w)
	}
	if err != nil && !errors.As(err, new(srsconf.Errors)) {
		return cli.Report(s, help.Name, err)
	}
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			fmt.Fprintf(s.Err, "error: %s\n", line)
		}
		return cli.ExitFailed
	}
	fmt.Fprintf(s.Out, "%s\n", summary(cfg))
	return cli.ExitOK
}

// summary says in one line what a configuration does.
func summary(cfg server.Config) string {
	hooked := 0
	for _, v := range cfg.VHosts {
		if v.Hooks.Enabled {
			hooked++
		}
	}
	return fmt.Sprintf("the configuration is right; listeners: %d, vhosts: %d, of them with hooks: %d",
		len(cfg.Listen), len(cfg.VHosts), hooked)
}
