package realinput

import (
	"strings"
	"testing"

	"hookproof/hook"
)

// What the programs say about themselves arrives in the hooks as they said it.
func TestParameters(t *testing.T) {
	need(t, "ffmpeg", "rtmpdump")
	const token = "?token=a+b=c&x=1" // rtmpdump would decode %20
	inProfiles(t, func(r *rig) {
		publisher := r.sends("publisher", "cam"+token)
		published := r.answered("publisher", hook.OnPublish, 1)
		player := start(r.t, "rtmpdump", "-q", "--live", "-r", r.url("player", "cam"+token),
			"-p", "http://page.example/x.html", "-o", "-")
		dumped(player, 1)
		player.interrupt()
		publisher.interrupt()
		r.published("publisher")
		r.played("player")

		played, connected := r.answered("player", hook.OnPlay, 1), r.answered("player", hook.OnConnect, 1)
		for _, q := range []*hook.Payload{published.Payload, played.Payload} {
			if q.App != "live" || q.Stream != "cam" || q.VHost != "__defaultVhost__" {
				r.t.Errorf("%s: app %q, stream %q, vhost %q", q.Action, q.App, q.Stream, q.VHost)
			}
		}
		if got, want := connected.Payload.TCURL, r.tcURL("player"); got != want {
			r.t.Errorf("tcUrl: got %q, want %q", got, want)
		}
		if got := connected.Payload.PageURL; got != "http://page.example/x.html" {
			r.t.Errorf("pageUrl: got %q", got)
		}
		for _, q := range []*hook.Payload{published.Payload, played.Payload} {
			e, _ := q.Event()
			for _, k := range r.profile.Keys(e) {
				if k.Name == "param" && !strings.HasPrefix(q.Param, token) ||
					k.Name == "stream_url" && q.StreamURL != "/live/cam" {
					r.t.Errorf("%s: param %q, stream_url %q", q.Action, q.Param, q.StreamURL)
				}
			}
		}
		if a, b := published.Payload.StreamID, played.Payload.StreamID; a != b {
			r.t.Errorf("stream_id differs between publisher and player: %q, %q", a, b)
		}
	})
}
