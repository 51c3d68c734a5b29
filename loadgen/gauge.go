package loadgen

import (
	"sync/atomic"

	"hookproof/loadgen/measure"
)

// gauges are the counters of a running test.
type gauges struct {
	started, arriving, publishing, playing       atomic.Int64
	connected, published, played                 atomic.Int64
	refused, vanished, left, failed              atomic.Int64
	sent, lost, reordered                        atomic.Int64
	stalls, noFrame, bytesIn, bytesOut, peakLive atomic.Int64
	received                                     measure.Striped // frames
}

// live is how many clients are in.
func (g *gauges) live() int64 { return g.publishing.Load() + g.playing.Load() }

// enter counts a client that is in.
func (g *gauges) enter(s *session) {
	g.of(s).Add(1)
	for now := g.live(); ; {
		peak := g.peakLive.Load()
		if now <= peak || g.peakLive.CompareAndSwap(peak, now) {
			return
		}
	}
}

// leave counts a client that was in and is no more.
func (g *gauges) leave(s *session) { g.of(s).Add(-1) }

func (g *gauges) of(s *session) *atomic.Int64 {
	if s.publishes() {
		return &g.publishing
	}
	return &g.playing
}
