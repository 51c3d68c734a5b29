package rtmptarget

import (
	"context"
	"fmt"
	"time"

	"hookproof/internal/check"
	"hookproof/reports"
)

// Memory records what the server holds after a round.
func (s *Scene) Memory(round int, m Memory) {
	text := fmt.Sprintf("after round %d the server holds %.1f MB", round+1, float64(m.Resident)/(1<<20))
	if m.Live > 0 {
		text += fmt.Sprintf(", of which %.2f MB are in use", float64(m.Live)/(1<<20))
	}
	s.Log.Add(reports.Observation{Kind: reports.KindNote, Name: check.MemoryNote, Text: text,
		Data: &reports.Details{Memory: reports.Memory{Resident: m.Resident, Live: m.Live}}})
}

// askEvery is how often the HTTP API is asked about a client that it lists
// still.
const askEvery = 20 * time.Millisecond

// AwaitForgotten asks the HTTP API until it lists a client no more, and reports
// whether that came about. One that it lists to the end of the scene's patience
// is recorded.
func (s *Scene) AwaitForgotten(ctx context.Context, name, id string) (bool, error) {
	ctx, cancel := s.Within(ctx)
	defer cancel()
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		listed, err := s.Target.Knows(ctx, id)
		if err != nil && ctx.Err() == nil || err == nil && !listed {
			return err == nil, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			s.Log.Add(reports.Observation{Kind: reports.KindNote, Name: check.ListedNote, Actor: name, ClientID: id,
				Text: fmt.Sprintf("%s, client_id %s, has gone and is listed still after %v", name, id, s.Patience())})
			return false, nil
		}
	}
}
