package hookflags

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"hookproof/hook"
	"hookproof/internal/identity"
)

func parse(t *testing.T, args ...string) (*Server, error) {
	t.Helper()
	s := &Server{}
	f := flag.NewFlagSet("test", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	s.Register(f, "test", identity.Both)
	err := f.Parse(args)
	if err == nil {
		err = s.Check()
	}
	return s, err
}

func TestURLs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "srs.conf")
	const text = "listen 1935;\nvhost __defaultVhost__ { http_hooks { enabled on; on_play http://127.0.0.1:1/p " +
		"http://127.0.0.1:1/q; } }\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	const one = "http://127.0.0.1:1/x"
	all := map[hook.Event][]string{}
	for _, ev := range hook.Events {
		all[ev] = []string{one}
	}
	for _, c := range []struct {
		name string
		args []string
		want map[hook.Event][]string
	}{
		{"one for all", []string{"-url", one}, all},
		{"single ones", []string{"-on_play", one}, map[hook.Event][]string{hook.OnPlay: {one}}},
		{"a configuration", []string{"-conf", path},
			map[hook.Event][]string{hook.OnPlay: {"http://127.0.0.1:1/p", "http://127.0.0.1:1/q"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := parse(t, c.args...)
			if err != nil {
				t.Fatal(err)
			}
			got, _, err := s.URLs()
			if err != nil || !reflect.DeepEqual(got, c.want) || !s.Given() || s.Description() == "" {
				t.Errorf("got %v, %v; want %v", got, err, c.want)
			}
		})
	}
}

func TestFlagsRefuse(t *testing.T) {
	for name, c := range map[string]struct{ args, want string }{
		"two ways":      {"-hooks http://127.0.0.1:1 -url http://127.0.0.1:1/x", "exclude each other"},
		"no URL":        {"-url x", "hook URL"},
		"no token":      {"-accept good", "KEY=VALUE"},
		"no such file":  {"-identities nowhere", "nowhere"},
		"a closing one": {"-refuse on_close:token=bad", "only on_connect"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parse(t, strings.Fields(c.args)...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestConfiguration(t *testing.T) {
	path := t.TempDir() + "/srs.conf"
	text := `listen 1935;
heartbeat { enabled on; }
vhost other { forward { enabled on; } http_hooks { enabled on; on_play http://127.0.0.1:1/p; } }
vhost __defaultVhost__ { http_hooks { enabled on; on_connect http://127.0.0.1:1/a http://127.0.0.1:1/b; } }
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	urls, warnings, err := configuration(path, "")
	if err != nil || len(urls[hook.OnConnect]) != 2 || len(urls[hook.OnPlay]) != 0 {
		t.Errorf("%v, %v", urls, err)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0].Text, "vhost other has http_hooks, too: -vhost other") {
		t.Errorf("want a warning of the other vhost, and none of what has nothing to do with hooks; got %v", warnings)
	}
	if urls, _, err = configuration(path, "other"); err != nil || len(urls[hook.OnPlay]) != 1 {
		t.Errorf("other: %v, %v", urls, err)
	}
	if _, _, err = configuration(path, "none"); err == nil || !strings.Contains(err.Error(), "no vhost none") {
		t.Errorf("none: %v", err)
	}
}
