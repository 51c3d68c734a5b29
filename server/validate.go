package server

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"hookproof/hook"
	"hookproof/internal/redact"
)

// Validate reports everything that is wrong with a configuration, joined; each error names the field
// and what is wanted there.
func (c *Config) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if len(c.Listen) == 0 {
		bad("listen: want an address, got none")
	}
	for _, addr := range c.Listen {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			bad("listen %q: want host:port: %w", addr, err)
		}
	}
	if c.MaxConnections < 1 {
		bad("max_connections: want 1 or more, got %d", c.MaxConnections)
	}
	if c.ChunkSize < 128 || c.ChunkSize > 65536 {
		bad("chunk_size: want 128 to 65536, got %d", c.ChunkSize)
	}
	if c.API.Enabled {
		if _, _, err := net.SplitHostPort(c.API.Listen); err != nil {
			bad("http_api listen %q: want host:port: %w", c.API.Listen, err)
		}
	}
	if c.HTTP.Enabled {
		if _, _, err := net.SplitHostPort(c.HTTP.Listen); err != nil {
			bad("http_server listen %q: want host:port: %w", c.HTTP.Listen, err)
		}
	}
	errs = append(errs, c.validateBounds()...)
	seen := map[string]bool{}
	for i := range c.VHosts {
		v := &c.VHosts[i]
		if seen[v.Name] {
			bad("vhost %q: configured twice", v.Name)
		}
		seen[v.Name] = true
		errs = append(errs, v.validate()...)
	}
	return errors.Join(errs...)
}

func (c *Config) validateBounds() (errs []error) {
	t := c.Timeouts
	for name, d := range map[string]time.Duration{"connect": t.Connect, "write": t.Write} {
		if d <= 0 {
			errs = append(errs, fmt.Errorf("time-out %s: want more than 0, got %v", name, d))
		}
	}
	for name, d := range map[string]time.Duration{
		"idle": t.Idle, "first packet": t.FirstPacket, "publish": t.Publish, "ping": t.Ping,
		"player": t.Player, "linger": t.Linger,
	} {
		if d < 0 {
			errs = append(errs, fmt.Errorf("time-out %s: want 0 or more, got %v", name, d))
		}
	}
	if c.Play.Queue <= 0 || c.Play.QueueBytes <= 0 {
		errs = append(errs, fmt.Errorf("play queue: want more than 0, got %v and %d bytes", c.Play.Queue,
			c.Play.QueueBytes))
	}
	if c.Memory.Media < 0 {
		errs = append(errs, fmt.Errorf("media memory: want 0 or more bytes, got %d", c.Memory.Media))
	}
	if c.Memory.Client <= 0 {
		errs = append(errs, fmt.Errorf("media memory of a client: want more than 0 bytes, got %d", c.Memory.Client))
	}
	l := c.Limits
	for name, n := range map[string]int{"unfinished": l.Unfinished, "streams": l.Streams, "openings": l.Openings,
		"stream name": l.StreamName, "param": l.Param, "tcUrl": l.TCURL} {
		if n <= 0 {
			errs = append(errs, fmt.Errorf("limit %s: want more than 0, got %d", name, n))
		}
	}
	return errs
}

func (v *VHost) validate() (errs []error) {
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("vhost %q: "+format, append([]any{v.Name}, args...)...))
	}
	if v.Name == "" {
		bad("want a name")
	}
	if _, err := hook.ProfileByName(v.Hooks.Profile); err != nil {
		bad("http_hooks profile: %w", err)
	}
	if v.GOPFrames < 0 || v.GOPTime < 0 {
		bad("gop_cache_max_frames and gop_cache_max_time: want 0 or more, got %d and %v", v.GOPFrames, v.GOPTime)
	}
	if v.FirstPacket < 0 || v.Publish < 0 {
		bad("publish: want time-outs of 0 or more, got %v and %v", v.FirstPacket, v.Publish)
	}
	if v.HLS.Enabled && (v.HLS.Fragment <= 0 || v.HLS.Window <= 0) {
		bad("hls_fragment and hls_window: want more than 0, got %v and %v", v.HLS.Fragment, v.HLS.Window)
	}
	if v.Hooks.Timeout <= 0 {
		bad("http_hooks timeout: want more than 0, got %v", v.Hooks.Timeout)
	}
	if v.Hooks.MaxCalls < 0 {
		bad("http_hooks max_calls: want 0 or more, got %d", v.Hooks.MaxCalls)
	}
	if v.Hooks.Retry < 0 {
		bad("http_hooks retry: want 0 or more, got %v", v.Hooks.Retry)
	}
	for event, urls := range v.Hooks.URLs {
		for _, raw := range urls {
			u, err := url.Parse(raw)
			if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
				bad("%s: want an http or https URL, got %q", event, redact.Secrets(raw))
			}
		}
	}
	return errs
}
