package loadgen

import (
	"time"

	"hookproof/internal/client"
	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
	"hookproof/loadgen/plan"
)

// watch is what a client's reading goroutine notes; others read it when that
// has ended. Nothing in it allocates.
type watch struct {
	letAt, endedAt                           time.Time
	frames, foreign, lost, reordered, stalls int64

	publisher, seq uint64 // of the last marked frame
	keyframe       bool   // one came

	timed            bool // the rest is valid
	lastAt, lastSent time.Time
	lastDelay        time.Duration
}

// observe is told everything that happens to the client, but of frames.
func (s *session) observe(ev client.Event) {
	switch ev.Kind {
	case client.Dialed:
		s.record(measure.TCP, ev.At)
	case client.HandshakeDone:
		s.record(measure.Handshake, ev.At)
	case client.Received:
		if ev.Code == "NetConnection.Connect.Success" {
			s.record(measure.Connect, ev.At)
		}
	case client.Status:
		s.status(&ev)
	case client.Disconnected:
		s.ended(&ev)
	}
}

// record measures from when the client was due.
func (s *session) record(m measure.Metric, at time.Time) {
	if s.measured {
		s.r.measures.Record(m, s.Index, at.Sub(s.due))
	}
}

func (s *session) status(ev *client.Event) {
	switch ev.Code {
	case "NetStream.Publish.Start":
		s.letAt = ev.At
		s.record(measure.Publish, ev.At)
	case "NetStream.Play.Start":
		s.letAt = ev.At
		if !s.Refused { // some servers say so before they ask the hook
			s.record(measure.Play, ev.At)
		}
	}
}

// ended notes the connection's end; that of a client that was in is an error.
func (s *session) ended(ev *client.Event) {
	s.endedAt = ev.At
	if ev.How != client.Local {
		s.dropped(ev.How)
	}
}

// dropped counts a client that was in when the server ended its connection.
func (s *session) dropped(how client.How) {
	if !s.in.CompareAndSwap(true, false) {
		return
	}
	s.r.g.leave(s)
	s.r.g.failed.Add(1)
	s.r.errors.Add("while in: "+words[how], account.Name(s.Index), "the connection ended before the client left")
}

// media looks at a frame that a player got.
func (s *session) media(f client.Frame) {
	if !f.Frame || s.publishes() {
		return
	}
	s.frames++
	s.r.g.received.Inc(s.Index)
	m := &f.Marker
	if s.frames == 1 && !s.r.cfg.Media.None { // which is a matter of the distance between its few bytes
		s.record(s.metric(measure.FirstFrame, measure.FLVFirstFrame), s.since(f.At))
	}
	if f.Keyframe && !s.keyframe {
		s.keyframe, s.lost = true, 0 // until then servers hold back what cannot be decoded
		s.record(measure.FirstKeyframe, s.since(f.At))
	}
	if m.Publisher == 0 {
		return
	}
	s.sequence(m)
	s.delay(f.At, m.SentAt)
}

// metric returns that of what the player plays over.
func (s *session) metric(rtmp, flv measure.Metric) measure.Metric {
	if s.Over == plan.FLV {
		return flv
	}
	return rtmp
}

// since corrects the time of a first frame by what the player had to wait for
// a publisher that began after it was due: that is no fault of the server.
func (s *session) since(at time.Time) time.Time {
	if s.Source < 0 || s.r.sessions[s.Source] == nil {
		return at
	}
	begun := s.r.sessions[s.Source].begun.Load()
	if wait := begun - s.r.nanos(s.due); begun > 0 && wait > 0 {
		return at.Add(-time.Duration(wait))
	}
	return at
}

// sequence looks for gaps, and for frames that are not the player's to have.
func (s *session) sequence(m *client.Marker) {
	if m.Publisher != s.publisher {
		s.publisher, s.seq, s.timed = m.Publisher, m.Seq, false
		if !s.r.mayPlay(s, m.Publisher) {
			s.foreign++
		}
		return
	}
	switch {
	case m.Seq > s.seq:
		s.lost += int64(m.Seq - s.seq - 1)
		s.seq = m.Seq
	default:
		s.reordered++
	}
}

// delay measures a frame's way. What the server had kept for new players was
// sent before they came, and says nothing.
func (s *session) delay(at, sent time.Time) {
	if sent.Before(s.letAt) {
		return
	}
	d := at.Sub(sent)
	if s.measured {
		s.r.measures.Record(s.metric(measure.E2E, measure.FLVE2E), s.Index, d)
	}
	if s.timed {
		if s.measured {
			s.r.measures.Record(measure.Jitter, s.Index, (d - s.lastDelay).Abs())
		}
		if at.Sub(s.lastAt)-sent.Sub(s.lastSent) > s.r.cfg.Stall {
			s.stalls++
		}
	}
	s.timed, s.lastDelay, s.lastAt, s.lastSent = true, d, at, sent
}
