package loadgen

import (
	"time"

	"hookproof/internal/media"
	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
)

// send is a publisher's sending goroutine: it sends what is due when it is
// due, whatever happened before, until stop or the end of the connection.
func (s *session) send() {
	defer close(s.sent)
	feed, err := media.NewFeed(s.r.set.source, s.r.cfg.Burst)
	if err != nil {
		s.r.errors.Add("media: "+err.Error(), account.Name(s.Index), err.Error())
		return
	}
	start := s.r.clock.Add(time.Since(s.r.clock).Truncate(media.Tick)) // the same ticks for all
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		after, tags := feed.Next()
		due := start.Add(after)
		timer.Reset(time.Until(due))
		select {
		case <-timer.C:
		case <-s.stop:
			return
		case <-s.c.Done():
			return
		}
		s.r.measures.Record(measure.Pacing, s.Index, time.Since(due))
		if s.begun.Load() == 0 {
			s.begun.Store(s.r.nanos(time.Now()))
		}
		if s.c.WriteMedia(tags...) != nil {
			<-s.c.Done() // the end is told by the reading side
			return
		}
	}
}
