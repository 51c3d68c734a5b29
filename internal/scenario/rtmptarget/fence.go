package rtmptarget

import (
	"context"
	"fmt"

	"hookproof/hook"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// Marker names the next marker client.
func (s *Scene) Marker() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.markers++
	return timeline.MarkerName(s.markers)
}

// Fence runs a marker client through: it connects, publishes a stream of its
// own and leaves, and its on_close is answered. What was to come before and
// has not come by then did not come.
func (s *Scene) Fence(ctx context.Context, name string) error {
	if s.ended {
		s.Log.Add(reports.Observation{Kind: reports.KindFence, Actor: name,
			Text: "the server has ended: what has not come by now does not come"})
		return nil
	}
	a := s.Actor(name)
	a.VHost, a.Mute = VHosts[0], true
	if err := a.Enter(ctx, name); err != nil {
		return fmt.Errorf("the marker client, an ordinary publisher, could not publish: %w", err)
	}
	a.Leave()
	closed := s.Await(ctx, func(obs []reports.Observation) bool {
		for _, h := range timeline.Hooks(obs, name) {
			if h.Event == hook.OnClose && h.Answer >= 0 {
				return true
			}
		}
		return false
	})
	if !closed {
		return fmt.Errorf("the marker client, an ordinary publisher, left, and its on_close did not come within %v",
			s.Patience())
	}
	s.Log.Add(reports.Observation{Kind: reports.KindFence, Actor: name,
		Text: "a marker client has connected, published and left: what has not come by now did not come"})
	return nil
}
