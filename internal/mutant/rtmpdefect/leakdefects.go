package rtmpdefect

import (
	"slices"
	"time"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

// A kind chooses messages of a publisher.
type kind func(*chunk.Message) bool

// waiting lists the players of a session's channel.
func waiting(s *session) []*session {
	ch := s.channel()
	if ch == nil {
		return nil
	}
	ch.mu.Lock()
	defer ch.mu.Unlock()
	all := make([]*session, 0, len(ch.players))
	for p := range ch.players {
		if p != s {
			all = append(all, p)
		}
	}
	return all
}

// undecided reports whether a publisher waits for its answer.
func undecided(s *session) bool { return s.publishes && !s.started && !s.bye }

// leaksPending sends players such messages of publishers that wait for their
// answer.
func leaksPending(which kind) func(*world) *rtmpDefect {
	return func(*world) *rtmpDefect {
		return &rtmpDefect{rewrites: true, up: func(s *session, m *chunk.Message, _ *command.Command) {
			if which(m) && get(s, undecided) {
				for _, p := range waiting(s) {
					p.show(m)
				}
			}
		}}
	}
}

// announcesPending tells players that the stream has begun when a publisher
// asks for it.
func announcesPending(*world) *rtmpDefect {
	return &rtmpDefect{rewrites: true, up: func(s *session, _ *chunk.Message, c *command.Command) {
		if c == nil || c.Name != "publish" {
			return
		}
		for _, p := range waiting(s) {
			p.begins()
		}
	}}
}

// noting keeps the first few such messages of publishers that wait for their
// answer, and calls refused for one that is turned away.
func noting(which kind, refused func(*session, []*chunk.Message)) *rtmpDefect {
	const most = 4
	return &rtmpDefect{
		rewrites: true,
		up: func(s *session, m *chunk.Message, _ *command.Command) {
			s.set(func(s *session) {
				if which(m) && undecided(s) && len(s.early) < most {
					s.early = append(s.early, m)
				}
			})
		},
		ended: func(s *session, _ error) bool {
			if get(s, undecided) {
				refused(s, s.awaitEarly())
			}
			return true
		},
	}
}

// awaitEarly returns what noting has kept of a session. A refusal can overtake
// what the publisher sent before it; there is some time for that.
func (s *session) awaitEarly() []*chunk.Message {
	const often, patience = 5 * time.Millisecond, 200 * time.Millisecond // S-ANS-07 allows 1 s
	tick, end := time.NewTicker(often), time.NewTimer(patience)
	defer tick.Stop()
	defer end.Stop()
	for {
		if early := get(s, func(s *session) []*chunk.Message { return s.early }); len(early) > 0 {
			return early
		}
		select {
		case <-tick.C:
		case <-end.C:
			return nil
		case <-s.front.Context().Done():
			return nil
		}
	}
}

// leaksRefused sends players the first such messages of a publisher once it was
// turned away, as a server does that empties its buffers into the stream.
func leaksRefused(which kind) func(*world) *rtmpDefect {
	return func(*world) *rtmpDefect {
		return noting(which, func(s *session, early []*chunk.Message) {
			for _, p := range waiting(s) {
				for _, m := range early {
					p.show(m)
				}
			}
		})
	}
}

// keepsHeaders sends players the sequence headers of a publisher that was turned
// away when the next one begins, as a server does that forgets to clear them.
func keepsHeaders(*world) *rtmpDefect {
	d := noting(isHeader, func(s *session, early []*chunk.Message) {
		if ch := s.channel(); ch != nil {
			ch.mu.Lock()
			defer ch.mu.Unlock()
			ch.refused = early
		}
	})
	d.down = func(s *session, _ *chunk.Message, c *command.Command) bool {
		if ch := s.channel(); ch != nil && isStatus(c, command.PublishStart.Code) {
			ch.mu.Lock()
			kept := ch.refused
			ch.refused = nil
			ch.mu.Unlock()
			for _, p := range waiting(s) {
				for _, m := range kept {
					p.show(m)
				}
			}
		}
		return true
	}
	return d
}

// latestFrame is a channel's; none where nobody publishes.
func latestFrame(ch *channel) []*chunk.Message {
	if ch.frame == nil {
		return nil
	}
	return []*chunk.Message{ch.frame}
}

// headersOf are a channel's sequence headers.
func headersOf(ch *channel) []*chunk.Message { return slices.Clone(ch.headers) }

// showing sends a player what is chosen of its channel.
func (s *session) showing(what func(*channel) []*chunk.Message) {
	ch := s.channel()
	if ch == nil {
		return
	}
	ch.mu.Lock()
	all := what(ch)
	ch.mu.Unlock()
	for _, m := range all {
		s.show(m)
	}
}

// playsPending sends a player something of the stream before anybody was asked.
func playsPending(what func(*channel) []*chunk.Message) func(*world) *rtmpDefect {
	return func(*world) *rtmpDefect {
		return &rtmpDefect{rewrites: true, up: func(s *session, _ *chunk.Message, c *command.Command) {
			if c != nil && c.Name == "play" {
				s.showing(what)
			}
		}}
	}
}

// showsRefused sends a player that was turned away something of the stream
// before it goes.
func showsRefused(what func(*channel) []*chunk.Message) func(*world) *rtmpDefect {
	return func(*world) *rtmpDefect {
		return &rtmpDefect{rewrites: true, ended: func(s *session, _ error) bool {
			if get(s, func(s *session) bool { return s.plays && s.media == 0 && !s.bye }) {
				s.showing(what)
			}
			return true
		}}
	}
}
