package steps

import (
	"errors"
	"testing"
	"time"

	"hookproof/internal/scenario"
	"hookproof/internal/timeline"
)

// TestActsAreSkipped: a recording is judged without acting.
func TestActsAreSkipped(t *testing.T) {
	for name, log := range map[string]*timeline.Log{
		"played":   timeline.New("x", "srs1", time.Now(), nil),
		"recorded": timeline.Recorded(nil),
	} {
		t.Run(name, func(t *testing.T) {
			var base scenario.Base
			base.Init(t.Context(), log)
			defer base.End(func() {})
			w := &shared{base: &base}
			done := errors.New("done")
			f := w.skipRecorded(func(string, int) error { return done }).(func(string, int) error)
			for what, err := range map[string]error{"act": w.act(func() error { return done }), "acting": f("a", 1)} {
				if want := name == "played"; (err == done) != want {
					t.Errorf("%s returned %v; want it to run: %v", what, err, want)
				}
			}
		})
	}
}
