package loadgen

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"hookproof/internal/client"
	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
	"hookproof/loadgen/plan"
)

// session is one client's life. arrive runs in a goroutine of its own until
// the client is in, or is not; depart in another one, when its time is over.
type session struct {
	*plan.Session
	r        *run
	due      time.Time
	measured bool // its latencies count

	c       *client.Client // set by arrive; nil: no connection
	view    *watching      // likewise, of a player over HTTP that is in
	settled chan struct{}  // closed when arrive is done
	stop    chan struct{}  // publishers: closed when they are to send no more
	sent    chan struct{}  // publishers: closed when they send no more
	in      atomic.Bool    // let in, and staying
	begun   atomic.Int64   // publishers: when the first frame was sent, ns of the epoch

	out account.Outcome // arrive's until settled, then depart's
	watch
}

func (s *session) publishes() bool { return s.Role == plan.Publish }

// arrive lets the client begin its life.
func (s *session) arrive(ctx context.Context) {
	defer close(s.settled)
	s.r.measures.Record(measure.Lateness, s.Index, time.Since(s.due))
	s.r.g.started.Add(1)
	s.r.g.arriving.Add(1)
	if s.r.cfg.HooksOnly {
		s.enterHooks()
		s.r.g.arriving.Add(-1)
		return
	}
	if s.Over != plan.RTMP {
		s.arriveHTTP(ctx)
		return
	}
	err := s.enter(ctx)
	s.r.g.arriving.Add(-1)
	switch {
	case err != nil && context.Cause(ctx) != nil:
		s.out.End = account.Cut
		s.over()
	case s.Refused:
		s.refused(ctx, err)
	case err != nil:
		s.fail(err)
	default:
		s.stay(ctx)
	}
}

// enter goes through the steps up to publishing or playing.
func (s *session) enter(ctx context.Context) error {
	c, err := client.Dial(ctx, s.options())
	if err != nil {
		return err
	}
	s.c, s.out.Dialed = c, true
	if err := c.Connect(ctx); err != nil {
		return err
	}
	s.out.Connected = true
	s.r.g.connected.Add(1)
	s.out.Asked = true
	name := s.r.stream(s.Session) + param(s.r.presents(s.Session), s.r.keys.Of(s.Index))
	if s.publishes() {
		err = c.Publish(ctx, name, "live")
	} else {
		err = c.Play(ctx, name)
	}
	s.out.Let = err == nil
	return err
}

// options are the client's, which carries its key and credentials.
func (s *session) options() client.Options {
	o := s.r.options(s.r.presents(s.Session), s.r.keys.Of(s.Index))
	o.Observe, o.OnFrame = s.observe, s.media
	if n := len(s.r.cfg.Sources); n > 0 {
		o.LocalAddr = s.r.cfg.Sources[s.Index%n]
	}
	if s.publishes() {
		o.Publisher = uint64(s.Index) + 1
	}
	return o
}

// fail ends a client that was not let in, though it should have been.
func (s *session) fail(err error) {
	s.out.End = account.Failed
	s.out.Error = err.Error()
	var status *client.StatusError
	s.out.Told = errors.As(err, &status)
	var gone *client.DisconnectError
	s.out.Ended = errors.As(err, &gone) && (gone.How == client.FIN || gone.How == client.RST)
	s.r.g.failed.Add(1)
	s.r.errors.Add(kind(err), account.Name(s.Index), err.Error())
	s.over()
}

// refused waits for the server to end a client that was to be refused.
func (s *session) refused(ctx context.Context, err error) {
	if s.c == nil || err != nil && !isRefusal(err) {
		s.fail(err)
		return
	}
	var status *client.StatusError
	s.out.Told = errors.As(err, &status)
	timer := time.NewTimer(s.r.cfg.Timeout)
	defer timer.Stop()
	select {
	case <-s.c.Done():
		s.out.End = account.Refused
		s.r.g.refused.Add(1)
	case <-timer.C:
		s.out.End = account.Stayed
	case <-ctx.Done():
		s.out.End = account.Cut
	}
	s.over()
}

// stay makes a client that was let in one that is in.
func (s *session) stay(ctx context.Context) {
	s.r.g.enter(s)
	s.in.Store(true)
	if end, over := s.c.End(); over { // before anybody could know that it was in
		s.dropped(end.How)
	}
	if s.publishes() {
		s.r.g.published.Add(1)
		s.r.wg.Go(func() { s.send() })
		return
	}
	s.r.g.played.Add(1)
}

// over closes what is left of the connection and notes how it was.
func (s *session) over() {
	if s.c == nil {
		return
	}
	s.c.Close() // a client that is refused or lost has nothing to say
	s.note()
}

// note takes over what the reading goroutine saw, once that has ended.
func (s *session) note() {
	s.out.Frames, s.out.Foreign, s.out.EndedAt = s.frames, s.foreign, s.r.nanos(s.endedAt)
	n := s.c.Counters()
	s.r.g.bytesIn.Add(int64(n.BytesIn))
	s.r.g.bytesOut.Add(int64(n.BytesOut))
	s.r.g.sent.Add(int64(n.SentFrames))
	s.r.g.lost.Add(s.lost)
	s.r.g.reordered.Add(s.reordered)
	s.r.g.stalls.Add(s.stalls)
	s.c = nil
}

// depart ends the client's life as planned.
func (s *session) depart() {
	<-s.settled
	if !s.out.Let || s.out.End != account.NotStarted {
		return
	}
	if s.r.cfg.HooksOnly {
		s.leaveHooks()
		return
	}
	if s.Over != plan.RTMP {
		s.leaveHTTP()
		return
	}
	if s.publishes() {
		close(s.stop)
		<-s.sent
	}
	stayed := s.in.CompareAndSwap(true, false)
	if stayed {
		s.r.g.leave(s)
	}
	s.out.LeftAt = s.r.nanos(time.Now())
	switch {
	case !stayed: // the server was first
		s.out.End, s.out.LeftAt = account.Dropped, 0
	case s.Vanish:
		s.out.End = account.Vanished
		s.c.Vanish()
		s.r.g.vanished.Add(1)
	default:
		s.out.End = account.Left
		if err := s.c.Leave(); err != nil {
			s.r.errors.Add("leave: "+cause(err), account.Name(s.Index), err.Error())
		}
		s.r.g.left.Add(1)
	}
	<-s.c.Done()
	s.note()
	s.missed()
}

// missed counts a player that never got a frame although its publisher sent
// some for a while.
func (s *session) missed() {
	if s.publishes() || s.Source < 0 || s.frames > 0 || s.r.cfg.Media.None || s.out.End == account.Dropped {
		return
	}
	source := s.r.sessions[s.Source]
	if source == nil {
		return // another shard's
	}
	begun := source.begun.Load()
	if begun == 0 || s.out.LeftAt-max(begun, s.r.nanos(s.letAt)) < int64(noFrameAfter) {
		return
	}
	if s.r.planned(source.Depart).Before(s.letAt.Add(noFrameAfter)) {
		return
	}
	s.r.g.noFrame.Add(1)
	s.r.errors.Add("play: no frame", account.Name(s.Index), "its publisher sent, and it got nothing until it left")
}

// noFrameAfter is how long a player may be without a first frame: longer than
// any keyframe distance that is common.
const noFrameAfter = 10 * time.Second
