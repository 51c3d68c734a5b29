package hooktarget

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/hookcheck"
)

// guest is one client of a crowd: what it sends, in order. Behind a refused
// event nothing follows but its on_close.
type guest struct {
	requests []Request
}

// Crowd has n clients send their events at once, the events of each one after
// the other, every request on a connection of its own. Where it is known whom
// the server refuses, a third of the clients is refused at one of its events.
func (s *Scene) Crowd(n int, r *rand.Rand) error {
	guests, err := s.guests(n, r)
	if err == nil {
		s.storm(guests)
		err = s.Ctx.Err()
	}
	return err
}

// timings is how often a crowd may come until its answers come in time: once
// is too little on a machine that has other work.
const timings = 3

// Timed has a crowd come as in Crowd, and again when its answers took longer
// than H-CON-02 allows: a server that is slow is slow each time. What the same
// takes without the target is recorded with it.
func (s *Scene) Timed(n int, r *rand.Rand) error {
	for range timings {
		guests, err := s.guests(n, r)
		if err != nil {
			return err
		}
		if s.storm(guests) <= time.Duration(float64(hookcheck.Bar)*s.Facts.Scale) {
			break
		}
		s.control(guests)
	}
	return s.Ctx.Err()
}

func (s *Scene) guests(n int, r *rand.Rand) ([]guest, error) {
	guests := make([]guest, n)
	for i := range guests {
		var err error
		if guests[i], err = s.guest(i, r); err != nil {
			return nil, err
		}
	}
	return guests, nil
}

// guest decides what the i-th client of a crowd sends.
func (s *Scene) guest(i int, r *rand.Rand) (guest, error) {
	id := &s.Target.o.Identities
	events := []hook.Event{hook.OnConnect, hook.OnPublish, hook.OnUnpublish, hook.OnClose}
	if i%2 == 1 {
		events = []hook.Event{hook.OnConnect, hook.OnPlay, hook.OnStop, hook.OnClose}
	}
	refuseAt := -1
	if r.IntN(3) == 0 {
		refuseAt = r.IntN(2)
	}
	v, p := s.Target.visitor(), s.Target.o.Profile
	var g guest
	for k := 0; k < len(events); k++ {
		ev := events[k]
		if len(s.Target.o.URLs[ev]) == 0 {
			continue
		}
		sm, want := id.Accepted(ev), hookcheck.Accept
		if refused := id.Refuses(ev); k == refuseAt && len(refused) > 0 {
			sm, want = refused[r.IntN(len(refused))], hookcheck.Refuse
			k = len(events) - 2
		}
		body, err := s.encode(v.payload(p, sm))
		if err != nil {
			return g, err
		}
		what := fmt.Sprintf("%s of client %d, one of many at once, to be accepted", ev, i)
		if want == hookcheck.Refuse {
			what = fmt.Sprintf("%s of client %d, one of many at once, to be refused", ev, i)
		}
		all, err := s.requests(ev, body, what, want)
		if err != nil {
			return g, err
		}
		for j := range all {
			all[j].Actor = fmt.Sprintf("Client%d", i)
			all[j].line = all[j].curl()
		}
		g.requests = append(g.requests, all...)
	}
	if len(g.requests) == 0 {
		return g, &check.NotRun{Reason: "no URL is given for the events of a client"}
	}
	return g, nil
}

// Burst has n callers each open a connection at once and send one event on it.
func (s *Scene) Burst(n int) error {
	ev, err := s.anyOpening("")
	if err != nil {
		return err
	}
	sm, p := s.Target.o.Identities.Accepted(ev), s.Target.o.Profile
	guests := make([]guest, n)
	for i := range guests {
		body, err := s.encode(s.Target.visitor().payload(p, sm))
		if err != nil {
			return err
		}
		q := Request{Event: ev.String(), URL: s.Target.o.URLs[ev][0], Body: Body{Before: body}, Want: hookcheck.Accept,
			What: fmt.Sprintf("an acceptable %s, one of %d at once", ev, n), Actor: fmt.Sprintf("Client%d", i)}
		q.line = q.curl()
		guests[i].requests = []Request{q}
	}
	s.storm(guests)
	return s.Ctx.Err()
}

// storm lets the guests loose together and records how long answers took. It
// gives the 99th percentile.
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
	s.answered(n, q, &r)
	return r
}

// latency records the percentiles, in ms, as the note that reports show.
func (s *Scene) latency(note string, h *hdrhistogram.Histogram, clients int, all time.Duration) {
	ms := func(us int64) float64 { return float64(us) / 1000 }
	data := map[string]any{"clients": float64(clients), "requests": float64(h.TotalCount()), "took_s": all.Seconds(),
		"p50_ms": ms(h.ValueAtPercentile(50)), "p90_ms": ms(h.ValueAtPercentile(90)), "p99_ms": ms(h.ValueAtPercentile(99)), "max_ms": ms(h.Max())}
	s.note(note, data, "%d answers to %d clients at once, in %.3f s: p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, longest %.1f ms",
		h.TotalCount(), clients, all.Seconds(), data["p50_ms"], data["p90_ms"], data["p99_ms"], data["max_ms"])
}
