package scenario

import (
	"context"
	"slices"
	"testing"
	"time"

	"hookproof/internal/timeline"
)

func TestBase(t *testing.T) {
	var b Base
	b.Init(t.Context(), timeline.New("x", "srs1", time.Now(), nil))
	if b.Recorded() {
		t.Error("a scene that is played says that it is a recording")
	}
	var got []string
	call := func(what string) func() { return func() { got = append(got, what) } }
	b.Own(call("first"))
	b.Own(call("second"))
	b.Note("n", "%d things", 3)
	b.End(func() {
		if b.Ctx.Err() != context.Canceled {
			t.Error("the scene's context goes on while its clients end")
		}
		call("clients")()
	})
	if want := []string{"clients", "second", "first"}; !slices.Equal(got, want) {
		t.Errorf("ended %v, want %v", got, want)
	}
	if obs := b.Log.All(); len(obs) != 1 || obs[0].Text != "3 things" {
		t.Errorf("observed %+v, want the note", obs)
	}
	var r Base
	r.Init(t.Context(), timeline.Recorded(b.Log.Whole()))
	defer r.End(func() {})
	if !r.Recorded() {
		t.Error("a recording says that it is played")
	}
}
