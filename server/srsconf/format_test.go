package srsconf

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/server"
)

// TestRoundTrip: what Format writes, Parse reads back.
func TestRoundTrip(t *testing.T) {
	hooks := server.DefaultConfig()
	hooks.VHosts[0].Hooks = server.Hooks{
		Enabled: true, Profile: "srs6", Timeout: 250 * time.Millisecond, InsecureTLS: true, MaxCalls: 7,
		Retry:     12500 * time.Millisecond,
		KeepAlive: true,
		URLs: map[hook.Event][]string{
			hook.OnPublish: {"http://127.0.0.1:8085/a", "https://h.example/b;c?d={e}&f=$g", "http://127.0.0.1/'x'"},
			hook.OnStop:    {"http://[::1]:1/"},
		},
	}
	several := server.DefaultConfig()
	several.Listen = []string{":1935", "127.0.0.1:0", "[::1]:1936"}
	several.ServerID = "id;with{odd}#signs"
	several.API = server.API{Enabled: true, Listen: "0.0.0.0:1985"}
	off := server.DefaultVHostConfig("odd;{#}")
	off.Enabled, off.GOPCache, off.Merge = false, false, 0
	off.Hooks.Profile = "srs6"
	off.Publish, off.FirstPacket = 7*time.Second, 1500*time.Millisecond
	off.GOPFrames, off.GOPTime = 100, 2500*time.Millisecond
	several.Memory = server.Memory{Media: 100 << 20, Client: 20 << 20}
	several.HTTP = server.HTTP{Enabled: true, Listen: ":8080", Proxies: []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::1/128"),
	}}
	off.Remux, off.HLS = true, server.HLS{Enabled: true, Fragment: 2500 * time.Millisecond, Window: time.Minute}
	several.VHosts = append(several.VHosts, off)
	for _, c := range []struct {
		name   string
		config server.Config
	}{{"defaults", server.DefaultConfig()}, {"hooks", hooks}, {"several", several}} {
		t.Run(c.name, func(t *testing.T) {
			text := Format(c.config)
			got, _, err := Parse("formatted", text)
			if err != nil {
				t.Fatalf("%v in\n%s", err, text)
			}
			if !reflect.DeepEqual(got, c.config) {
				t.Errorf("read back from\n%s\n%+v\nwant\n%+v", text, got, c.config)
			}
		})
	}
}

// TestFormatSRS: the stanza to paste into SRS's own configuration has nothing
// that SRS refuses.
func TestFormatSRS(t *testing.T) {
	c := server.DefaultConfig()
	c.API = server.API{Enabled: true, Listen: "127.0.0.1:1985", Metrics: false}
	c.VHosts[0].Hooks = server.Hooks{
		Enabled: true, Profile: "srs6", Timeout: time.Second, InsecureTLS: true, MaxCalls: 7, Retry: time.Minute,
		URLs: map[hook.Event][]string{hook.OnClose: {"http://127.0.0.1:8085/api/v1/clients"}},
	}
	text := FormatSRS(c)
	const want = `listen 127.0.0.1:1935;
max_connections 10000;
chunk_size 60000;
http_api {
    enabled on;
    listen 127.0.0.1:1985;
}
vhost __defaultVhost__ {
    http_hooks {
        enabled on;
        on_close http://127.0.0.1:8085/api/v1/clients;
    }
}
`
	if text != want {
		t.Errorf("FormatSRS gives\n%s\nwant\n%s", text, want)
	}
	if ours := Format(c); !strings.Contains(ours, "profile srs6;") || !strings.Contains(ours, "metrics off;") ||
		!strings.Contains(ours, "retry 60;") {
		t.Errorf("Format gives\n%s\nwithout our directives", ours)
	}
}
