package main

import (
	"fmt"
	"strconv"
	"strings"

	"hookproof/internal/cli"
	"hookproof/loadgen"
)

// setHooks reads where the hook server is.
func (o *options) setHooks(cfg *loadgen.Config, s cli.Streams) error {
	if err := o.hooks.Check(); err != nil {
		return err
	}
	if !o.hooks.Given() {
		return nil
	}
	urls, warnings, err := o.hooks.URLs()
	for _, w := range warnings {
		fmt.Fprintf(s.Err, "%v\n", w)
	}
	cfg.Hooks = urls
	return err
}

func (o *options) setSources(cfg *loadgen.Config) (err error) {
	if o.source == "" {
		return nil
	}
	if cfg.Sources, err = loadgen.ParseSources(o.source); err != nil {
		return cli.Usagef("-source: %v", err)
	}
	return nil
}

func (o *options) setBitrate(cfg *loadgen.Config) (err error) {
	if o.bitrate == "" {
		return nil
	}
	if cfg.Media.Bitrate, err = parseRate(o.bitrate); err != nil {
		return cli.Usagef("-bitrate: %v", err)
	}
	return nil
}

// parseRate reads "300k", "2M" or "64000".
func parseRate(s string) (int, error) {
	unit := 1.0
	number := s
	switch {
	case strings.HasSuffix(s, "k"):
		unit, number = 1e3, s[:len(s)-1]
	case strings.HasSuffix(s, "M"):
		unit, number = 1e6, s[:len(s)-1]
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || !(v > 0 && v*unit < 1e12) {
		return 0, fmt.Errorf("want bits per second like 300k or 2M, got %q", s)
	}
	return int(v * unit), nil
}
