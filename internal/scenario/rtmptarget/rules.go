package rtmptarget

import (
	"context"
	"slices"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// Rule says what the hook server answers. The rule given last wins; marker
// clients are always accepted.
type Rule struct {
	Events []hook.Event
	Actors []string                // none: every client
	Of     func(actor string) bool // whom it is about; nil: see Actors
	URLs   []int                   // which of the event's URLs; none: every one
	Answer endpoint.Answer
	Hold   bool // not before Release
	// Decide, when set, returns the answer instead of Answer. It may block.
	Decide func(ctx context.Context, ev hook.Event, actor *Actor) endpoint.Answer
}

type rule struct {
	Rule
	release chan struct{} // closed once Answer holds
}

// Answer adds a rule.
func (s *Scene) Answer(r Rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delays = max(s.delays, r.Answer.Delay)
	s.rules = append(s.rules, rule{Rule: r, release: make(chan struct{})})
}

// Release lets go of every held answer, now and later: with instead, when
// that is not nil, instead of the accepting answer.
func (s *Scene) Release(instead *endpoint.Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.rules {
		if r := &s.rules[i]; r.Hold {
			r.Answer, r.Hold = endpoint.Accept(), false
			if instead != nil {
				r.Answer = *instead
			}
			close(r.release)
		}
	}
}

// holds reports whether a hook of the actor is held back now.
func (s *Scene) holds(actor *Actor) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.held {
		if a == actor {
			return true
		}
	}
	return false
}

// answer decides what a request is answered, and blocks while it is held.
func (s *Scene) answer(a *arrival) endpoint.Answer {
	i := s.choose(a)
	if i < 0 {
		return endpoint.Accept()
	}
	s.mu.Lock()
	r := s.rules[i]
	actor := s.actors[a.actor]
	if r.Hold {
		s.held[a.n] = actor
	}
	s.mu.Unlock()
	if r.Decide != nil {
		return r.Decide(s.Ctx, a.event, actor)
	}
	if !r.Hold {
		return r.Answer
	}
	s.Log.Add(reports.Observation{Kind: reports.KindNote, Actor: a.actor, Name: "held",
		Text: "the answer to " + a.event.String() + " is held back", Refs: []int{a.n}})
	select {
	case <-r.release:
	case <-s.Ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rules[i].Hold { // the scene is over
		return endpoint.Accept()
	}
	return s.rules[i].Answer
}

// choose finds the rule for a request, -1 for none.
func (s *Scene) choose(a *arrival) int {
	if !a.known || timeline.IsMarker(a.actor) {
		return -1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.rules) - 1; i >= 0; i-- {
		r := &s.rules[i]
		if slices.Contains(r.Events, a.event) &&
			(len(r.Actors) == 0 || slices.Contains(r.Actors, a.actor)) &&
			(r.Of == nil || r.Of(a.actor)) &&
			(len(r.URLs) == 0 || slices.Contains(r.URLs, a.url)) {
			return i
		}
	}
	return -1
}
