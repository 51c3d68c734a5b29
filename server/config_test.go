package server

import (
	"net/http"
	"strings"
	"testing"

	"hookproof/hook"
)

func TestDefaultConfigIsValid(t *testing.T) {
	cfg := DefaultConfig()
	if err := cfg.Validate(); err != nil {
		t.Error(err)
	}
}

func TestValidate(t *testing.T) {
	cases := []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"nothing to listen on", func(c *Config) { c.Listen = nil }, "listen: want an address"},
		{"no port", func(c *Config) { c.Listen = []string{"127.0.0.1"} }, `listen "127.0.0.1": want host:port`},
		{"no connections", func(c *Config) { c.MaxConnections = 0 }, "max_connections: want 1 or more, got 0"},
		{"tiny chunks", func(c *Config) { c.ChunkSize = 1 }, "chunk_size: want 128 to 65536, got 1"},
		{"huge chunks", func(c *Config) { c.ChunkSize = 65537 }, "chunk_size"},
		{"API without an address", func(c *Config) { c.API.Enabled, c.API.Listen = true, "1985" },
			`http_api listen "1985"`},
		{"vhost twice", func(c *Config) { c.VHosts = append(c.VHosts, c.VHosts[0]) },
			`vhost "__defaultVhost__": configured twice`},
		{"vhost without a name", func(c *Config) { c.VHosts[0].Name = "" }, "want a name"},
		{"no such profile", func(c *Config) { c.VHosts[0].Hooks.Profile = "srs2" }, "srs2"},
		{"no hook time-out", func(c *Config) { c.VHosts[0].Hooks.Timeout = 0 }, "http_hooks timeout: want more than 0"},
		{"a hook URL that is none", func(c *Config) { c.VHosts[0].Hooks.URLs[hook.OnPlay] = []string{"ftp://h/x"} },
			`on_play`},
		{"no write time-out", func(c *Config) { c.Timeouts.Write = 0 }, "time-out write"},
		{"a negative time-out", func(c *Config) { c.Timeouts.Idle = -1 }, "time-out idle"},
		{"no queue", func(c *Config) { c.Play.Queue = 0 }, "play queue"},
		{"no message streams", func(c *Config) { c.Limits.Streams = 0 }, "limit streams"},
	}
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			cfg := DefaultConfig()
			k.change(&cfg)
			if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), k.want) {
				t.Errorf("got %v, want %q", err, k.want)
			}
			if _, err := New(cfg, Options{}); err == nil {
				t.Error("New took it")
			}
		})
	}
}

func TestListenersAndAPI(t *testing.T) {
	cfg := DefaultConfig()
	cfg.Listen = []string{"127.0.0.1:0", "127.0.0.1:0"}
	cfg.API.Enabled, cfg.API.Listen = true, "127.0.0.1:0"
	if _, err := New(cfg, Options{}); err == nil {
		t.Error("an API without a handler")
	}
	s, err := New(cfg, Options{API: func(*Server) http.Handler { return http.NotFoundHandler() }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Addr() != nil || s.APIAddr() != nil {
		t.Error("addresses before Start")
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err == nil {
		t.Error("started twice")
	}
	if len(s.Addrs()) != 2 || s.Addrs()[0].String() == s.Addrs()[1].String() {
		t.Error(s.Addrs())
	}
	r, err := http.Get("http://" + s.APIAddr().String() + "/")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	taken := DefaultConfig()
	taken.Listen = []string{"127.0.0.1:0", s.Addr().String()}
	second, err := New(taken, Options{})
	if err == nil {
		err = second.Start()
	}
	if err == nil || len(second.Addrs()) != 0 {
		t.Errorf("a taken port: %v", err)
	}
	second.Close()
}

func TestStartAfterClose(t *testing.T) {
	s, err := New(DefaultConfig(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if err := s.Start(); err == nil {
		t.Error("started after Close")
	}
	if s.Kick("1") {
		t.Error("kicked nobody")
	}
}
