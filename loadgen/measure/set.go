package measure

import (
	"runtime"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The range of all histograms, in microseconds, and their precision. They are
// the same everywhere, so that histograms of several processes add up without
// loss.
const (
	Lowest  = 1
	Highest = 3_600_000_000 // an hour; what takes longer counts as an hour
	Digits  = 3
)

// frameShards is how many histograms share the recording of a metric that
// comes with every frame: enough that processors seldom wait for each other,
// and no more, since whoever asks has to add them up.
func frameShards() int { return min(runtime.GOMAXPROCS(0), 64) }

// NewHistogram makes an empty histogram of the common range.
func NewHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(Lowest, Highest, Digits) }

// Set holds a histogram per metric. Its methods may be called from any goroutine.
type Set struct {
	metrics [Count][]shard

	sumLock sync.Mutex
	sum     *hdrhistogram.Histogram        // of Quantile and Interval, to be used again
	past    [Count]*hdrhistogram.Histogram // what Interval has taken out of the shards
}

type shard struct {
	mu   sync.Mutex
	hist *hdrhistogram.Histogram // made with the first value
	_    [40]byte                // shards are written by different cores
}

// NewSet makes a Set without values.
func NewSet() *Set {
	s := &Set{}
	for m := range Count {
		n := 1
		if m.perFrame() {
			n = frameShards()
		}
		s.metrics[m] = make([]shard, n)
	}
	return s
}

// Record adds a value. who tells recorders apart, so that they seldom meet:
// a session's index, say. Less than nothing counts as nothing.
func (s *Set) Record(m Metric, who int, d time.Duration) {
	shards := s.metrics[m]
	sh := &shards[who%len(shards)]
	us := min(max(d.Microseconds(), 0), Highest)
	sh.mu.Lock()
	if sh.hist == nil {
		sh.hist = NewHistogram()
	}
	_ = sh.hist.RecordValue(us) // in range
	sh.mu.Unlock()
}

// Histogram returns a copy of what was recorded of m so far.
func (s *Set) Histogram(m Metric) *hdrhistogram.Histogram {
	s.sumLock.Lock()
	defer s.sumLock.Unlock()
	sum := NewHistogram()
	s.addTo(sum, m)
	return sum
}

// addTo adds up what was recorded of m; the caller holds sumLock.
func (s *Set) addTo(sum *hdrhistogram.Histogram, m Metric) {
	if s.past[m] != nil {
		sum.Merge(s.past[m])
	}
	for i := range s.metrics[m] {
		sh := &s.metrics[m][i]
		sh.mu.Lock()
		if sh.hist != nil {
			sum.Merge(sh.hist)
		}
		sh.mu.Unlock()
	}
}

// Quantile returns the value below which q percent of those recorded of m lie;
// false if there are none. It leaves no garbage: it is asked every second.
func (s *Set) Quantile(m Metric, q float64) (time.Duration, bool) {
	s.sumLock.Lock()
	defer s.sumLock.Unlock()
	if s.sum == nil {
		s.sum = NewHistogram()
	}
	s.sum.Reset()
	s.addTo(s.sum, m)
	return time.Duration(s.sum.ValueAtQuantile(q)) * time.Microsecond, s.sum.TotalCount() > 0
}

// Spread is how the values of an interval are spread, in milliseconds.
type Spread struct {
	Count int64   `json:"count"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
}

// SpreadOf sums up a histogram of microseconds.
func SpreadOf(h *hdrhistogram.Histogram) Spread {
	at := func(q float64) float64 { return float64(h.ValueAtQuantile(q)) / 1000 }
	return Spread{Count: h.TotalCount(), P50: at(50), P90: at(90), P99: at(99)}
}

// Interval returns how the values are spread that were recorded of m since it
// was last asked; false if there are none.
func (s *Set) Interval(m Metric) (Spread, bool) {
	s.sumLock.Lock()
	defer s.sumLock.Unlock()
	if s.sum == nil {
		s.sum = NewHistogram()
	}
	s.sum.Reset()
	for i := range s.metrics[m] {
		sh := &s.metrics[m][i]
		sh.mu.Lock()
		if sh.hist != nil && sh.hist.TotalCount() > 0 {
			s.sum.Merge(sh.hist)
			sh.hist.Reset()
		}
		sh.mu.Unlock()
	}
	if s.sum.TotalCount() == 0 {
		return Spread{}, false
	}
	if s.past[m] == nil {
		s.past[m] = NewHistogram()
	}
	s.past[m].Merge(s.sum)
	return SpreadOf(s.sum), true
}
