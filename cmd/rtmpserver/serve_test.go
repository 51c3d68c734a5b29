package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/endpoint"
	"hookproof/internal/test/recorder"
)

// get reads a URL, or sends another method to it.
func get(t *testing.T, method, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := (&http.Client{Transport: transport, Timeout: patience}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: status %d, %v: %s", method, url, response.StatusCode, err, body)
	}
	return string(body)
}

var (
	opening = []hook.Event{hook.OnConnect, hook.OnPublish}
	whole   = []hook.Event{hook.OnConnect, hook.OnPublish, hook.OnUnpublish, hook.OnClose}
)

// TestServe is the command with flags alone: hooks, API, metrics, profiles, a
// kicked client, and the end by SIGTERM with a live client (S-ORD-06, S-ORD-07).
func TestServe(t *testing.T) {
	for _, profile := range []string{"srs1", "srs6"} {
		t.Run(profile, func(t *testing.T) {
			hooks := hookServer(t)
			c := start(t, "-listen", "127.0.0.1:0", "-hooks", hooks.URL(), "-profile", profile, "-api", "0", "-pprof",
				"0")
			addr, api := c.addr("listening"), "http://"+c.addr("HTTP API")
			publish(t, addr, "cam1")
			events(t, hooks, opening...)

			id := hooks.Requests()[1].Payload.ClientID
			var one struct {
				Client struct{ ID, Name, URL, Type string }
			}
			if err := json.Unmarshal([]byte(get(t, "GET", api+"/api/v1/clients/"+id)), &one); err != nil {
				t.Fatal(err)
			}
			if one.Client.ID != id || one.Client.Name != "cam1" || one.Client.URL != "/live/cam1" ||
				one.Client.Type != "fmle-publish" {
				t.Errorf("the client is %+v, want %s publishing /live/cam1", one.Client, id)
			}
			if streams := get(t, "GET", api+"/api/v1/streams"); !strings.Contains(streams,
				`"publish":{"active":true,"cid":"`+id+`"}`) {
				t.Errorf("streams are %s", streams)
			}
			if answer := get(t, "DELETE", api+"/api/v1/clients/"+id); !strings.HasPrefix(answer, `{"code":0,`) {
				t.Errorf("the kick is answered %s", answer)
			}
			events(t, hooks, whole...)
			metrics := get(t, "GET", api+"/metrics")
			if want := `hookproof_hook_calls_total{event="on_publish",result="accepted"} 1`; !strings.Contains(metrics,
				want) {
				t.Errorf("metrics lack %s", want)
			}
			if index := get(t, "GET", "http://"+c.addr("profiles")+"/debug/pprof/"); !strings.Contains(index,
				"goroutine") {
				t.Error("the index of profiles is wrong")
			}

			hooks.Clear()
			publish(t, addr, "cam2")
			events(t, hooks, opening...)
			c.signal(syscall.SIGTERM)
			events(t, hooks, whole...)
			if code := c.exit(); code != cli.ExitOK {
				t.Errorf("exit code %d, want 0", code)
			}
		})
	}
}

// TestEndWithoutHooks: a hook server that does not answer keeps the end waiting
// until the grace time is over, or until the second signal.
func TestEndWithoutHooks(t *testing.T) {
	for _, c := range []struct {
		name, grace string
		second      bool
	}{
		{"grace time", "300ms", false},
		{"second signal", "1h", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			hooks, gate := hookServer(t), make(chan struct{})
			t.Cleanup(func() { close(gate) })
			hooks.Answer(recorder.On(hook.OnUnpublish, endpoint.Answer{Body: "0", Gate: gate}))
			p := start(t, "-listen", "127.0.0.1:0", "-hooks", hooks.URL(), "-grace", c.grace)
			publish(t, p.addr("listening"), "cam1")
			p.signal(syscall.SIGINT)
			events(t, hooks, hook.OnConnect, hook.OnPublish, hook.OnUnpublish)
			if c.second {
				p.signal(syscall.SIGTERM)
			}
			if code := p.exit(); code != cli.ExitFailed {
				t.Errorf("exit code %d, want %d: closing events were lost", code, cli.ExitFailed)
			}
		})
	}
}

// TestLostEvents: closing events that no hook server got make exit code 1.
func TestLostEvents(t *testing.T) {
	for _, down := range []bool{false, true} {
		hooks := hookServer(t)
		p := start(t, "-listen", "127.0.0.1:0", "-hooks", hooks.URL())
		publish(t, p.addr("listening"), "cam1")
		events(t, hooks, hook.OnConnect, hook.OnPublish)
		want := cli.ExitOK
		if down {
			hooks.Close()
			want = cli.ExitFailed
		}
		p.signal(syscall.SIGTERM)
		if code := p.exit(); code != want {
			t.Errorf("the hook server is down: %v: exit code %d, want %d", down, code, want)
		}
	}
}

// TestReload: SIGHUP brings the hooks of the file as it is now, for clients
// that are there already, too; a mistake in the file changes nothing.
func TestReload(t *testing.T) {
	first, second := hookServer(t), hookServer(t)
	conf := func(e *recorder.Recorder) string {
		return fmt.Sprintf("listen 127.0.0.1:0;\nvhost __defaultVhost__ {\nhttp_hooks {\nenabled on;\non_publish "+
			"%s/p;\non_unpublish %s/u;\n}\n}\n", e.URL(), e.URL())
	}
	file := confFile(t, conf(first))
	c := start(t, "-c", file)
	addr := c.addr("listening")
	one := publish(t, addr, "one")
	events(t, first, hook.OnPublish)

	if err := os.WriteFile(file, []byte(conf(second)), 0o644); err != nil {
		t.Fatal(err)
	}
	c.signal(syscall.SIGHUP)
	c.says("reloaded")
	one.Vanish()
	events(t, second, hook.OnUnpublish)

	if err := os.WriteFile(file, []byte("listen 127.0.0.1:0;\nhttp_hooks {\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c.signal(syscall.SIGHUP)
	c.says(file + ":2: http_hooks: expected inside of a vhost")
	c.says("reload failed; the old configuration stays")
	publish(t, addr, "two")
	events(t, second, hook.OnUnpublish, hook.OnPublish)
	events(t, first, hook.OnPublish)
	c.signal(syscall.SIGTERM)
	if code := c.exit(); code != cli.ExitOK {
		t.Errorf("exit code %d, want 0", code)
	}
}

// TestReloadWithoutFile: SIGHUP must not end a server that was started by flags.
func TestReloadWithoutFile(t *testing.T) {
	c := start(t, "-listen", "127.0.0.1:0")
	c.addr("listening")
	c.says("no hooks: everybody is let in")
	c.signal(syscall.SIGHUP)
	c.says("nothing to reload")
	c.signal(syscall.SIGINT)
	if code := c.exit(); code != cli.ExitOK {
		t.Errorf("exit code %d, want 0", code)
	}
}

// TestWarnings: what a configuration has too much is told in the log.
func TestWarnings(t *testing.T) {
	file := confFile(t, "listen 127.0.0.1:0;\ndaemon off;\nvhost __defaultVhost__ {\n}\n")
	c := start(t, "-c", file)
	line := c.await("warning", func(l map[string]any) bool { return l["msg"] == "configuration" })
	if line["file"] != file || line["line"] != 2.0 || !strings.HasPrefix(line["text"].(string), "daemon ") {
		t.Errorf("the warning is %v", line)
	}
	c.addr("listening")
	c.signal(syscall.SIGTERM)
	if code := c.exit(); code != cli.ExitOK {
		t.Errorf("exit code %d, want 0", code)
	}
}
