package loadgen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"time"

	"hookproof/internal/client"
	"hookproof/internal/viewer"
	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
	"hookproof/loadgen/plan"
)

// watching is what a player over HTTP is while it is in.
type watching struct {
	flv   *viewer.FLV
	stop  context.CancelFunc // HLS: ends its requests
	ended chan struct{}      // closed when it gets nothing any more
}

// A viewError says what a server answered to a viewer in place of a stream.
type viewError struct{ status int }

func (e *viewError) Error() string { return fmt.Sprintf("refused with HTTP %d", e.status) }

// arriveHTTP is arrive of a player over HTTP.
func (s *session) arriveHTTP(ctx context.Context) {
	err := s.enterHTTP(ctx)
	s.r.g.arriving.Add(-1)
	switch {
	case err != nil && context.Cause(ctx) != nil:
		s.out.End = account.Cut
	case s.Refused && err == nil:
		s.out.End = account.Stayed
		s.end()
	case s.Refused && refusesViewers(err):
		s.out.End, s.out.Told = account.Refused, true
		s.endedAt = time.Now()
		s.r.g.refused.Add(1)
	case isMissing(err) && !s.sourced():
		s.out.End = account.Left // nobody publishes it any more
	case err != nil:
		s.failHTTP(err)
	default:
		s.out.Let = true
		s.in.Store(true)
		s.r.g.enter(s)
		s.r.g.played.Add(1)
		s.r.wg.Go(s.watchEnd)
	}
	s.noteHTTP()
}

// retryEvery is how often a viewer asks again for what is not there yet.
const retryEvery = 250 * time.Millisecond

// enterHTTP asks until the stream is there, as players do that come before their publisher.
func (s *session) enterHTTP(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.r.cfg.Timeout)
	defer cancel()
	tick := time.NewTicker(retryEvery)
	defer tick.Stop()
	var missing error
	for {
		var err error
		if s.Over == plan.FLV {
			err = s.openFLV(ctx)
		} else {
			err = s.openHLS(ctx)
		}
		switch {
		case isMissing(err):
			missing = err
		case ctx.Err() != nil && missing != nil:
			return missing // the last of many
		default:
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return missing
		}
	}
}

func (s *session) viewerOptions() viewer.Options {
	o := viewer.Options{Address: s.r.http, Header: http.Header{"Referer": {pageURL(s.r.keys.Of(s.Index))}}}
	if n := len(s.r.cfg.Sources); n > 0 {
		o.LocalAddr = s.r.cfg.Sources[s.Index%n]
	}
	if host := s.r.presents(s.Session).VHost; host != "" {
		o.Host = host
	}
	return o
}

// target is what a viewer asks for, with its credentials and its key.
func (s *session) target(ext string) string {
	c := s.r.presents(s.Session)
	if c.Param == "" {
		c.Param = c.Query // there is no tcUrl
	}
	app, _, _ := strings.Cut(appOf(s.r.base), "?")
	return "/" + app + "/" + s.r.stream(s.Session) + ext + param(c, s.r.keys.Of(s.Index))
}

// openFLV asks for HTTP-FLV.
func (s *session) openFLV(ctx context.Context) error {
	v, err := viewer.Open(ctx, s.viewerOptions(), s.target(".flv"))
	s.dialed(err)
	if err != nil {
		return err
	}
	if v.Status != http.StatusOK {
		v.Play(nil) // there is nothing to play
		v.Vanish()
		return &viewError{v.Status}
	}
	s.played()
	v.Play(s.tag)
	s.view = &watching{flv: v, ended: make(chan struct{})}
	return nil
}

// dialed notes how far a request came.
func (s *session) dialed(err error) {
	var dial *viewer.DialError
	if !errors.As(err, &dial) {
		s.out.Dialed, s.out.Connected, s.out.Asked = true, true, true
	}
}

// played notes that the server has begun to serve the player.
func (s *session) played() {
	s.letAt = time.Now()
	if !s.Refused {
		s.record(measure.Play, s.since(s.letAt))
	}
	s.r.g.connected.Add(1)
}

// tag looks at what an FLV player got. It is called by the goroutine that reads.
func (s *session) tag(f *viewer.Frame) {
	s.r.g.bytesIn.Add(int64(len(f.Payload)))
	s.media(client.Frame{At: f.At, Size: len(f.Payload), Frame: f.Picture, Keyframe: f.Keyframe,
		SequenceHeader: f.Header, Marker: f.Marker})
}

// openHLS asks for a playlist, follows it and gets the first segment; then it goes on in the background.
func (s *session) openHLS(ctx context.Context) error {
	target := s.target(".m3u8")
	got := map[string]bool{}
	p, err := s.playlist(ctx, target)
	if err == nil && len(p.Variants) > 0 {
		target = p.Variants[0]
		p, err = s.playlist(ctx, target)
	}
	if err != nil {
		return err
	}
	s.played()
	on, stop := context.WithCancel(context.Background())
	s.view = &watching{stop: stop, ended: make(chan struct{})}
	v := s.view
	s.r.wg.Go(func() {
		defer close(v.ended)
		s.follow(on, target, p, got)
	})
	return nil
}

// follow gets the segments of a playlist, and asks for it again, until on ends or there is no more of it.
func (s *session) follow(on context.Context, target string, p *viewer.Playlist, got map[string]bool) {
	for {
		for _, segment := range p.Segments {
			if !got[segment] && s.segment(on, segment) == nil {
				got[segment] = true
			}
		}
		wait := time.NewTimer(max(p.Target/2, retryEvery))
		select {
		case <-wait.C:
		case <-on.Done():
			wait.Stop()
			return
		}
		next, err := s.playlist(on, target)
		if err != nil {
			return
		}
		p = next
	}
}

// playlist asks for one.
func (s *session) playlist(ctx context.Context, target string) (*viewer.Playlist, error) {
	answer, err := s.get(ctx, target, measure.HLSPlaylist)
	if err != nil {
		return nil, err
	}
	return viewer.ParsePlaylist(target, answer.Body)
}

// segment asks for one, which counts as a frame.
func (s *session) segment(ctx context.Context, target string) error {
	answer, err := s.get(ctx, target, measure.HLSSegment)
	if err != nil {
		return err
	}
	if s.frames++; s.frames == 1 {
		s.record(measure.HLSFirstSegment, s.since(answer.Ended))
	}
	s.r.g.received.Inc(s.Index)
	return nil
}

func (s *session) get(ctx context.Context, target string, m measure.Metric) (*viewer.Answer, error) {
	answer, err := viewer.Get(ctx, s.viewerOptions(), target)
	s.dialed(err)
	if err != nil {
		return nil, err
	}
	if !answer.Given() {
		return nil, &viewError{answer.Status}
	}
	s.r.g.bytesIn.Add(int64(len(answer.Body)))
	if s.measured {
		s.r.measures.Record(m, s.Index, answer.Ended.Sub(answer.Asked))
	}
	return answer, nil
}

// isMissing reports whether a request was answered that there is no such stream.
func isMissing(err error) bool {
	var status *viewError
	return errors.As(err, &status) && status.status == http.StatusNotFound
}

// refusesViewers reports whether a request ended in a way in which servers refuse viewers: SRS ends the connection.
func refusesViewers(err error) bool {
	var status *viewError
	return errors.As(err, &status) && !isMissing(err) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET)
}

func (s *session) failHTTP(err error) {
	s.out.End, s.out.Error = account.Failed, err.Error()
	var status *viewError
	s.out.Told = errors.As(err, &status) && !isMissing(err)
	s.out.Ended = refusesViewers(err) && !s.out.Told
	s.r.g.failed.Add(1)
	what := cause(err)
	if errors.As(err, &status) {
		what = status.Error()
	}
	s.r.errors.Add(s.Over.String()+": "+what, account.Name(s.Index), err.Error())
}

// watchEnd waits for the end of an FLV player's connection. That its publisher has left is a reason for it.
func (s *session) watchEnd() {
	v := s.view
	if v.flv == nil {
		return
	}
	<-v.flv.Done()
	defer close(v.ended)
	s.endedAt = time.Now()
	if how := v.flv.How(); how != client.Local && !s.orphaned(how) {
		s.dropped(how)
	}
}

// orphaned reports whether a player's connection has ended because there is nothing more to play.
func (s *session) orphaned(how client.How) bool {
	return how == client.FIN && !s.sourced()
}

// sourced reports whether the player's publisher is in, as far as is known here: it may be another shard's.
func (s *session) sourced() bool {
	if s.Source < 0 {
		return false
	}
	source := s.r.sessions[s.Source]
	return source != nil && source.in.Load()
}

// end ends what a player over HTTP is in, without a word.
func (s *session) end() {
	v := s.view
	if v == nil {
		return
	}
	if v.flv != nil {
		v.flv.Vanish()
	} else {
		v.stop()
		<-v.ended
	}
}

// leaveHTTP is depart of a player over HTTP that was let in.
func (s *session) leaveHTTP() {
	v := s.view
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
		s.r.g.vanished.Add(1)
	default:
		s.out.End = account.Left
		s.r.g.left.Add(1)
	}
	switch {
	case v.flv != nil && s.Vanish:
		v.flv.Vanish()
	case v.flv != nil:
		v.flv.Leave()
	default:
		v.stop()
	}
	<-v.ended
	s.noteHTTP()
	s.missed()
}

// noteHTTP takes over what was seen, once nothing more comes.
func (s *session) noteHTTP() {
	if s.out.End == account.NotStarted {
		return // it is in
	}
	s.out.Frames, s.out.Foreign, s.out.EndedAt = s.frames, s.foreign, s.r.nanos(s.endedAt)
	s.r.g.lost.Add(s.lost)
	s.r.g.reordered.Add(s.reordered)
	s.r.g.stalls.Add(s.stalls)
}
