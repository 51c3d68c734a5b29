package plan

import "time"

// lead is how long before a player its publisher is due, where that can be:
// what a player waits for should be the server, not the publisher.
const lead = time.Second

// playable is a publisher's stream that players can be given.
type playable struct {
	publisher *Session
	players   int
}

// assign gives every publisher a stream of its own and every player the least
// played of those that are live when it comes. It returns the number of
// streams.
func (m *maker) assign() int {
	streams := 0
	var open []playable
	for i := range m.sessions {
		s := &m.sessions[i]
		if s.Role != Publish {
			continue
		}
		s.Stream, s.Source = streams, i
		streams++
		if !s.Refused {
			open = append(open, playable{publisher: s})
		}
	}
	if len(open) == 0 {
		return m.assignNobody(streams)
	}
	for i := range m.sessions {
		if s := &m.sessions[i]; s.Role == Play {
			p := choose(m.limited(open, s), s)
			p.players++
			s.Stream, s.Source = p.publisher.Stream, p.publisher.Index
		}
	}
	return streams
}

// assignNobody spreads players over streams that nobody publishes.
func (m *maker) assignNobody(first int) int {
	n := max(m.spec.Streams, 1)
	for i := range m.sessions {
		if s := &m.sessions[i]; s.Role == Play {
			s.Stream, s.Source = first+i%n, -1
		}
	}
	return first + n
}

// limited keeps the first Streams of the streams that have not ended when s
// comes.
func (m *maker) limited(open []playable, s *Session) []playable {
	for len(open) > 1 && open[0].publisher.Depart <= s.Arrive {
		open = open[1:]
	}
	if n := m.spec.Streams; n > 0 && n < len(open) {
		open = open[:n]
	}
	return open
}

// choose picks the least played of the streams that are live for a while when
// s comes; if there is none, the one that is live first.
func choose(open []playable, s *Session) *playable {
	var best *playable
	for i := range open {
		p := &open[i]
		if p.publisher.Arrive+lead > s.Arrive && best != nil {
			break // they are in order of arrival
		}
		if p.publisher.Depart > s.Arrive+lead && (best == nil || p.players < best.players) {
			best = p
		}
	}
	if best == nil {
		return &open[0]
	}
	return best
}
