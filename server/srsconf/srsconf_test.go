package srsconf

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/server"

	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// in puts directives into the http_hooks block of a complete configuration.
// They begin on line 4.
func in(directives string) string {
	return "listen 1935;\nvhost __defaultVhost__ {\nhttp_hooks {\n" + directives + "\n}\n}\n"
}

// parse reads a configuration that has to be right.
func parse(t *testing.T, text string) (server.Config, []Warning) {
	t.Helper()
	c, warnings, err := Parse("srs.conf", text)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return c, warnings
}

func TestEverythingWeHave(t *testing.T) {
	c, warnings, err := Load("testdata/ours.conf")
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) > 0 {
		t.Errorf("warnings: %v", warnings)
	}
	want := server.DefaultConfig()
	want.Listen = []string{":1935", "127.0.0.1:19350", "[::1]:1936"}
	want.MaxConnections = 200
	want.ChunkSize = 4096
	want.ServerID = "origin-1"
	want.API = server.API{Enabled: true, Listen: "127.0.0.1:1985", Metrics: false}
	plain := server.DefaultVHostConfig(server.DefaultVHost)
	plain.Hooks.Enabled = true
	plain.Hooks.URLs = map[hook.Event][]string{
		hook.OnConnect:   {"http://127.0.0.1:8085/api/v1/clients", "https://[::1]:8443/clients?a=1;b=2"},
		hook.OnClose:     {"http://127.0.0.1:8085/api/v1/clients"},
		hook.OnPublish:   {"http://127.0.0.1:8085/api/v1/streams"},
		hook.OnUnpublish: {"http://127.0.0.1:8085/api/v1/streams"},
		hook.OnPlay:      {"http://127.0.0.1:8085/api/v1/sessions"},
		hook.OnStop:      {"http://127.0.0.1:8085/api/v1/sessions"},
	}
	modern := server.DefaultVHostConfig("modern.example")
	modern.GOPCache = false
	modern.Hooks.Profile, modern.Hooks.Timeout, modern.Hooks.InsecureTLS = "srs6", 1500*time.Millisecond, true
	modern.Hooks.Retry, modern.Hooks.MaxCalls = 20*time.Second, 64
	off := server.DefaultVHostConfig("off.example")
	off.Enabled, off.GOPCache = false, false
	want.VHosts = []server.VHost{plain, modern, off}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("Load gives\n%+v\nwant\n%+v", c, want)
	}
}

func TestErrors(t *testing.T) {
	head := "listen 1935;\n"
	for _, c := range []struct{ name, text, want string }{
		{"semicolon missing on one line", in("enabled on on_publish http://127.0.0.1/;"),
			`srs.conf:4: enabled: a ";" is missing before "on_publish"`},
		{"semicolon missing between events", in("on_connect http://127.0.0.1/ on_close http://127.0.0.1/;"),
			`srs.conf:4: on_connect: a ";" is missing before "on_close"`},
		{"semicolon missing at the line's end", in("enabled on\non_publish http://127.0.0.1/;"),
			`srs.conf:4: enabled: expected ";" or "{" at the end of this line, got a new line 5`},
		{"semicolon on the next line", in("enabled on\n;"),
			`srs.conf:4: enabled: expected ";" or "{" at the end of this line, got a new line 5`},
		{"semicolon missing before a comment", in("enabled on # yes\n"),
			`srs.conf:4: enabled: expected ";" before "}" on line 6`},
		{"semicolon missing before a brace", in("enabled on"),
			`srs.conf:4: enabled: expected ";" before "}" on line 5`},
		{"semicolon missing at the end of the file", "listen 1935",
			`srs.conf:1: listen: expected ";" or a block, got the end of the file`},
		{"semicolon missing before a block", head + "daemon off vhost a {\n}",
			`srs.conf:2: daemon: a ";" is missing before "vhost"`},
		{"ignored directive swallows hooks", head + "vhost a {\ntcp_nodelay on http_hooks {\nenabled on;\n}\n}",
			`srs.conf:3: tcp_nodelay: a ";" is missing before "http_hooks"`},
		{"brace missing", head + "vhost a {\n", `srs.conf:2: vhost: the block that begins here has no "}"`},
		{"brace too many", head + "}", `srs.conf:2: unexpected "}"`},
		{"semicolon too many", head + ";;", `srs.conf:2: unexpected ";"`},
		{"block without a name", "{\nlisten 1;\n}", `srs.conf:1: expected a directive's name before ";" or "{"`},
		{"semicolon alone", ";", `srs.conf:1: expected a directive's name before ";" or "{"`},
		{"quote not closed", head + `server_id "a;`,
			`srs.conf:2: server_id: expected ";" or a block, got the end of the file`},
		{"nesting", head + strings.Repeat("a {\n", 40), "srs.conf:33: blocks are nested deeper than 32"},

		{"unknown event", in("on_foo http://127.0.0.1/;"),
			"srs.conf:4: on_foo: expected enabled, profile, timeout, retry, max_calls, insecure_tls, hook_keepalive " +
				"or one of on_connect, on_close,"},
		{"mistyped event", in("on_publsh http://127.0.0.1/;"),
			"srs.conf:4: on_publsh: no such directive inside of http_hooks; on_publish was meant?"},
		{"mistyped switch", in("enable on;"),
			"srs.conf:4: enable: no such directive inside of http_hooks; enabled was meant?"},
		{"mistyped http_hooks", head + "vhost a {\nhttp_hook {\nenabled on;\n}\n}",
			"srs.conf:3: http_hook: no such directive inside of vhost; http_hooks was meant?"},
		{"mistyped vhost", head + "vhots a {\n}",
			"srs.conf:2: vhots: no such directive at the top level; vhost was meant?"},
		{"switch in capitals", in("enabled ON;"), "srs.conf:4: enabled: expected on or off, in lower case, got ON"},
		{"switch true", in("enabled true;"), "srs.conf:4: enabled: expected on or off, in lower case, got true"},
		{"switch empty", in("enabled;"), "srs.conf:4: enabled: expected on or off, got nothing"},
		{"switch with two values", in("enabled on off;"),
			"srs.conf:4: enabled: expected on or off, got 2 values: on off"},
		{"switch as a block", in("enabled on {\n}"), `srs.conf:4: enabled: expected ";", got a block`},
		{"hooks as a line", head + "vhost a {\nhttp_hooks;\n}",
			`srs.conf:3: http_hooks: expected a block in braces, got ";"`},
		{"event without URLs", in("on_play;"), "srs.conf:4: on_play: expected one or more URLs, got nothing"},
		{"profile", in("profile srs9;"),
			"srs.conf:4: profile: expected srs1 or srs3 or srs4 or srs6 or srs7, got srs9"},
		{"timeout zero", in("timeout 0;"), "srs.conf:4: timeout: expected seconds, from 0.001 to 3600, got 0"},
		{"timeout with a unit", in("timeout 5s;"), "srs.conf:4: timeout: expected seconds, from 0.001 to 3600, got 5s"},
		{"retry less than nothing", in("retry -1;"), "srs.conf:4: retry: expected 0 or seconds to 3600, got -1"},
		{"retry too long", in("retry 3601;"), "srs.conf:4: retry: expected 0 or seconds to 3600, got 3601"},
		{"max_calls zero", in("max_calls 0;"), "srs.conf:4: max_calls: expected a number from 1 to 100000, got 0"},
		{"timeout not a number", in("timeout NaN;"),
			"srs.conf:4: timeout: expected seconds, from 0.001 to 3600, got NaN"},

		{"switch twice", in("enabled on;\nenabled off;"), "srs.conf:5: enabled is given twice: the first is on line 4"},
		{"event twice", in("on_play http://127.0.0.1/a;\n\non_play http://127.0.0.1/b;"),
			"srs.conf:6: on_play is given twice: the first is on line 4"},
		{"hooks twice", head + "vhost a {\nhttp_hooks {\n}\nhttp_hooks {\n}\n}",
			"srs.conf:5: http_hooks is given twice: the first is on line 3"},
		{"vhost twice", head + "vhost a {\n}\nvhost a {\n}",
			"srs.conf:4: vhost a is given twice: the first is on line 2"},
		{"API twice", head + "http_api {\n}\nhttp_api {\n}",
			"srs.conf:4: http_api is given twice: the first is on line 2"},
		{"gop_cache in both places", head + "vhost a {\ngop_cache on;\nplay {\ngop_cache off;\n}\n}",
			"srs.conf:5: gop_cache is given twice: the first is on line 3"},
		{"address twice", head + "listen 1935;", "srs.conf:2: listen: 1935 is given twice: the first is on line 1"},
		{"address within another", head + "listen 127.0.0.1:1935;",
			"srs.conf:2: listen: 127.0.0.1:1935 and :1935, line 1, cannot both be served"},
		{"another around an address", "listen 127.0.0.1:1935;\nlisten 1935;",
			"srs.conf:2: listen: 1935 and 127.0.0.1:1935, line 1, cannot both be served"},
		{"localhost and its address", "listen localhost:1935 127.0.0.1:1935;",
			"srs.conf:1: listen: 127.0.0.1:1935 and localhost:1935, line 1, cannot both be served"},
		{"API on the port of RTMP", head + "http_api {\nenabled on;\nlisten 127.0.0.1:1935;\n}",
			"srs.conf:4: http_api: 127.0.0.1:1935 cannot be served beside RTMP on :1935, line 1: expected another " +
				"port"},
		{"API on its usual port, which RTMP has", "listen 1985;\nhttp_api {\nenabled on;\n}",
			"srs.conf:2: http_api: 127.0.0.1:1985 cannot be served beside RTMP on :1985, line 1"},

		{"hooks outside of a vhost", head + "http_hooks {\nenabled on;\n}",
			"srs.conf:2: http_hooks: expected inside of a vhost, got it at the top level"},
		{"event outside of http_hooks", head + "vhost a {\non_play http://127.0.0.1/;\n}",
			"srs.conf:3: on_play: expected inside of http_hooks of a vhost, got it inside of vhost"},
		{"hooks in an ignored block", head + "vhost a {\ntranscode {\nhttp_hooks {\n}\n}\n}",
			"srs.conf:4: http_hooks: expected inside of a vhost, got it inside of transcode"},

		{"another mount", head + "vhost a {\nhttp_remux {\nmount /[stream].flv;\n}\n}",
			"srs.conf:4: mount: expected [vhost]/[app]/[stream].flv, the only one that this server has, got "},
		{"window of nothing", head + "vhost a {\nhls {\nhls_window 0;\n}\n}",
			"srs.conf:4: hls_window: expected seconds, from 0.1 to 86400, got 0"},
		{"proxy by name", head + "http_server {\ntrusted_proxies proxy.example;\n}",
			"srs.conf:3: trusted_proxies: expected an address or a network such as 10.0.0.0/8, got proxy.example"},
		{"viewers beside RTMP", head + "http_server {\nenabled on;\nlisten 1935;\n}",
			"srs.conf:4: http_server: :1935 cannot be served beside RTMP on :1935, line 1: expected another port"},
		{"viewers beside the API", head + "http_api {\nenabled on;\n}\nhttp_server {\nenabled on;\nlisten 1985;\n}",
			"srs.conf:7: http_server: :1985 cannot be served beside the API on 127.0.0.1:1985: expected another port"},

		{"no listen", "max_connections 1;", `srs.conf: expected at least one listen directive, as in "listen 1935;"`},
		{"nothing", "# nothing", `configuration: expected at least one listen directive`},
		{"listen empty", "listen;", "srs.conf:1: listen: expected PORT or IP:PORT, got nothing"},
		{"listen port", "listen 70000;",
			"srs.conf:1: listen: expected PORT or IP:PORT with a port from 0 to 65535, got 70000"},
		{"listen host", "listen example.com:1935;",
			"srs.conf:1: listen: expected PORT or IP:PORT with a port from 0 to 65535, got example.com:1935"},
		{"max_connections", head + "max_connections many;",
			"srs.conf:2: max_connections: expected a number from 1 to 1000000, got many"},
		{"chunk_size", head + "chunk_size 100;",
			"srs.conf:2: chunk_size: expected a number from 128 to 65536, got 100"},
		{"chunk_size of a vhost", head + "vhost a {\nchunk_size 1;\n}",
			"srs.conf:3: chunk_size: expected a number from 128 to 65536, got 1"},
		{"API address", head + "http_api {\nlisten x;\n}",
			"srs.conf:3: listen: expected PORT or IP:PORT with a port from 0 to 65535, got x"},
		{"vhost without a name", head + "vhost {\n}", "srs.conf:2: vhost: expected one name, got nothing"},
		{"vhost with a blank name", head + "vhost \"a b\" {\n}",
			`srs.conf:2: vhost: expected a name without blanks, quotes, backslashes and control characters, got "a b"`},
		{"quoted server_id", head + `server_id 'a"b';`,
			`srs.conf:2: server_id: expected a name without blanks, quotes,`},
		{"control bytes are not printed", head + "max_connections a\x01b;", `got "a\x01b"`},

		{"include without a name", "include;", `srs.conf:1: include: expected file names and a ";"`},
		{"include of nothing", head + "include nowhere.conf;", "srs.conf:2: include nowhere.conf: cannot be read: "},
		{"include of a directory", head + "include testdata;",
			"srs.conf:2: include testdata: cannot be read: testdata: expected a regular file"},
		{"include of a pattern", head + "include testdata/*.conf;",
			"srs.conf:2: include testdata/*.conf: expected a file name; patterns are not expanded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Parse("srs.conf", c.text)
			if err == nil {
				t.Fatalf("no error, want %q", c.want)
			}
			var errs Errors
			if !errors.As(err, &errs) {
				t.Fatalf("the error is a %T, want Errors", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is\n%v\nwant in it\n%s", err, c.want)
			}
		})
	}
}

func TestURLs(t *testing.T) {
	for _, c := range []struct{ name, url, want, warning string }{
		{"plain", "http://127.0.0.1:8085/api", "", ""},
		{"https", "https://hooks.example/api?key=1", "", ""},
		{"scheme in capitals", "HTTP://127.0.0.1/", "", ""},
		{"without a path", "http://127.0.0.1:8085", "", ""},
		{"IPv6", "http://[::1]:8085/x", "", ""},
		{"user and password", "http://u:p@127.0.0.1/", "", "does not send the user name"},
		{"fragment", "http://127.0.0.1/#a", "", "what follows the # is not sent"},
		{"query without a path", "http://127.0.0.1?a=1", "", "malformed request"},
		{"placeholders", "http://127.0.0.1/[app]/[stream]", "", "not replaced"},
		{"no scheme", "127.0.0.1:8085/api", "which is not a URL", ""},
		{"no scheme, a name", "localhost:8085/api", "without http:// or https:// in front", ""},
		{"only a path", "/api/v1", "without http:// or https:// in front", ""},
		{"ftp", "ftp://127.0.0.1/", "whose scheme is not http or https", ""},
		{"no host", "http:///api", "without a host", ""},
		{"port 0", "http://127.0.0.1:0/", "whose port is not from 1 to 65535", ""},
		{"port too large", "http://127.0.0.1:65536/", "whose port is not from 1 to 65535", ""},
		{"port empty", "http://127.0.0.1:/", "whose port is not from 1 to 65535", ""},
		{"blank", `"http://127.0.0.1/a b"`, "percent-encoded", ""},
		{"quotes", `'http://127.0.0.1/"x"'`, "percent-encoded", ""},
		{"backslash", `http://127.0.0.1/a\b`, "percent-encoded", ""},
		{"not ASCII", "http://127.0.0.1/ä", "percent-encoded", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, warnings, err := Parse("srs.conf", in("enabled on;\non_play "+c.url+";"))
			switch {
			case c.want == "" && err != nil:
				t.Errorf("error: %v", err)
			case c.want != "" && (err == nil || !strings.HasPrefix(err.Error(),
				"srs.conf:5: on_play: expected a URL like ") || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error is %v, want %q in it", err, c.want)
			case c.warning != "" && (len(warnings) != 1 || !strings.Contains(warnings[0].String(), c.warning)):
				t.Errorf("warnings are %v, want %q", warnings, c.warning)
			case c.warning == "" && len(warnings) > 0:
				t.Errorf("warnings: %v", warnings)
			}
		})
	}
}

// TestMessagesHaveNoSecrets: they end in logs.
func TestMessagesHaveNoSecrets(t *testing.T) {
	for _, url := range []string{
		"http://alice:secret@127.0.0.1/api?key=secret#secret", "http://alice:secret@127.0.0.1:99999/?secret",
		"ftp://alice:secret@h/?key=secret",
		`"http://alice:secret@127.0.0.1/a b?key=secret"`,
	} {
		_, warnings, err := Parse("srs.conf", in("enabled on;\non_play "+url+";"))
		if err == nil && len(warnings) == 0 {
			t.Errorf("%s: neither an error nor a warning", url)
		}
		if all := fmt.Sprint(warnings, err); strings.Contains(all, "secret") {
			t.Errorf("%s", all)
		}
	}
}

// TestSameAddress: SRS's way to name all addresses twice is no mistake.
func TestSameAddress(t *testing.T) {
	for _, text := range []string{"listen 1935 [::]:1935;", "listen [::]:1935 1935;",
		"listen 0.0.0.0:1935;\nlisten 1935;"} {
		c, _ := parse(t, text+"\nvhost __defaultVhost__ {\n}\n")
		if len(c.Listen) != 1 {
			t.Errorf("%s gives %v, want one address", text, c.Listen)
		}
	}
	c, _ := parse(t, "listen 0 127.0.0.1:0 127.0.0.1:1935 127.0.0.2:1935;\nhttp_api {\nlisten 1935;\n}\nvhost "+
		"__defaultVhost__ {\n}\n")
	if len(c.Listen) != 4 {
		t.Errorf("listeners are %v, want four", c.Listen)
	}
}

func TestWarnings(t *testing.T) {
	head := "listen 1935;\nvhost __defaultVhost__ {\n}\n"
	for _, c := range []struct{ name, text, want string }{
		{"number twice", head + "max_connections 5;\nmax_connections 6;",
			"srs.conf:5: max_connections is given twice; the first, line 4, counts"},
		{"number in both places", head + "chunk_size 128;\nrtmp {\nchunk_size 256;\n}",
			"srs.conf:6: chunk_size is given twice; the first, line 4, counts"},
		{"listen twice", head + "rtmp {\nlisten 1936;\n}",
			"srs.conf:5: listen is given 2 times; SRS would use the first only"},
		{"no default vhost", "listen 1935;", "srs.conf: there is no vhost __defaultVhost__"},
		{"port of the API", head + "http_api {\nlisten 1985;\n}",
			"srs.conf:5: listen 1985 of http_api serves 127.0.0.1 only; write 0.0.0.0:1985"},
		{"hooks off", in("enabled off;\non_play http://127.0.0.1/;"),
			`srs.conf:3: http_hooks has URLs but says "enabled off"`},
		{"hooks not switched on", in("on_play http://127.0.0.1/;"),
			`srs.conf:3: http_hooks has URLs but lacks "enabled on;"`},
		{"unknown", head + "daemon off;",
			"srs.conf:4: daemon at the top level is not known to this server and ignored"},
		{"unknown, with a name that disturbs", head + "\"a\x1bb\" off;", `srs.conf:4: "a\x1bb" at the top level`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, warnings := parse(t, c.text)
			if len(warnings) != 1 || !strings.HasPrefix(warnings[0].String(), c.want) {
				t.Errorf("warnings are %v, want one: %s", warnings, c.want)
			}
		})
	}
}

// TestAllErrorsAtOnce checks that one mistake does not hide the next.
func TestAllErrorsAtOnce(t *testing.T) {
	_, _, err := Load("testdata/wrong.conf")
	if err == nil {
		t.Fatal("no error")
	}
	golden(t, "testdata/wrong.golden", err.Error()+"\n")
}

// TestSRSConfiguration loads a configuration as users of SRS have them.
func TestSRSConfiguration(t *testing.T) {
	c, warnings, err := Load("testdata/srs.conf")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, w := range warnings {
		b.WriteString(w.String() + "\n")
	}
	golden(t, "testdata/srs.warnings.golden", b.String())
	golden(t, "testdata/srs.formatted.golden", Format(c))
}

// golden compares text with a file.
func golden(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", filepath.Base(file), text, want)
	}
}
