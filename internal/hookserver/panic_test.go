package hookserver

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"hookproof/hook"
)

// broken is a log handler that panics at one message.
type broken struct {
	slog.Handler
	at string
}

func (b broken) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == b.at {
		panic("of the test")
	}
	return b.Handler.Handle(ctx, r)
}

// TestPanic: a mistake of ours refuses one client, is told, and ends nothing.
func TestPanic(t *testing.T) {
	eachProfile(t, func(t *testing.T, p *hook.Profile) {
		var log logText
		s := serve(t, Options{Profile: p, Logger: slog.New(broken{slog.NewTextHandler(&log, nil), "on_publish"})})
		for range 3 {
			if got := do(t, s, "POST", pathOf(hook.OnPublish), sample(t, p, hook.OnPublish, nil)); got.status != 500 {
				t.Errorf("a panic is answered %d %s", got.status, got.body)
			}
			if got := send(t, s, hook.OnConnect, sample(t, p, hook.OnConnect, nil)); got != codeText(p, "0") {
				t.Errorf("the next client gets %s", got)
			}
		}
		if n := strings.Count(log.String(), `msg="panic while answering"`); n != 3 || strings.Contains(log.String(),
			"token=good") {
			t.Errorf("the log is\n%s", log.String())
		}
	})
}
