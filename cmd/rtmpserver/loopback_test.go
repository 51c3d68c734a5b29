package main

import (
	"net/netip"
	"testing"
)

// TestLoopbackByDefault: nothing is served to other machines unless an address
// says so. RTMP by a configuration file is as with SRS.
func TestLoopbackByDefault(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		rtmp bool // on loopback
		api  bool
	}{
		{"nothing said", nil, true, true},
		{"ports alone", []string{"-listen", "1935", "-api", "1985"}, true, true},
		{"a file's ports", []string{"-c",
			confFile(t, "listen 1935;\nhttp_api {\nenabled on;\nlisten 1985;\n}\nvhost __defaultVhost__ {\n}\n")},
			false, true},
		{"a file's API without a port",
			[]string{"-c", confFile(t, "listen 127.0.0.1:1935;\nhttp_api {\nenabled on;\n}\nvhost __defaultVhost__ "+
				"{\n}\n")}, true, true},
		{"told otherwise", []string{"-listen", ":1935", "-api", "0.0.0.0:1985"}, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOptions()
			if err := o.flags.Parse(c.args); err != nil {
				t.Fatal(err)
			}
			cfg, _, err := o.load()
			if err != nil {
				t.Fatal(err)
			}
			if got := loopback(cfg.Listen[0]); got != c.rtmp {
				t.Errorf("RTMP is served on %s", cfg.Listen[0])
			}
			if got := loopback(cfg.API.Listen); got != c.api {
				t.Errorf("the API is served on %s", cfg.API.Listen)
			}
		})
	}
	if addr, err := address("pprof", "6060"); err != nil || !loopback(addr) {
		t.Errorf("profiles are served on %s, %v", addr, err)
	}
}

func loopback(addr string) bool {
	a, err := netip.ParseAddrPort(addr)
	return err == nil && a.Addr().IsLoopback()
}
