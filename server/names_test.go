package server

import (
	"strings"
	"testing"

	"hookproof/hook"
)

func TestNames(t *testing.T) {
	long := "?token=" + strings.Repeat("x", 4096-7)
	set := newSettings(Config{VHosts: []VHost{
		DefaultVHostConfig(DefaultVHost), DefaultVHostConfig("conf.test"), DefaultVHostConfig("a_b"),
		DefaultVHostConfig("::1"),
	}})
	cases := []struct {
		name, tcURL, appProperty, stream string
		vhost, app, bare, param, url     string
	}{
		{"plain", "rtmp://127.0.0.1:1935/live", "live", "cam", DefaultVHost, "live", "cam", "", "/live/cam"},
		{"unknown host", "rtmp://foo.example/live", "live", "cam", DefaultVHost, "live", "cam", "", "/live/cam"},
		{"host is a vhost", "rtmp://conf.test/live", "live", "cam", "conf.test", "live", "cam", "",
			"conf.test/live/cam"},
		{"hosts are compared byte by byte", "rtmp://CONF.test/live", "live", "cam", DefaultVHost, "live", "cam", "",
			"/live/cam"},
		{"IPv6 with a port", "rtmp://[::1]:1935/live", "live", "cam", "::1", "live", "cam", "", "::1/live/cam"},
		{"user and password", "rtmp://u:p@conf.test:1935/live", "live", "cam", "conf.test", "live", "cam", "",
			"conf.test/live/cam"},
		{"vhost in tcUrl", "rtmp://h/live?vhost=conf.test", "live", "cam", "conf.test", "live", "cam",
			"?vhost=conf.test", "conf.test/live/cam"},
		{"vhost in the stream", "rtmp://h/live", "live", "cam?vhost=conf.test", "conf.test", "live", "cam",
			"?vhost=conf.test", "conf.test/live/cam"},
		{"the stream's vhost wins", "rtmp://h/live?vhost=a_b", "live", "cam?vhost=conf.test", "conf.test", "live",
			"cam", "?vhost=conf.test?vhost=a_b", "conf.test/live/cam"},
		{"domain", "rtmp://h/live?domain=conf.test", "live", "cam", "conf.test", "live", "cam", "?domain=conf.test",
			"conf.test/live/cam"},
		{"the old way", "rtmp://h/live...vhost...conf.test", "live", "cam", "conf.test", "live", "cam",
			"?vhost=conf.test", "conf.test/live/cam"},
		{"the old way, in the stream", "rtmp://h/live", "live", "cam...vhost...conf.test", "conf.test", "live", "cam",
			"?vhost=conf.test", "conf.test/live/cam"},
		{"an underscore", "rtmp://a_b/live", "live", "cam", "a_b", "live", "cam", "", "a_b/live/cam"},
		{"the default vhost by name", "rtmp://h/live?vhost=__defaultVhost__", "live", "cam", DefaultVHost, "live",
			"cam", "", "/live/cam"},
		{"stream parameters", "rtmp://h/live", "live", "cam?token=st&x=%20y==", DefaultVHost, "live", "cam",
			"?token=st&x=%20y==", "/live/cam"},
		{"tcUrl parameters", "rtmp://h/live?token=tc", "live", "cam", DefaultVHost, "live", "cam", "?token=tc",
			"/live/cam"},
		{"both", "rtmp://h/live?token=tc", "live", "cam?token=st", DefaultVHost, "live", "cam", "?token=st?token=tc",
			"/live/cam"},
		{"the same in both", "rtmp://h/live?token=t", "live", "cam?token=t", DefaultVHost, "live", "cam", "?token=t",
			"/live/cam"},
		{"a slash in a parameter", "rtmp://h/live", "live", "cam?path=/a/b", DefaultVHost, "live", "cam", "?path=/a/b",
			"/live/cam"},
		{"4,096 bytes", "rtmp://h/live", "live", "cam" + long, DefaultVHost, "live", "cam", long, "/live/cam"},
		{"a fragment", "rtmp://h/live", "live", "cam#frag=1", DefaultVHost, "live", "cam", "#frag=1", "/live/cam"},
		{"an instance", "rtmp://h/live/inst", "live/inst", "cam", DefaultVHost, "live/inst", "cam", "",
			"/live/inst/cam"},
		{"the default instance", "rtmp://h/live/_definst_", "live", "cam", DefaultVHost, "live", "cam", "",
			"/live/cam"},
		{"a directory in the stream", "rtmp://h/live", "live", "dir/cam", DefaultVHost, "live/dir", "cam", "",
			"/live/dir/cam"},
		{"a leading slash", "rtmp://h/live/", "live/", "/cam", DefaultVHost, "live", "cam", "", "/live/cam"},
		{"a kind before the name", "rtmp://h/live", "live", "mp4:cam", DefaultVHost, "live", "mp4:cam", "",
			"/live/mp4:cam"},
		{"no app", "rtmp://h", "", "cam", DefaultVHost, defaultApp, "cam", "", "/" + defaultApp + "/cam"},
		{"app from its property", "rtmp://h", "live?token=tc", "cam", DefaultVHost, "live", "cam", "?token=tc",
			"/live/cam"},
		{"no name", "rtmp://h/live", "live", "?token=1", DefaultVHost, "live", "", "?token=1", "/live/"},
		{"blanks", "rtmp://h/li ve", "live", " ca m\t/x\r\n?a= b\t", DefaultVHost, "live/cam", "x", "?a= b\t",
			"/live/cam/x"},
		{"hostile", "rtmp://h/live", "live", "a\x00\"},{\"b\n", DefaultVHost, "live", "a\x00\"},{\"b", "",
			"/live/a\x00\"},{\"b"},
	}
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			a, err := parseTCURL(k.tcURL, k.appProperty)
			if err != nil {
				t.Fatal(err)
			}
			var got target
			got.app, got.name, got.param = a.stream(k.stream)
			if got.vhost, err = set.resolve(a.host, got.param); err != nil {
				t.Fatal(err)
			}
			if got.vhost.Name != k.vhost || got.app != k.app || got.name != k.bare || got.param != k.param ||
				got.streamURL() != k.url {
				t.Errorf("vhost %q app %q stream %q param %q url %q", got.vhost.Name, got.app, got.name, got.param,
					got.streamURL())
			}
		})
	}
}

func TestBadTCURL(t *testing.T) {
	for _, raw := range []string{"", "live", "rtmp://", "rtmp:///live", "rtmp:/h/live", "://"} {
		if _, err := parseTCURL(raw, "live"); err == nil {
			t.Errorf("%q: no error", raw)
		}
	}
}

func TestResolveRefuses(t *testing.T) {
	off := DefaultVHostConfig("off.test")
	off.Enabled = false
	set := newSettings(Config{VHosts: []VHost{off}})
	for host, want := range map[string]string{"off.test": "not enabled", "other.test": "not configured"} {
		if _, err := set.resolve(host, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func FuzzNames(f *testing.F) {
	f.Add("rtmp://h:1935/live?token=tc", "live", "cam?vhost=conf.test")
	f.Add("rtmp://[::1]/live...vhost...x/_definst_", "live", "/a/b/c#x")
	f.Add("rtmp://u@h", "a?b", "...vhost...")
	set := newSettings(DefaultConfig())
	f.Fuzz(func(t *testing.T, tcURL, app, stream string) {
		a, err := parseTCURL(tcURL, app)
		if err != nil {
			return
		}
		if a.host == "" || a.app == "" {
			t.Errorf("%+v", a)
		}
		appOf, name, param := a.stream(stream)
		if strings.ContainsAny(name, "/?#") || appOf == "" || param != "" && !strings.ContainsAny(param[:1], "?#") {
			t.Errorf("app %q name %q param %q", appOf, name, param)
		}
		if _, err := set.resolve(a.host, param); err != nil {
			t.Error(err)
		}
	})
}

func TestClientIDs(t *testing.T) {
	g := newIDs()
	seen := map[string]bool{}
	for range 100_000 {
		n := g.next()
		for _, p := range []*hook.Profile{hook.SRS1, hook.SRS7} {
			id := g.clientID(n, p)
			if id == "" || seen[id] || p == hook.SRS7 && len(id) != idLength {
				t.Fatalf("%q came twice or is malformed", id)
			}
			seen[id] = true
		}
	}
}
