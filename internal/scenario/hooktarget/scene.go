package hooktarget

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"hookproof/internal/check"
	"hookproof/internal/hookcheck"
	"hookproof/internal/scenario"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// Scene is one scenario: its raw requests, and the clients of the built-in
// RTMP server. The scene of a recording has no target.
type Scene struct {
	scenario.Base
	Target *Target
	Facts  Facts

	rtmp   *studio      // nil until somebody comes over RTMP
	guests []*visitor   // have streams published for clients of rtmp
	kept   atomic.Int64 // bytes of answers
}

// Facts are what checks need to know of a scene; they are part of its
// recording.
type Facts struct {
	Limit time.Duration // an answer may take
	Scale float64       // of all time-outs
}

const factsNote = "scene"

// NewScene sets a scene up.
func (t *Target) NewScene(ctx context.Context, log *timeline.Log) scenario.Scene {
	return NewScene(ctx, t, log)
}

// NewScene sets a scene up at a target. It ends with the target.
func NewScene(ctx context.Context, t *Target, log *timeline.Log) *Scene {
	s := &Scene{Target: t, Facts: Facts{Limit: t.limit(), Scale: t.o.Scale}}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(t.ctx, cancel)
	s.Init(ctx, log)
	t.scene.Store(s)
	s.Own(func() {
		t.scene.CompareAndSwap(s, nil)
		stop()
		cancel()
	})
	log.Add(
		reports.Observation{
			Kind: reports.KindNote,
			Name: factsNote,
			Text: fmt.Sprintf("an answer may take %v", s.Facts.Limit),
			Data: &reports.Details{SceneFacts: reports.SceneFacts{
				LimitMS: float64(s.Facts.Limit.Milliseconds()), TimeScale: s.Facts.Scale}},
		},
	)
	return s
}

// Recorded returns the scene of a recording.
func Recorded(log *timeline.Log) *Scene {
	s := &Scene{Facts: Facts{Limit: answerLimit, Scale: 1}}
	s.Init(context.Background(), log)
	for _, o := range log.All() {
		if o.Kind == reports.KindNote && o.Name == factsNote {
			d := o.Details()
			s.Facts = Facts{time.Duration(d.LimitMS) * time.Millisecond, d.TimeScale}
		}
	}
	return s
}

// After asks whether the hook server lives after the scenario of that id.
func (s *Scene) After(id string, _ bool) *check.Finding {
	if !s.Recorded() {
		s.checkAlive(id)
	}
	return hookcheck.Alive(s.Log.Whole())
}

// Close ends the scene's clients and servers and tells who was there.
func (s *Scene) Close() []reports.Actor {
	all := []reports.Actor{{Name: caller, Role: "caller"}}
	s.End(func() {
		if s.rtmp == nil {
			return
		}
		all = s.rtmp.close()
		s.Ctx = s.Target.ctx // the scene's has ended
		for _, v := range s.guests {
			if s.leave(v) != nil {
				return // the target is closed, too
			}
		}
	})
	return all
}

// caller is the actor of raw requests that are nobody else's.
const caller = "Caller"

// note records something in words.
func (s *Scene) note(name string, data *reports.Details, format string, args ...any) {
	s.Log.Add(reports.Observation{Kind: reports.KindNote, Name: name, Text: fmt.Sprintf(format, args...), Data: data})
}
