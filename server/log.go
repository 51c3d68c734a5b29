package server

import (
	"errors"
	"time"

	"hookproof/internal/redact"
)

// log writes one line about the client.
func (c *session) log(event string, args ...any) {
	c.srv.log.Info(event, append([]any{"client", c.id(), "addr", c.conn.nc.RemoteAddr().String()}, args...)...)
}

// naming are the log fields of a stream.
func (c *session) naming(t target) []any {
	return []any{"vhost", t.vhost.Name, "app", c.shown(t.app), "stream", c.shown(t.name), "param", c.shown(t.param)}
}

// maxShown bounds a text from a client in a line of the log, in bytes.
const maxShown = 256

// shown is a client's text as the log has it: short, on one line, and without the values of parameters and the
// user of a URL, for tokens travel there.
func (c *session) shown(s string) string { return c.srv.shown(s) }

// shown is described at session.shown.
func (s *Server) shown(text string) string {
	if !s.Config().LogParams {
		text = redact.Secrets(text)
	}
	return redact.Short(text, maxShown)
}

// reason is why a hook refused a client, for the log: what it quotes of the hook server's answer may be secrets
// that stand in what the client sent.
func (s *Server) reason(why string, sent ...string) string {
	if !s.Config().LogParams {
		why = redact.Without(why, sent...)
	}
	return redact.Short(why, maxShown)
}

// logClose writes the last line of a client.
func (c *session) logClose(why error) {
	reason := "left"
	if !errors.Is(why, errLeft) {
		reason = redact.Short(why.Error(), maxShown)
	}
	args := []any{"reason", reason, "seconds", time.Since(c.since).Round(time.Millisecond).Seconds(),
		"received", c.conn.recv(), "sent", c.conn.sent.Load()}
	if c.skipped > 0 {
		args = append(args, "skipped", c.skipped)
	}
	c.log("close", args...)
}
