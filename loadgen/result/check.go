package result

import (
	"fmt"
	"strconv"

	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
)

// NotMeasured is what a check got of something that nobody did.
const NotMeasured = "not measured"

// Check lays the threshold on a report. What was not measured fails: nothing
// shows that it holds.
func (t Threshold) Check(r *Report, hs Histograms) Check {
	c := Check{Text: t.Text, Preset: t.preset}
	got, unit, ok := t.figure(r, hs)
	_, c.Figures = measure.ByName(t.what)
	if !ok {
		c.Got = NotMeasured
		return c
	}
	c.Got = strconv.FormatFloat(round(got), 'f', -1, 64) + unit
	c.Passed = compare(got, t.op, t.value)
	return c
}

func compare(got float64, op string, want float64) bool {
	switch op {
	case "==":
		return got == want
	case "!=":
		return got != want
	case "<":
		return got < want
	case "<=":
		return got <= want
	case ">":
		return got > want
	}
	return got >= want
}

// round keeps four decimals.
func round(v float64) float64 { return float64(int64(v*10000+0.5)) / 10000 }

// figure finds what the threshold is about.
func (t Threshold) figure(r *Report, hs Histograms) (v float64, unit string, ok bool) {
	if m, isTime := measure.ByName(t.what); isTime {
		return t.timeOf(hs, m)
	}
	switch t.what {
	case "errors":
		v, ok = float64(r.ErrorTotal), true
		return t.of(v, float64(r.Sessions.Started))
	case "stalls":
		return float64(r.Media.Stalls), "", true
	case "hooks":
		if r.Hooks == nil {
			return 0, "", false
		}
		return float64(r.Hooks.Counts[account.Kind(t.part)]), "", true
	case "frames":
		counts := map[string]int64{"lost": r.Media.Lost, "reordered": r.Media.Reordered, "received": r.Media.Received,
			"sent": r.Media.Sent}
		return t.of(float64(counts[t.part]), float64(r.Media.Received+r.Media.Lost))
	case "sessions":
		counts := map[string]int64{"failed": r.Sessions.Failed, "peak": r.Sessions.PeakLive,
			"started": int64(r.Sessions.Started)}
		return t.of(float64(counts[t.part]), float64(r.Sessions.Started))
	}
	return t.cpu(r)
}

// of returns a count, or its share of the whole in percent.
func (t Threshold) of(v, whole float64) (float64, string, bool) {
	if !t.share {
		return v, "", true
	}
	if whole == 0 {
		return 0, "%", v == 0
	}
	return 100 * v / whole, "%", true
}

// cpu returns the busiest second in cores, or in percent of one.
func (t Threshold) cpu(r *Report) (float64, string, bool) {
	c := &r.Own
	if t.part == "server" {
		c = r.Server
	}
	if c == nil {
		return 0, "", false
	}
	if t.share {
		return 100 * c.CPUMax, "%", true
	}
	return c.CPUMax, " cores", true
}

// timeOf returns a part of a latency in milliseconds.
func (t Threshold) timeOf(hs Histograms, m measure.Metric) (float64, string, bool) {
	h := hs[m]
	if h == nil {
		return 0, "", t.part == "count"
	}
	switch t.part {
	case "count":
		return float64(h.TotalCount()), "", true
	case "mean":
		return h.Mean() / 1000, "ms", true
	case "min":
		return ms(h.Min()), "ms", true
	case "max":
		return ms(h.Max()), "ms", true
	}
	var q float64
	if _, err := fmt.Sscanf(t.part, "p%g", &q); err != nil {
		return 0, "", false
	}
	return ms(h.ValueAtQuantile(q)), "ms", true
}

// Judge checks the thresholds and sets the verdict. A plan that was not played to its end never passes. A void run
// has no figures; what no slowness explains is wrong all the same.
func (r *Report) Judge(ts []Threshold, hs Histograms) {
	r.Checks = []Check{}
	failed := false
	for _, t := range ts {
		c := t.Check(r, hs)
		r.Checks = append(r.Checks, c)
		failed = failed || !c.Passed && (len(r.Void) == 0 || t.holdsWhenVoid())
	}
	switch {
	case failed:
		r.Verdict = Failed
	case r.Partial != "":
		r.Verdict = Partial
	case len(r.Void) > 0:
		r.Verdict = Void
	default:
		r.Verdict = Passed
	}
}

// holdsWhenVoid reports whether a slow generator cannot make the threshold fail. An
// event that is lost, late or refused in error may be the work of an endpoint
// that answered too late; nobody is let in by slowness.
func (t Threshold) holdsWhenVoid() bool {
	switch account.Kind(t.part) {
	case account.Lost, account.Late, account.FalseRefusal:
		return false
	}
	return t.what == "hooks"
}
