package hooktarget

import (
	"context"
	"fmt"
	"time"

	"hookproof/internal/hookcheck"
	"hookproof/reports"
)

// How long a target that died may take to be brought back, before scaling, how often it is asked meanwhile, and
// how often it may die.
const (
	revivalLimit = 10 * time.Second
	revivalPause = 100 * time.Millisecond
	maxDeaths    = 2
)

// checkAlive asks whether the target lives after the scenario of that id, and
// records the answer. Whoever supervises the target may bring it back, twice;
// after that, or if nobody does, it is not asked again.
func (s *Scene) checkAlive(id string) {
	if s.Ctx.Err() != nil {
		return
	}
	r := s.Target.ask(s.Ctx)
	if s.Ctx.Err() != nil {
		return
	}
	if r.lives() {
		s.note(hookcheck.AliveNote, &reports.Details{Life: reports.Life{Alive: true}}, "the hook server answers")
		return
	}
	text := r.text()
	took, back := s.awaitRevival()
	if s.Ctx.Err() != nil {
		return
	}
	data := &reports.Details{Life: reports.Life{Back: back}}
	then := fmt.Sprintf("it was not back within %v", s.Target.scaled(revivalLimit))
	if back {
		then = fmt.Sprintf("it was back after %.1f s", took.Seconds())
	}
	s.note(
		hookcheck.AliveNote,
		data,
		"the hook server does not answer an ordinary %s any more: %s; %s",
		s.Target.probe,
		text,
		then,
	)
	s.Target.died(id, text, back)
}

// died counts a death; the target is given up if it is not back, or died too often.
func (t *Target) died(id, text string, back bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.deaths++
	switch {
	case !back:
		t.dead = fmt.Sprintf("the hook server does not answer any more since %s: %s", id, text)
	case t.deaths > maxDeaths:
		t.dead = fmt.Sprintf("the hook server died %d times, the last time of %s", t.deaths, id)
	}
}

// awaitRevival waits until the target answers again, and says how long that took.
func (s *Scene) awaitRevival() (took time.Duration, back bool) {
	began := time.Now()
	ctx, cancel := s.Target.clock.WithTimeout(s.Ctx, s.Target.scaled(revivalLimit))
	defer cancel()
	tick := time.NewTicker(revivalPause)
	defer tick.Stop()
	for {
		if s.Target.answers(ctx) {
			return time.Since(began), true
		}
		select {
		case <-ctx.Done():
			return 0, false
		case <-tick.C:
		}
	}
}

// answers reports whether the target answers an ordinary event.
func (t *Target) answers(ctx context.Context) bool {
	r := t.ask(ctx)
	return r.lives() && ctx.Err() == nil
}

// lives reports whether a request shows that somebody serves: any answer does, one that is not HTTP as well.
func (r *result) lives() bool {
	return r.err == nil || r.how == hookcheck.NotHTTP || r.how == hookcheck.Truncated
}
