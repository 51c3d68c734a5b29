package result

import (
	"github.com/HdrHistogram/hdrhistogram-go"

	"hookproof/loadgen/measure"
)

// percentiles are the places of a curve: ever closer to 100.
var percentiles = []float64{0, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 96.5, 98, 99, 99.5, 99.8, 99.9,
	99.95, 99.99, 99.999, 100}

// ms turns a histogram's microseconds into milliseconds.
func ms(us int64) float64 { return float64(us) / 1000 }

// NewLatency sums a histogram up.
func NewLatency(m measure.Metric, h *hdrhistogram.Histogram) Latency {
	l := Latency{
		Name: m.String(), Title: m.Title(), Count: h.TotalCount(), Mean: h.Mean() / 1000, Min: ms(h.Min()),
		P50: ms(h.ValueAtQuantile(50)), P90: ms(h.ValueAtQuantile(90)), P99: ms(h.ValueAtQuantile(99)),
		P999: ms(h.ValueAtQuantile(99.9)), Max: ms(h.Max()),
	}
	for _, p := range percentiles {
		if p < 100 && float64(h.TotalCount())*(1-p/100) < 1 && p > 90 {
			continue // fewer values than that
		}
		l.Curve = append(l.Curve, Point{p, ms(h.ValueAtQuantile(p))})
	}
	return l
}

// Histograms are a run's, by metric; metrics without values are left out.
type Histograms map[measure.Metric]*hdrhistogram.Histogram

// Collect takes the histograms out of a Set.
func Collect(s *measure.Set) Histograms {
	all := Histograms{}
	for m := range measure.Count {
		if h := s.Histogram(m); h.TotalCount() > 0 {
			all[m] = h
		}
	}
	return all
}

// Latencies sums all of them up, in the order of metrics.
func (hs Histograms) Latencies() []Latency {
	list := []Latency{}
	for m := range measure.Count {
		if h := hs[m]; h != nil {
			list = append(list, NewLatency(m, h))
		}
	}
	return list
}
