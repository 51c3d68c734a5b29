package server

import (
	"errors"
	"time"
)

// log writes one line about the client.
func (c *session) log(event string, args ...any) {
	c.srv.log.Info(event, append([]any{"client", c.id(), "addr", c.conn.nc.RemoteAddr().String()}, args...)...)
}

// naming are the log fields of a stream.
func (c *session) naming(t target) []any {
	return []any{"vhost", t.vhost.Name, "app", t.app, "stream", t.name, "param", c.masked(t.param)}
}

// masked hides the parameters of a stream or URL: tokens travel there.
func (c *session) masked(s string) string {
	name, param := cutParam(s)
	if c.set.cfg.LogParams || param == "" {
		return s
	}
	return name + param[:1] + "…"
}

// logClose writes the last line of a client.
func (c *session) logClose(why error) {
	reason := "left"
	if !errors.Is(why, errLeft) {
		reason = why.Error()
	}
	c.log("close", "reason", reason, "seconds", time.Since(c.since).Round(time.Millisecond).Seconds(),
		"received", c.conn.recv(), "sent", c.conn.sent.Load())
}
