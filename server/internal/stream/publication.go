package stream

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"time"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

// ErrBusy says that another publisher is live.
var ErrBusy = errors.New("the stream is being published already")

// Delivery says how a publication reaches its players.
type Delivery struct {
	// GOPCache sends new players what came since the last keyframe, up to GOPFrames audio and video messages and
	// GOPTime; a longer group of pictures is not kept. 0: no such bound.
	GOPCache  bool
	GOPFrames int
	GOPTime   time.Duration
	// Merge is the longest that players are left unwoken; with few players it is not used. 0: never.
	Merge time.Duration
	// TCURL is what the publisher's connect said, for Info.
	TCURL string
	// Share bounds what the publication and others of its client are kept of; nil does not.
	Share *Share
}

// Publication is the right to publish a stream: at most one exists for a name at any time.
type Publication struct {
	s        *Stream
	clientID string
	delivery Delivery
	most     atomic.Int64  // bytes that are kept of it
	stopped  bool          // under s.mu: no more media
	ended    chan struct{} // closed when the name is free
}

// Publish takes the name for a client, or returns ErrBusy while another is live. Where the one before has
// stopped and only tells of it, Publish waits until the name is free, or ctx is done.
func (s *Stream) Publish(ctx context.Context, clientID string, d Delivery) (*Publication, error) {
	for {
		p, wait, err := s.take(clientID, d)
		if err == nil && p != nil {
			d.Share.join(p)
		}
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

// Claim takes the name for a publisher that is not live yet, until Unclaim. ErrBusy: another has claimed it, or is
// live, or its end is not told yet.
func (s *Stream) Claim() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.claimed || s.holder != nil {
		return ErrBusy
	}
	s.claimed = true
	return nil
}

// Unclaim ends a Claim.
func (s *Stream) Unclaim() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.claimed = false
}

// take returns the publication, or what to wait for.
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
	p.most.Store(math.MaxInt32)
	s.holder, s.info = p, counters{since: time.Now()}
	s.setHeaders(&headers{})
	s.ring.forget()
	s.add(newControl(command.StreamBegin))
	s.wake()
	return p, nil, nil
}

// Write passes a message on to the players: audio, video or data. The error says why they do not get it, as where data
// is no valid AMF0. Nothing is kept of m but its payload.
func (p *Publication) Write(m *chunk.Message) error { return p.s.write(p, m) }

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
	p.delivery.Share.leave(p)
	s.setHeaders(&headers{})
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
