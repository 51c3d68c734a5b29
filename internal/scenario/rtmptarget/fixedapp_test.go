package rtmptarget

import (
	"strings"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// TestFixedApp: where the app is the server's, streams are told apart by their names, and a client that names none
// belongs to the only scene there is.
func TestFixedApp(t *testing.T) {
	target := somebodys(t, hook.SRS6, asItIs)
	target.App, target.FixedApp, target.router.app = "stream", true, "stream"
	log := timeline.New("x", "srs6", time.Now(), nil)
	s := NewScene(t.Context(), target, log)
	defer s.Close()
	alice := s.Actor("Alice")
	alice.Mute = true
	if err := alice.Enter(t.Context(), "cam?token=x"); err != nil {
		t.Fatal(err)
	}
	bob := s.Actor("Bob")
	if err := bob.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	bob.Leave()
	alice.Leave()
	if !s.Await(t.Context(), func(obs []reports.Observation) bool {
		return len(timeline.Hooks(obs, "Alice")) == 4 && len(timeline.Hooks(obs, "Bob")) == 1
	}) {
		t.Fatalf("hooks: %+v", timeline.Hooks(log.All(), ""))
	}
	pl := timeline.Hooks(log.All(), "Alice")[1].Payload()
	if pl.App != "stream" || pl.Stream != "cam-"+s.key || pl.Param != "?token=x" {
		t.Errorf("want cam-%s of the app stream, got %+v", s.key, pl)
	}
	for stream, want := range map[string]string{"cam": "cam-" + s.key, "cam?vhost=a?b": "cam-" + s.key + "?vhost=a?b"} {
		if got := s.Named(stream); got != want {
			t.Errorf("%q: want %q, got %q", stream, want, got)
		}
	}
	again := Recorded(timeline.Recorded(log.Whole()))
	if got := again.Named("cam"); got != "cam-"+s.key || !strings.Contains(again.Actor("Alice").SentPageURL(), s.key) {
		t.Errorf("of the recording: want cam-%s, got %q, %s", s.key, got, again.Actor("Alice").SentPageURL())
	}
}
