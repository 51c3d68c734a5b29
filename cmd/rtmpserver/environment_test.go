package main

import (
	"strings"
	"syscall"
	"testing"

	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/endpoint"
	"hookproof/internal/test/recorder"
)

// TestHooksOfEnvironment: hooks that SRS's variables name are called, with and without a file.
func TestHooksOfEnvironment(t *testing.T) {
	file := confFile(t, "listen 127.0.0.1:0;\nvhost __defaultVhost__ {\n}\n")
	for name, args := range map[string][]string{
		"-e": {"-e", "-listen", "127.0.0.1:0"}, "-c": {"-c", file}, "SRS_CONFIG_FILE": nil,
	} {
		t.Run(name, func(t *testing.T) {
			hooks := hookServer(t)
			t.Setenv("SRS_VHOST_HTTP_HOOKS_ENABLED", "on")
			t.Setenv("SRS_VHOST_HTTP_HOOKS_ON_PUBLISH", hooks.URL()+"/api/v1/streams")
			t.Setenv("SRS_DAEMON", "off")
			if args == nil {
				t.Setenv("SRS_CONFIG_FILE", file)
			}
			c := start(t, args...)
			publish(t, c.addr("listening"), "cam1")
			events(t, hooks, hook.OnPublish)
			c.signal(syscall.SIGTERM)
			if code := c.exit(); code != cli.ExitOK {
				t.Errorf("exit code %d, want 0", code)
			}
			for _, want := range []string{"SRS_DAEMON is not known to this server and ignored",
				"msg:hooks profile:srs1"} {
				if !strings.Contains(c.log(), want) {
					t.Errorf("the log lacks %q:\n%s", want, c.log())
				}
			}
		})
	}
}

// TestRefusalInLog: a refusal is told as what it is.
func TestRefusalInLog(t *testing.T) {
	for _, body := range []string{`{"code":403}`, "403"} {
		for _, profile := range []string{"srs1", "srs6"} {
			hooks := hookServer(t)
			hooks.Answer(recorder.On(hook.OnPublish, endpoint.Answer{Body: body}))
			c := start(t, "-listen", "127.0.0.1:0", "-hooks", hooks.URL(), "-profile", profile)
			refused(t, c.addr("listening"), "cam1")
			c.await("the close", func(l map[string]any) bool { return l["msg"] == "close" })
			c.signal(syscall.SIGTERM)
			c.exit()
			log := c.log()
			if n := strings.Count(log, "reason:refused by on_publish: code 403"); n != 2 ||
				strings.Contains(log, "want") || strings.Contains(log, "<nil>") {
				t.Errorf("%s, %s: want the refusal and the close with this reason, got\n%s", profile, body, log)
			}
		}
	}
}
