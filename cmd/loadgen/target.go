package main

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hookproof/internal/cli"
	"hookproof/loadgen"
	"hookproof/loadgen/media"
	"hookproof/loadgen/rig"
)

// setTarget reads whom to load.
func (o *options) setTarget(cfg *loadgen.Config) error {
	switch {
	case o.rtmp != "" && !strings.HasPrefix(o.rtmp, "rtmp://"):
		return cli.Usagef("-rtmp is %q: expected rtmp://HOST[:PORT]/APP", o.rtmp)
	case o.listen != "" && o.rtmp == "":
		return cli.Usagef("-listen needs -rtmp: the built-in server is told by itself where its hooks go")
	case o.hooksOnly && o.hooks == "":
		return cli.Usagef("-hooks-only needs -hooks URL")
	case o.hooks != "" && o.rtmp != "" && o.listen == "":
		return cli.Usagef("-hooks with -rtmp needs -listen: point the server's hooks there, they are passed on to -hooks")
	case o.given("pid") && o.rtmp == "":
		return cli.Usagef("-pid needs -rtmp: the built-in server is measured anyway")
	case o.hooksOnly && o.rtmp != "":
		return cli.Usagef("-hooks-only and -rtmp exclude each other")
	}
	if o.hooks != "" {
		u, err := url.Parse(strings.TrimSuffix(o.hooks, "/"))
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return cli.Usagef("-hooks is %q: expected a URL like http://127.0.0.1:8085", o.hooks)
		}
		cfg.Hooks = u
	}
	if o.source == "" {
		return nil
	}
	var err error
	if cfg.Sources, err = rig.ParseSources(o.source); err != nil {
		return cli.Usagef("-source: %v", err)
	}
	return nil
}

func (o *options) setMedia(cfg *loadgen.Config) (err error) {
	count := 0
	for _, name := range []string{"media", "bitrate", "no-media"} {
		if o.given(name) {
			count++
		}
	}
	if count > 1 {
		return cli.Usagef("-media, -bitrate and -no-media exclude each other")
	}
	if cfg.Burst = o.burst; o.burst < 0 || o.burst > 10*time.Second {
		return cli.Usagef("-burst is %v: 0s to 10s was expected", o.burst)
	}
	switch {
	case o.noMedia:
		cfg.Media = media.None()
	case o.bitrate != "":
		rate, perr := parseRate(o.bitrate)
		if perr == nil {
			cfg.Media, perr = media.Synthetic(rate)
		}
		if perr != nil {
			return cli.Usagef("-bitrate: %v", perr)
		}
	case o.media != "":
		cfg.Media, err = media.File(o.media)
	default:
		cfg.Media = media.Clip()
	}
	return err
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
		return 0, fmt.Errorf("%q: expected bits per second like 300k or 2M", s)
	}
	return int(v * unit), nil
}
