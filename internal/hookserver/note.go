package hookserver

import (
	"context"
	"log/slog"
	"net/http"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/internal/redact"
)

// note tells the log, the page and the bookkeeping of a verdict.
func (s *Server) note(r *endpoint.Request, v *verdict) {
	pl := r.Payload
	if pl == nil {
		pl = &hook.Payload{}
	}
	e := s.entryOf(r, pl, v)
	s.logEntry(&e)
	s.board.add(e)
	if v.err != nil || v.rule != nil {
		s.keepVerdict(r.Seq, v)
	}
	event, known := pl.Event()
	if !known || v.outcome == rejected {
		return
	}
	row := s.rowOf(pl, &e)
	switch {
	case v.outcome == accepted:
		s.board.start(r.Seq, event, row)
	case event.Closing() || event == hook.OnConnect:
		s.board.close(event, row)
	}
}

func (s *Server) entryOf(r *endpoint.Request, pl *hook.Payload, v *verdict) entry {
	e := entry{
		At: r.Arrived.UnixMilli(), Event: show(pl.Action), Outcome: v.outcome, Code: v.code,
		ID: show(pl.ClientID), IP: show(pl.IP), VHost: s.shown(pl.VHost), App: s.shown(pl.App),
		Stream: s.shown(pl.Stream),
		Param:  s.shown(pl.Param), TCURL: s.shown(pl.TCURL), Page: s.shown(pl.PageURL), Reason: s.reason(pl, v.reason),
	}
	if r.Method == http.MethodPost {
		e.Path, e.Body = show(r.Path()), s.body(r.Body)
	}
	if e.Event == "" {
		e.Event = show(r.Method)
	}
	if e.Event == "" {
		e.Event = "request" // that is no HTTP
	}
	if v.rule != nil {
		e.Rule = v.rule.name
		if v.rule.delay > 0 {
			e.Delay = v.rule.delay.String()
		}
	}
	return e
}

// reason is why an event was refused or rejected. It may quote the event.
func (s *Server) reason(pl *hook.Payload, why string) string {
	if !s.opts.ShowParams {
		why = redact.Without(why, pl.Param, pl.TCURL, pl.Stream)
	}
	return show(why)
}

// logEntry writes what the document's server writes for each event, and what
// became of it. Refused and rejected ones are warnings.
func (s *Server) logEntry(e *entry) {
	level := slog.LevelInfo
	if e.Outcome == refused || e.Outcome == rejected {
		level = slog.LevelWarn
	}
	if !s.opts.Logger.Enabled(context.Background(), level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("outcome", string(e.Outcome)), slog.Int("code", e.Code),
		slog.String("client_id", e.ID), slog.String("ip", e.IP), slog.String("vhost", e.VHost),
		slog.String("app", e.App), slog.String("stream", e.Stream), slog.String("pageUrl", e.Page),
	}
	for _, more := range []struct{ key, value string }{
		{"param", e.Param}, {"tcUrl", e.TCURL}, {"reason", e.Reason}, {"rule", e.Rule}, {"delay", e.Delay},
	} {
		if more.value != "" {
			attrs = append(attrs, slog.String(more.key, more.value))
		}
	}
	s.opts.Logger.LogAttrs(context.Background(), level, e.Event, attrs...)
}

// rowOf returns what an event opens or closes. The stream's parameters are no
// part of what it is.
func (s *Server) rowOf(pl *hook.Payload, e *entry) *row {
	r := &row{
		client: keyOf(pl.ServerID, pl.ClientID),
		ID:     e.ID, IP: e.IP, VHost: e.VHost, App: e.App, Page: e.Page, Since: e.At,
	}
	if event, _ := pl.Event(); event.Opening() != hook.OnConnect {
		stream := e.Stream // so that the row does not keep the entry
		r.what, r.Stream = keyOf(pl.VHost, pl.App, pl.Stream), &stream
	}
	return r
}

// observe follows requests through their phases, see endpoint.Options.
func (s *Server) observe(r *endpoint.Request, phase endpoint.Phase) {
	switch phase {
	case endpoint.PhaseAnswered:
		// An opening event counts from just before its answer's last byte: its
		// closing event cannot come before that.
		if r.GaveUp.IsZero() {
			s.board.answered(r.Seq)
		}
	case endpoint.PhaseDone:
		s.board.done(r.Seq, r.WriteErr == nil)
		s.finish(r)
	}
}

// finish records a request and tells of what went wrong with it.
func (s *Server) finish(r *endpoint.Request) {
	v := s.takeVerdict(r.Seq)
	if _, page := s.pages[r.Path()]; page && r.HeadErr == nil {
		return
	}
	for _, err := range []error{r.HeadErr, r.BodyErr} {
		if err != nil {
			// It may quote the request line, whose query may hold a secret.
			bad := verdict{outcome: rejected, code: r.Answer.Status, reason: s.shown(err.Error())}
			e := s.entryOf(r, &hook.Payload{}, &bad)
			s.logEntry(&e)
			s.board.add(e)
		}
	}
	if r.WriteErr != nil {
		s.opts.Logger.Debug("an answer did not get out", "remote", r.Remote, "err", r.WriteErr)
	}
	if s.record == nil {
		return
	}
	kept := done{Request: r}
	if v != nil {
		kept.problems = v.err
		if v.rule != nil {
			kept.rule = v.rule.name
		}
	}
	s.record.add(kept)
}

func (s *Server) keepVerdict(seq int64, v *verdict) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.verdicts[seq] = v
}

func (s *Server) takeVerdict(seq int64) *verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.verdicts[seq]
	delete(s.verdicts, seq)
	return v
}
