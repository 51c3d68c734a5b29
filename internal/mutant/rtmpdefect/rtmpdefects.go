package rtmpdefect

import (
	"strings"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/hook"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

// lateBy is how long a late disconnect comes after the server's; the
// requirement allows 1 s (S-ANS-07).
const lateBy = 2500 * time.Millisecond

// present reports whether a client has not begun to leave.
func present(s *session) bool { return !s.bye }

// unasked reports whether a client has not begun to leave before the server
// dropped it.
func unasked(s *session) bool { return s.dropped || !s.bye }

// lateDisconnect keeps a client on for a while after the server dropped it.
func lateDisconnect(*world) *rtmpDefect {
	return &rtmpDefect{ended: func(s *session, _ error) bool {
		if get(s, present) {
			t := time.NewTimer(lateBy)
			defer t.Stop()
			select {
			case <-t.C:
			case <-s.front.Context().Done():
			}
		}
		return true
	}}
}

// keepsOn keeps those clients on that the server dropped and which holds.
func keepsOn(which func(*session) bool) func(*world) *rtmpDefect {
	return func(*world) *rtmpDefect {
		return &rtmpDefect{ended: func(s *session, _ error) bool {
			return !get(s, func(s *session) bool { return !s.bye && which(s) })
		}}
	}
}

// everybody and thoseOn choose for keepsOn.
func everybody(*session) bool { return true }
func thoseOn(s *session) bool { return s.started || s.plays && s.media > 0 }

// startsEarly tells a publisher that it is on before anybody was asked, and
// does not repeat it when it is true.
func startsEarly(*world) *rtmpDefect {
	return &rtmpDefect{
		rewrites: true,
		up: func(s *session, _ *chunk.Message, c *command.Command) {
			if c != nil && c.Name == "publish" {
				s.status(command.PublishStart)
			}
		},
		down: func(_ *session, _ *chunk.Message, c *command.Command) bool {
			return !isStatus(c, command.PublishStart.Code)
		},
	}
}

// noMediaForEarly sends no media to players that came before the publisher.
func noMediaForEarly(*world) *rtmpDefect {
	return &rtmpDefect{rewrites: true, down: func(s *session, m *chunk.Message, _ *command.Command) bool {
		return !isMedia(m) || !get(s, func(s *session) bool { return s.late })
	}}
}

// turnsAway cuts off who would publish a stream that is busy; busy is called
// with the channel's lock held.
func turnsAway(busy func(*channel) bool) func(*session, *chunk.Message, *command.Command) {
	return func(s *session, _ *chunk.Message, c *command.Command) {
		if c == nil || c.Name != "publish" {
			return
		}
		ch := s.channel()
		ch.mu.Lock()
		away := busy(ch)
		ch.mu.Unlock()
		if away {
			s.status(command.PublishBadName)
			s.cut()
		}
	}
}

// busyAfterRefusal turns publishers away whose stream name was refused to
// another before.
func busyAfterRefusal(*world) *rtmpDefect {
	return &rtmpDefect{
		rewrites: true,
		up:       turnsAway(func(ch *channel) bool { return ch.refusals > 0 }),
		ended: func(s *session, _ error) bool {
			if ch := s.channel(); ch != nil && get(s, undecided) {
				ch.mu.Lock()
				defer ch.mu.Unlock()
				if ch.publisher == nil {
					ch.refusals++
				}
			}
			return true
		},
	}
}

// busyAfterVanishing turns publishers away whose stream was that of a client
// whose connection broke.
func busyAfterVanishing(*world) *rtmpDefect {
	return &rtmpDefect{
		rewrites: true,
		up:       turnsAway(func(ch *channel) bool { return ch.broken }),
		gone: func(s *session, err error) bool {
			if ch := s.channel(); ch != nil && !whole(err) {
				ch.mu.Lock()
				defer ch.mu.Unlock()
				ch.broken = ch.broken || ch.publisher == s
			}
			return true
		},
	}
}

// takesOver drops the live publisher of a stream when another comes.
func takesOver(*world) *rtmpDefect {
	return &rtmpDefect{up: func(s *session, _ *chunk.Message, c *command.Command) {
		if c == nil || c.Name != "publish" {
			return
		}
		ch := s.channel()
		ch.mu.Lock()
		live := ch.publisher
		ch.mu.Unlock()
		if live != nil && live != s {
			live.cut()
		}
	}}
}

// cutsPlayers drops the players of a stream when its publisher leaves.
func cutsPlayers(*world) *rtmpDefect {
	cut := func(s *session) {
		if get(s, func(s *session) bool { return s.publishes && s.started }) {
			for _, p := range waiting(s) {
				p.cut()
			}
		}
	}
	return &rtmpDefect{
		up: func(s *session, _ *chunk.Message, c *command.Command) {
			if c != nil && (c.Name == "FCUnpublish" || c.Name == "closeStream" || c.Name == "deleteStream") {
				cut(s)
			}
		},
		gone: func(s *session, _ error) bool { cut(s); return true },
	}
}

// appLimit is how many connections of one app limitsApp allows: more than any
// scenario has but those under load.
const appLimit = 6

// limitsApp drops the connections of an app beyond the limit.
func limitsApp(*world) *rtmpDefect {
	count := func(s *session, by int) int {
		a := s.world.app(get(s, func(s *session) string { return s.app }))
		a.mu.Lock()
		defer a.mu.Unlock()
		a.asking += by
		return a.asking
	}
	return &rtmpDefect{
		up: func(s *session, _ *chunk.Message, c *command.Command) {
			if c == nil || c.Name != "connect" {
				return
			}
			s.set(func(s *session) { s.counted = true })
			if count(s, 1) > appLimit {
				s.cut()
			}
		},
		// Whichever side goes first, the server's ends in every case.
		ended: func(s *session, _ error) bool {
			if get(s, func(s *session) bool { return s.counted }) {
				count(s, -1)
			}
			return true
		},
	}
}

// vanishUnseen does not tell the server that a client's connection broke.
func vanishUnseen(*world) *rtmpDefect {
	return &rtmpDefect{
		rewrites: true,
		gone: func(s *session, err error) bool {
			s.set(func(s *session) { s.vanished = !whole(err) })
			return whole(err)
		},
		// Nothing is written to a client that is gone: that would be noticed.
		down: func(s *session, _ *chunk.Message, _ *command.Command) bool {
			return !get(s, func(s *session) bool { return s.vanished })
		},
	}
}

// notesVanished only notes which clients vanish, for the hooks' defects.
func notesVanished() *rtmpDefect {
	return &rtmpDefect{gone: func(s *session, err error) bool {
		s.set(func(s *session) { s.vanished = !whole(err) })
		return true
	}}
}

// livesOn sends the server a data message in place of publishers that have fallen
// silent, so that it does not notice.
func livesOn(*world) *rtmpDefect {
	text := []byte("\x02\x00\x0aonTextData\x05") // without a text
	return &rtmpDefect{idle: func(s *session) {
		if !get(s, func(s *session) bool { return s.publishes && s.started && !s.bye }) {
			return
		}
		id := get(s, func(s *session) uint32 { return s.id })
		m := chunk.Message{ChunkStream: 63, Type: message.TypeIDDataMessageAMF0, Stream: id, Payload: text}
		// A server that has gone hears nothing.
		_, _ = s.server.Write(chunk.AppendMessage(nil, &m, chunk.DefaultSize))
	}}
}

// stopsOnPause tells on_stop when a player pauses.
func stopsOnPause(w *world) *rtmpDefect {
	return &rtmpDefect{up: func(s *session, _ *chunk.Message, c *command.Command) {
		if c == nil || c.Name != "pause" {
			return
		}
		on, err := c.Bool(1)
		r := w.latest(get(s, func(s *session) string { return s.page }), hook.OnPlay)
		if err == nil && on && r != nil {
			w.tell(r.as(hook.OnStop))
		}
	}}
}

// closesHalfConnected tells on_close of peers that never sent connect.
func closesHalfConnected(w *world) *rtmpDefect {
	return &rtmpDefect{gone: func(s *session, _ error) bool {
		if get(s, func(s *session) bool { return s.app == "" }) {
			w.tell(w.compose(hook.OnClose, hook.Payload{IP: "127.0.0.1", VHost: "__defaultVhost__"}))
		}
		return true
	}}
}

// callsUnasked tells on_connect of the clients of a vhost, named by the
// beginning of its name, that has no URL for it.
func callsUnasked(vhosts ...string) func(*world) *rtmpDefect {
	return func(w *world) *rtmpDefect {
		return &rtmpDefect{up: func(s *session, _ *chunk.Message, c *command.Command) {
			if c == nil || c.Name != "publish" && c.Name != "play" {
				return
			}
			pl := get(s, func(s *session) hook.Payload {
				return hook.Payload{IP: "127.0.0.1", VHost: s.host, App: s.app, Stream: s.stream, PageURL: s.page,
					TCURL: "rtmp://" + s.host + "/" + s.app}
			})
			for _, v := range vhosts {
				if strings.HasPrefix(pl.VHost, v+".") {
					w.tell(w.compose(hook.OnConnect, pl))
				}
			}
		}}
	}
}
