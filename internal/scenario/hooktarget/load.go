package hooktarget

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"hookproof/internal/hookcheck"
	"hookproof/reports"
)

// storm lets the guests loose together and records how long answers took. It
// returns the 99th percentile.
func (s *Scene) storm(guests []guest) time.Duration {
	return s.loose(hookcheck.LatencyNote, guests, s.timed)
}

// control lets the same guests loose on a server of our own that answers at
// once, unrecorded: what that takes is this machine's doing.
func (s *Scene) control(guests []guest) {
	quick := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, "0")
	}))
	defer quick.Close()
	s.loose(hookcheck.ControlNote, guests, func(q *Request) result {
		other := *q
		other.URL = quick.URL + "/"
		return s.Target.exchange(s.Ctx, &other, s.Target.scaled(loadLimit))
	})
}

func (s *Scene) loose(note string, guests []guest, send func(*Request) result) time.Duration {
	took := hdrhistogram.New(1, int64(time.Minute/time.Microsecond), 3)
	var mu sync.Mutex
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range guests {
		all.Go(func() {
			<-start
			for j := range guests[i].requests {
				r := send(&guests[i].requests[j])
				mu.Lock()
				took.RecordValue(min(r.got.Sub(r.sent).Microseconds(), took.HighestTrackableValue()))
				mu.Unlock()
			}
		})
	}
	began := time.Now()
	close(start)
	all.Wait()
	s.latency(note, took, len(guests), time.Since(began))
	return time.Duration(took.ValueAtPercentile(99)) * time.Microsecond
}

// timed sends one request of many.
func (s *Scene) timed(q *Request) result {
	n := s.asked(q, q.line)
	r := s.Target.exchange(s.Ctx, q, s.Target.scaled(loadLimit))
	s.Trouble(r.err)
	s.answered(n, q, &r)
	return r
}

// latency records the percentiles, in ms, as the note that reports show.
func (s *Scene) latency(note string, h *hdrhistogram.Histogram, clients int, all time.Duration) {
	ms := func(us int64) float64 { return float64(us) / 1000 }
	l := reports.Latency{Clients: clients, Requests: h.TotalCount(), TookS: all.Seconds(),
		P50: ms(
			h.ValueAtPercentile(50),
		), P90: ms(h.ValueAtPercentile(90)), P99: ms(h.ValueAtPercentile(99)), Max: ms(h.Max())}
	s.note(
		note,
		&reports.Details{Latency: l},
		"%d answers to %d clients at once, in %.3f s: p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, longest %.1f ms",
		h.TotalCount(),
		clients,
		all.Seconds(),
		l.P50,
		l.P90,
		l.P99,
		l.Max,
	)
}
