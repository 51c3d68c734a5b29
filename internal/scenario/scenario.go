// Package scenario is what scenarios of both roles have in common: a target
// that they are played against, and a scene for each of them, live or
// recorded. What a scene can do is in rtmptarget (an RTMP server is tested)
// and hooktarget (a hook server is).
package scenario

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"hookproof/features"
	"hookproof/internal/check"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// Target is the software under test, in one profile.
type Target interface {
	// Probe looks whether the planned scenarios can be played at the target, before
	// any of them, and writes what it saw to the log. Its error says what the set-up lacks.
	Probe(ctx context.Context, log *timeline.Log, planned []*features.Case) error
	// Lacking says why a scenario with these tags cannot be played; "" when it can.
	Lacking(tags []string) string
	// Turn says when a scenario with these tags is played: 0 together with the
	// others, else once all of every lower turn are over.
	Turn(tags []string) int
	// NewScene sets a scene up. Scenes of one target may be played side by side.
	NewScene(ctx context.Context, log *timeline.Log) Scene
	// Close ends what the target has opened.
	Close()
}

// Scene is one scenario at a target while it is played, or its recording.
type Scene interface {
	// After looks at the target once the steps of the scenario of that id are
	// over, and whether they failed. What it finds is the scenario's doing, or,
	// where scenarios are played side by side, leaves it undecided.
	After(id string, failed bool) *check.Finding
	// Close ends every client of the scene, and says who they were.
	Close() []reports.Actor
}

// Base is the part that all scenes share. The scene of a recording has a
// sealed log: checks read it, and nothing may act.
type Base struct {
	Log *timeline.Log
	Ctx context.Context // ended by End

	cancel context.CancelFunc
	mu     sync.Mutex
	owned  []func()

	troubled atomic.Bool
}

// Init begins the base of a scene that is played until ctx ends.
func (b *Base) Init(ctx context.Context, log *timeline.Log) {
	b.Log = log
	b.Ctx, b.cancel = context.WithCancel(ctx)
}

// Recorded reports whether the scene is a recording, whose steps only check.
func (b *Base) Recorded() bool { return b.Log.Sealed() }

// Own has f called when the scene ends.
func (b *Base) Own(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.owned = append(b.owned, f)
}

// End cancels the scene's context, runs between, and then calls what the scene
// owns, the last first.
func (b *Base) End(between func()) {
	b.mu.Lock()
	owned := b.owned
	b.owned = nil
	b.mu.Unlock()
	b.cancel()
	between()
	for i := len(owned) - 1; i >= 0; i-- {
		owned[i]()
	}
}

// Note records something in words.
func (b *Base) Note(name, format string, args ...any) {
	b.Log.Add(reports.Observation{Kind: reports.KindNote, Name: name, Text: fmt.Sprintf(format, args...)})
}

// Trouble records an error of this machine's own, if err is the first: a failure
// of the scenario is then no failure of the target.
func (b *Base) Trouble(err error) {
	if text := check.Trouble(err); text != "" && !b.troubled.Swap(true) {
		b.Note(check.TroubleNote, "%s: %v", text, err)
	}
}

// RemarkNote is the name of notes that the user is to see at once.
const RemarkNote = "remark"

// Remark records something about the target that the user is to see at once.
func (b *Base) Remark(text string) { b.Note(RemarkNote, "%s", text) }
