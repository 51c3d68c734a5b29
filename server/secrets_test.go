package server

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hookproof/hook"
	"hookproof/internal/client"
)

// echo is a hook server that refuses on_publish and repeats what it was sent.
func echo(t *testing.T, status int) *httptest.Server {
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var event struct{ Action, Param, TCURL string }
		body, _ := io.ReadAll(r.Body)
		json.Unmarshal(body, &event)
		if event.Action == "on_connect" {
			io.WriteString(w, "0")
			return
		}
		w.WriteHeader(status)
		io.WriteString(w, "no: "+event.Param)
	}))
	t.Cleanup(h.Close)
	return h
}

// TestLogOfRefusals: neither what the hook server says nor the URL that it is
// called at brings a secret into the log, unless parameters are asked for.
func TestLogOfRefusals(t *testing.T) {
	for _, c := range []struct {
		name   string
		show   bool
		status int
	}{{"masked", false, 200}, {"shown", true, 200}, {"masked, by status", false, 403}} {
		t.Run(c.name, func(t *testing.T) {
			var log lockedBuffer
			url := strings.Replace(echo(t, c.status).URL, "://", "://alice:secret3@", 1)
			cfg := DefaultConfig()
			cfg.Listen, cfg.LogParams = []string{"127.0.0.1:0"}, c.show
			cfg.VHosts[0].Hooks = Hooks{Enabled: true, Profile: "srs6", Timeout: patienceOfTests,
				URLs: map[hook.Event][]string{
					onConnect: {url + "/c?key=secret4"}, onPublish: {url + "/p?key=secret4"}, onClose: {url +
						"/x?key=secret4"},
				}}
			s, err := New(cfg, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
			if err == nil {
				err = s.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			f := &fixture{Server: s, t: t, ctx: t.Context()}
			p := f.connect(func(o *client.Options) { o.URL += "?token=secret2" })
			p.Publish(f.ctx, "cam?token=secret1", "live")
			p.Vanish()
			f.must(s.Shutdown(f.ctx))
			text := log.String()
			for _, secret := range []string{"secret1", "secret2"} {
				if strings.Contains(text, secret) != c.show {
					t.Errorf("%s:\n%s", secret, text)
				}
			}
			if strings.Contains(text, "secret3") || strings.Contains(text, "secret4") {
				t.Errorf("the hook URL's secrets:\n%s", text)
			}
			for _, line := range []string{"msg=refused", `reason="refused by on_publish: `, `/x?key=***`} {
				if !strings.Contains(text, line) {
					t.Errorf("no %s in\n%s", line, text)
				}
			}
		})
	}
}

// TestLogForgery: whatever a client calls itself, its words stay one field of one line.
func TestLogForgery(t *testing.T) {
	const forged = "cam\n" + `time=2026-11-25T00:00:00Z level=ERROR msg=forged` + "\r\x1b[2J\u009b1m\u202e\u2028\x00"
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) {
			var log lockedBuffer
			logger := slog.New(slog.NewTextHandler(&log, nil))
			if format == "json" {
				logger = slog.New(slog.NewJSONHandler(&log, nil))
			}
			cfg := DefaultConfig()
			cfg.Listen = []string{"127.0.0.1:0"}
			s, err := New(cfg, Options{Logger: logger})
			if err == nil {
				err = s.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			f := &fixture{Server: s, t: t, ctx: t.Context()}
			p := f.publisher(forged+strings.Repeat("x", 1000), func(o *client.Options) {
				o.App, o.TCURL = forged, "rtmp://127.0.0.1/"+forged+"?"+forged+"=1"
			})
			f.must(p.Close())
			f.must(s.Shutdown(f.ctx))
			text := log.String()
			for line := range strings.Lines(text) {
				if !strings.HasPrefix(line, "time=20") && !strings.HasPrefix(line, `{"time":"20`) || len(line) > 3000 {
					t.Errorf("a line is %q", line)
				}
			}
			if strings.Count(text, "msg=publish ")+strings.Count(text, `"msg":"publish"`) != 1 {
				t.Errorf("not one line for the publisher:\n%s", text)
			}
			if i := strings.IndexFunc(text, func(r rune) bool {
				return r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x2028)
			}); i >= 0 {
				t.Errorf("at %d a character that is not to be seen: %q", i, text[max(0, i-40):i+10])
			}
		})
	}
}
