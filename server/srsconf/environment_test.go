package srsconf

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/server"
)

// TestOverride: SRS's variables go before the configuration, for every vhost.
func TestOverride(t *testing.T) {
	cfg, _, err := Parse("srs.conf",
		`listen 1935; vhost __defaultVhost__ { http_hooks { enabled on; on_publish http://127.0.0.1:1/file; } } vhost other { }`)
	if err != nil {
		t.Fatal(err)
	}
	got, warnings, err := Override(cfg, []string{
		"SRS_LISTEN=127.0.0.1:1936 1937", "SRS_MAX_CONNECTIONS=7", "SRS_SERVER_ID=me", "SRS_HTTP_API_ENABLED=on",
		"SRS_HTTP_API_LISTEN=127.0.0.1:1985",
		"SRS_VHOST_HTTP_HOOKS_ENABLED=on", "SRS_VHOST_HTTP_HOOKS_ON_PUBLISH=http://127.0.0.1:2/a http://127.0.0.1:2/b",
		"SRS_VHOST_PLAY_GOP_CACHE=off", "SRS_VHOST_PLAY_GOP_CACHE_MAX_FRAMES=9", "SRS_VHOST_PLAY_MW_LATENCY=0",
		"SRS_VHOST_PUBLISH_NORMAL_TIMEOUT=7000", "SRS_VHOST_PUBLISH_FIRSTPKT_TIMEOUT=1000", "SRS_VHOST_CHUNK_SIZE=4096",
		"SRS_DAEMON=off", "SRS_VHOST_HTTP_HOOKS_ON_DVR=http://127.0.0.1:2/dvr", "SRS_CONFIG_FILE=x", "SRS_EMPTY=",
		"PATH=/bin",
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Listen, []string{"127.0.0.1:1936", ":1937"}) || got.MaxConnections != 7 ||
		got.ServerID != "me" ||
		got.ChunkSize != 4096 || !got.API.Enabled || got.API.Listen != "127.0.0.1:1985" {
		t.Errorf("%+v", got)
	}
	for _, v := range got.VHosts {
		urls := v.Hooks.URLs[hook.OnPublish]
		if !v.Hooks.Enabled || !slices.Equal(urls, []string{"http://127.0.0.1:2/a", "http://127.0.0.1:2/b"}) {
			t.Errorf("vhost %s: hooks %v, %v", v.Name, v.Hooks.Enabled, urls)
		}
		if v.GOPCache || v.GOPFrames != 9 || v.Merge != 0 || v.Publish != 7*time.Second ||
			v.FirstPacket != time.Second {
			t.Errorf("vhost %s: %+v", v.Name, v)
		}
	}
	var texts []string
	for _, w := range warnings {
		texts = append(texts, w.String())
	}
	want := []string{
		"environment: SRS_DAEMON is not known to this server and ignored",
		"environment: SRS_VHOST_HTTP_HOOKS_ON_DVR is not known to this server and ignored",
	}
	if !slices.Equal(texts, want) {
		t.Errorf("warnings\n%s\nwant\n%s", strings.Join(texts, "\n"), strings.Join(want, "\n"))
	}
}

// TestOverrideErrors: what would switch hooks off, or has no sense, is an error or at least said.
func TestOverrideErrors(t *testing.T) {
	for pair, want := range map[string]string{
		"SRS_VHOST_HTTP_HOOKS_ENABLED=ON": "environment: SRS_VHOST_HTTP_HOOKS_ENABLED: " +
			"expected on or off, in lower case, got ON",
		"SRS_VHOST_HTTP_HOOKS_ON_PUBLSH=http://127.0.0.1/": "environment: SRS_VHOST_HTTP_HOOKS_ON_PUBLSH: no " +
			"such variable; SRS_VHOST_HTTP_HOOKS_ON_PUBLISH was meant?",
		"SRS_VHOST_HTTP_HOOKS_ON_PLAY=127.0.0.1:8085":        "got 127.0.0.1:8085",
		"SRS_VHOST_HTTP_HOOKS_ON_PLAY=http://a/x,http://b/y": "with a comma: several URLs are separated by blanks",
		"SRS_MAX_CONNECTIONS=many": "environment: SRS_MAX_CONNECTIONS: expected a " +
			"number from 1 to 1000000, got many",
		"SRS_VHOST_HTTP_HOOKS_ON_CONNECT=http://127.0.0.1:8085": "SRS_VHOST_HTTP_HOOKS_ON_CONNECT is set, but the " +
			"hooks of vhost __defaultVhost__ are not enabled",
	} {
		t.Run(pair, func(t *testing.T) {
			_, warnings, err := Override(server.DefaultConfig(), []string{pair})
			said := ""
			if err != nil {
				said = err.Error()
			} else if len(warnings) > 0 {
				said = warnings[0].String()
			}
			if !strings.Contains(said, want) || strings.Contains(said, "\n") {
				t.Errorf("said %q, want %q once", said, want)
			}
		})
	}
}

// TestAsFound: files as people have them.
func TestAsFound(t *testing.T) {
	for _, c := range []struct{ name, text, err string }{
		{"a byte order mark", "\ufefflisten 1935;\nvhost __defaultVhost__ { }", ""},
		{"publish time-outs", "listen 1935; vhost __defaultVhost__ { publish { normal_timeout 7000; " +
			"firstpkt_timeout 30000; } }", ""},
		{"a comma and a blank", "listen 1935;\nvhost __defaultVhost__ { http_hooks { enabled on; on_play " +
			"http://a/x, http://b/y; } }",
			"x:2: on_play: expected a URL like http://127.0.0.1:8085/api/v1/clients, got http://a/x,, with a comma: " +
				"several URLs are separated by blanks"},
		{"a comma alone", "listen 1935;\nvhost __defaultVhost__ { http_hooks { enabled on; on_play " +
			"http://a/x,http://b/y; } }", "with a comma"},
		{"a comma in a path", "listen 1935;\nvhost __defaultVhost__ { http_hooks { enabled on; on_play " +
			"http://a/x,y; } }", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, warnings, err := Parse("x", c.text)
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) ||
				len(warnings) > 0 {
				t.Errorf("%v, warnings %v; want %q", err, warnings, c.err)
			}
			if c.name == "publish time-outs" && (cfg.VHosts[0].Publish != 7*time.Second ||
				cfg.VHosts[0].FirstPacket != 30*time.Second) {
				t.Errorf("%+v", cfg.VHosts[0])
			}
		})
	}
}
