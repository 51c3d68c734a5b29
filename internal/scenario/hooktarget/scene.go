package hooktarget

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/hookcheck"
	"hookproof/internal/scenario"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// Scene is one scenario: its raw requests, and its clients behind the built-in
// RTMP server. The scene of a recording has no target.
type Scene struct {
	scenario.Base
	Target *Target
	Facts  Facts

	rtmp *studio // nil until somebody comes over RTMP
	kept atomic.Int64
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
	s.Own(func() {
		stop()
		cancel()
	})
	log.Add(reports.Observation{Kind: reports.KindNote, Name: factsNote, Text: fmt.Sprintf("an answer may take %v", s.Facts.Limit),
		Data: map[string]any{hookcheck.DataLimit: float64(s.Facts.Limit.Milliseconds()), hookcheck.DataScale: s.Facts.Scale}})
	return s
}

// Recorded returns the scene of a recording.
func Recorded(log *timeline.Log) *Scene {
	s := &Scene{Facts: Facts{Limit: answerLimit, Scale: 1}}
	s.Init(context.Background(), log)
	for _, o := range log.All() {
		if o.Kind == reports.KindNote && o.Name == factsNote {
			s.Facts = Facts{time.Duration(timeline.Number(&o, hookcheck.DataLimit)) * time.Millisecond, timeline.Number(&o, hookcheck.DataScale)}
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
		if s.rtmp != nil {
			all = s.rtmp.close()
		}
	})
	return all
}

// caller is the actor of raw requests that are nobody else's.
const caller = "Caller"

// urls are those of an event.
func (s *Scene) urls(ev hook.Event) ([]string, error) {
	if urls := s.Target.o.URLs[ev]; len(urls) > 0 {
		return urls, nil
	}
	return nil, &check.NotRun{Reason: fmt.Sprintf("no URL is given for %s", ev)}
}

// requests makes the requests of an event: one for each of its URLs.
func (s *Scene) requests(ev hook.Event, body []byte, what string, want hookcheck.Want) ([]Request, error) {
	urls, err := s.urls(ev)
	if err != nil {
		return nil, err
	}
	all := make([]Request, len(urls))
	for i, u := range urls {
		all[i] = Request{Event: ev.String(), URL: u, Body: Body{Before: body}, What: what, Want: want}
	}
	return all, nil
}

// Send sends requests one after the other, each on a connection of its own,
// and waits for their answers.
func (s *Scene) Send(requests ...Request) error {
	for i := range requests {
		q := &requests[i]
		n := s.asked(q, q.curl())
		r := s.Target.exchange(s.Ctx, q, s.Facts.Limit)
		s.answered(n, q, &r)
	}
	return s.Ctx.Err()
}

// asked records that a request is sent.
func (s *Scene) asked(q *Request, repro string) int {
	return s.Log.Add(reports.Observation{Kind: reports.KindHook, Actor: or(q.Actor, caller), Event: q.Event, URL: q.URL, Body: q.Body.brief(), Text: q.What,
		Data: map[string]any{hookcheck.DataWant: string(q.Want), hookcheck.DataRepro: repro, timeline.DataMethod: q.method()}})
}

// answered records what came of it.
func (s *Scene) answered(n int, q *Request, r *result) int {
	o := reports.Observation{T: s.Log.At(r.got), Kind: reports.KindAnswer, Actor: or(q.Actor, caller), Event: q.Event, Code: "none", Text: r.text(), Refs: []int{n},
		Data: map[string]any{hookcheck.DataTook: float64(r.got.Sub(r.sent).Microseconds()) / 1000, hookcheck.DataHow: string(r.how), timeline.DataAccept: s.accepts(r)}}
	if r.status != 0 {
		o.Code, o.Body = fmt.Sprint(r.status), s.keep(r.body)
	}
	if r.encoding != "" {
		o.Data[hookcheck.DataCode] = r.encoding
	}
	return s.Log.Add(o)
}

// Bounds of the answers that one scene keeps as evidence, in bytes.
const (
	maxKept  = 16 << 20 // of all answers together
	briefest = 1 << 10  // of each answer after that
)

// keep returns an answer's body as evidence: in full, until the scene has enough.
func (s *Scene) keep(body []byte) string {
	if len(body) > briefest && s.kept.Add(int64(len(body))) > maxKept {
		body = body[:briefest]
	}
	return string(body)
}

func (s *Scene) accepts(r *result) bool {
	return r.err == nil && s.Target.o.Profile.Judge(hook.Answer{Status: r.status, Body: r.body}).Accept
}

// note records something in words.
func (s *Scene) note(name string, data map[string]any, format string, args ...any) {
	s.Log.Add(reports.Observation{Kind: reports.KindNote, Name: name, Text: fmt.Sprintf(format, args...), Data: data})
}

// checkAlive asks whether the target lives after the scenario of that id, and
// records the answer. A target that does not is not asked again.
func (s *Scene) checkAlive(id string) {
	if s.Ctx.Err() != nil {
		return
	}
	r := s.Target.ask(s.Ctx)
	if s.Ctx.Err() != nil {
		return
	}
	if r.err == nil {
		s.note(hookcheck.AliveNote, map[string]any{hookcheck.DataAlive: true}, "the hook server answers")
		return
	}
	reason := fmt.Sprintf("the hook server does not answer any more since %s: %s", id, r.text())
	s.note(hookcheck.AliveNote, map[string]any{hookcheck.DataAlive: false}, "the hook server does not answer an ordinary %s any more: %s", s.Target.probe, r.text())
	s.Target.mu.Lock()
	defer s.Target.mu.Unlock()
	s.Target.dead = reason
}
