package api

import (
	"maps"
	"sync"
	"time"
)

// rateTime is what SRS averages rates over.
const rateTime = 30 * time.Second

// rates computes kbit/s from byte counters that are looked at whenever the API
// is asked. The rate is the average since the newest look that is at least
// 30 s old, and since the beginning while there is none: who polls gets about
// what SRS tells, without a clock running for nobody.
type rates struct {
	mu    sync.Mutex
	seen  map[string]*samples
	swept time.Time // when those that nobody looks at were forgotten
}

// samples are two looks at one pair of counters: base is compared with, next
// becomes base when it is old enough.
type samples struct {
	base, next sample
	last       time.Time // of the looks
}

type sample struct {
	at         time.Time
	recv, sent int64
}

// counter is one pair of byte counters that began at zero at since.
type counter struct {
	id         string
	since      time.Time
	recv, sent int64
}

// all returns the rates of counters. One that nobody has looked at for long is forgotten.
func (r *rates) all(now time.Time, counters []counter) map[string]kbps {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep(now)
	out := make(map[string]kbps, len(counters))
	for _, c := range counters {
		look := sample{now, c.recv, c.sent}
		s := r.seen[c.id]
		// A counter that went back is another one of that name.
		if s == nil || c.recv < s.next.recv || c.sent < s.next.sent {
			s = &samples{base: sample{at: c.since}, next: look}
		}
		if now.Sub(s.next.at) >= rateTime {
			s.base, s.next = s.next, look
		}
		s.last = now
		r.seen[c.id] = s
		out[c.id] = between(s.base, look)
	}
	return out
}

// sweep forgets counters that nobody has looked at while a look at them would still be of use.
func (r *rates) sweep(now time.Time) {
	if r.seen == nil {
		r.seen = map[string]*samples{}
	}
	if now.Sub(r.swept) < rateTime {
		return
	}
	r.swept = now
	maps.DeleteFunc(r.seen, func(_ string, s *samples) bool { return now.Sub(s.last) > 2*rateTime })
}

// between returns the rate from one look to a later one.
func between(from, to sample) kbps {
	ms := to.at.Sub(from.at).Milliseconds()
	if ms <= 0 {
		return kbps{}
	}
	return kbps{Recv: (to.recv - from.recv) * 8 / ms, Send: (to.sent - from.sent) * 8 / ms}
}
