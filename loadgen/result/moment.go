package result

import (
	"slices"
	"strings"

	"hookproof/loadgen/measure"
)

// valueIn is what a sample says of the threshold's subject; false where samples
// do not show it.
func (t *Threshold) valueIn(s *Sample) (float64, bool) {
	if _, isTime := measure.ByName(t.what); isTime {
		spread, measured := s.Latency[t.what]
		switch t.part {
		case "p50":
			return spread.P50, measured
		case "p90":
			return spread.P90, measured
		}
		return spread.P99, measured && (t.part == "p95" || strings.HasPrefix(t.part, "p99") || t.part == "max")
	}
	switch {
	case t.what == "errors" && !t.share:
		return float64(s.Errors), true
	case t.what == "cpu" && t.part == "own":
		return t.cores(s.OwnCPU), true
	case t.what == "cpu":
		return t.cores(s.ServerCPU), true
	}
	return 0, false
}

func (t *Threshold) cores(v float64) float64 {
	if t.share {
		return 100 * v
	}
	return v
}

// moment is the time of the first sample in which the threshold does not hold;
// 0 if no sample shows it.
func (t *Threshold) moment(series []Sample) float64 {
	for i := range series {
		if v, shown := t.valueIn(&series[i]); shown && !compare(v, t.op, t.value) {
			return series[i].At
		}
	}
	return 0
}

// limits are the thresholds on a subject, to be drawn into its chart.
func (r *Report) limits(what string) (list []limit) {
	for _, c := range r.Checks {
		t, err := ParseThreshold(c.Text)
		if err != nil || t.what != what || t.part == "count" || t.part == "min" || t.share && what == "errors" {
			continue
		}
		l := limit{text: c.Text, value: t.value, failed: !c.Passed}
		if what == "cpu" && t.share {
			l.value /= 100 // the chart is in cores
		}
		if l.failed {
			l.at = t.moment(r.Series)
		}
		list = append(list, l)
	}
	return list
}

// failed reports whether a threshold on one of the subjects does not hold. The
// figures of a void run say nothing.
func (r *Report) failed(subjects ...string) bool {
	if r.Verdict == Void {
		return false
	}
	for _, c := range r.Checks {
		t, err := ParseThreshold(c.Text)
		if err == nil && !c.Passed && slices.Contains(subjects, t.what) {
			return true
		}
	}
	return false
}

// Decided reports whether a check can be made while the test still runs: what
// the books say is known at its end only.
func (t Threshold) Decided() bool { return t.what != "hooks" }
