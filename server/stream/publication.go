package stream

import (
	"context"
	"errors"
	"time"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

// ErrBusy says that another publisher is live.
var ErrBusy = errors.New("the stream is being published already")

// Delivery says how a publication reaches its players.
type Delivery struct {
	// GOPCache gives new players what came since the last keyframe.
	GOPCache bool
	// Merge is the longest that players are left unwoken; with few players it is not used. 0: never.
	Merge time.Duration
}

// Publication is the right to publish a stream: at most one exists for a name at any time.
type Publication struct {
	s        *Stream
	clientID string
	delivery Delivery
	stopped  bool          // under s.mu: no more media
	ended    chan struct{} // closed when the name is free
}

// Publish takes the name for a client, or gives ErrBusy while another is live. Where the one before has
// stopped and only tells of it, Publish waits until the name is free, or ctx is done.
func (s *Stream) Publish(ctx context.Context, clientID string, d Delivery) (*Publication, error) {
	for {
		p, wait, err := s.take(clientID, d)
		if wait == nil {
			return p, err
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, ErrBusy
		}
	}
}

// take gives the publication, or what to wait for.
func (s *Stream) take(clientID string, d Delivery) (p *Publication, wait <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.holder; h != nil {
		if h.stopped {
			return nil, h.ended, nil
		}
		return nil, nil, ErrBusy
	}
	p = &Publication{s: s, clientID: clientID, delivery: d, ended: make(chan struct{})}
	s.holder, s.headers, s.info = p, &headers{}, counters{since: time.Now()}
	s.ring.forget()
	s.add(newControl(command.StreamBegin))
	s.wake()
	return p, nil, nil
}

// Write passes a message on to the players; audio, video and data only, others are left out. Nothing is
// kept of m but its payload.
func (p *Publication) Write(m *chunk.Message) { p.s.write(p, m) }

// Stop ends the media: players are told, and stay. The name is kept until End, so that the next publisher
// is not live before the hooks know of this one's end. Stopping again does nothing.
func (p *Publication) Stop() {
	s := p.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.stopped {
		return
	}
	p.stopped = true
	s.headers = &headers{}
	s.ring.forget()
	s.add(newControl(command.StreamEOF))
	s.sweep()
	s.wake()
}

// End stops, and frees the name. Ending again does nothing.
func (p *Publication) End() {
	p.Stop()
	s := p.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.holder == p {
		s.holder = nil
		close(p.ended)
	}
}
