package hookserver

import (
	"strings"
	"testing"

	"hookproof/hook"
)

// TestAuto: without a profile each request tells its own; the answer is one
// that every profile takes, and a token is demanded where that profile carries
// it.
func TestAuto(t *testing.T) {
	token, err := ParseToken("token=good")
	if err != nil {
		t.Fatal(err)
	}
	var log logText
	s := listening(t, New(Options{Token: token, Logger: log.logger()}))
	for _, c := range []struct {
		name         string
		profile      *hook.Profile
		event        hook.Event
		param, tcURL string
		stream       string
		want         string
	}{
		{"srs1, token in tcUrl", hook.SRS1, hook.OnConnect, "", "rtmp://h/live?token=good", "", "0"},
		{"srs1, no token", hook.SRS1, hook.OnConnect, "", "rtmp://h/live", "", "401"},
		{"srs1, on_publish cannot carry it", hook.SRS1, hook.OnPublish, "", "", "cam1", "0"},
		{"srs6, no stream yet", hook.SRS6, hook.OnConnect, "", "rtmp://h/live", "", "0"},
		{"srs6, stream without token", hook.SRS6, hook.OnConnect, "", "rtmp://h/live", "cam1", "401"},
		{"srs6, token after the name", hook.SRS6, hook.OnPublish, "?token=good", "rtmp://h/live", "cam1", "0"},
		{"srs6, no token", hook.SRS6, hook.OnPlay, "", "rtmp://h/live", "cam1", "401"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := sample(t, c.profile, c.event, func(pl *hook.Payload) {
				pl.Param, pl.TCURL, pl.Stream = c.param,
					c.tcURL, c.stream
			})
			got := do(t, s, "POST", pathOf(c.event), body)
			if got.status != 200 || got.body != c.want {
				t.Errorf("want %s, got %d %q", c.want, got.status, got.body)
			}
			for _, p := range hook.Profiles() {
				if d := p.Judge(hook.Answer{Status: got.status, Body: []byte(got.body)}); d.Accept != (c.want == "0") {
					t.Errorf("%s takes it for %+v", p, d)
				}
			}
		})
	}
}

// TestForeign: what another protocol's server sends is refused, and the log names the protocol.
func TestForeign(t *testing.T) {
	for _, c := range []struct {
		name, method, target, body string
		status                     int
	}{
		{"a form", "POST", "/api/v1/streams", "app=live&addr=::1&call=publish&name=s", 200},
		{"by GET", "GET", "/api/v1/streams?app=live&addr=::1&call=publish&name=s", "", 405},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log logText
			s := listening(t, New(Options{Logger: log.logger()}))
			if got := do(t, s, c.method, c.target, c.body); got.status != c.status || got.body == "0" {
				t.Errorf("want status %d and a refusal, got %d %q", c.status, got.status, got.body)
			}
			if !strings.Contains(log.String(), "the protocol of nginx-rtmp") {
				t.Errorf("want nginx-rtmp's protocol named in the log, got %s", log.String())
			}
		})
	}
}
