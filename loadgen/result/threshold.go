package result

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
)

// Threshold is a condition on a report: "publish p99<500ms", "hooks lost==0",
// "errors<0.1%".
type Threshold struct {
	Text   string
	what   string // metric, or counter
	part   string // of a metric: p99; of hooks, frames: the counter
	op     string
	value  float64 // ms where the metric is a time, percent where Percent
	share  bool    // value is a percentage of the whole
	preset bool
}

// Check is a threshold laid on a report.
type Check struct {
	Text   string `json:"text"`
	Got    string `json:"got"`
	Passed bool   `json:"passed"`
	// Preset marks those that hold unless others are given.
	Preset bool `json:"preset,omitempty"`
	// Figures reports the ones about times and rates, which a void run cannot answer.
	Figures bool `json:"figures,omitempty"`
}

var form = regexp.MustCompile(
	`^([a-z0-9_.]+)(?:\s+([a-z0-9_.]+))?\s*(==|!=|<=|>=|<|>)\s*([0-9.]+)\s*(µs|us|ms|s|m|%)?$`)

// parts of a latency that can be asked for.
var parts = []string{"p50", "p90", "p95", "p99", "p99.9", "max", "mean", "min", "count"}

// counters besides latencies, with their parts.
var counters = map[string][]string{
	"errors":   {""},
	"hooks":    hookParts(),
	"frames":   {"lost", "reordered", "received", "sent"},
	"stalls":   {""},
	"sessions": {"failed", "peak", "started"},
	"cpu":      {"own", "server"},
}

func hookParts() (list []string) {
	for _, k := range account.Kinds {
		list = append(list, string(k))
	}
	return list
}

// ParseThreshold reads a condition. The error says what was wrong.
func ParseThreshold(text string) (Threshold, error) {
	m := form.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return Threshold{}, fmt.Errorf("threshold %q: want a condition like 'publish p99<500ms', 'hooks lost==0' "+
			"or 'errors<0.1%%'", text)
	}
	t := Threshold{Text: strings.TrimSpace(text), what: m[1], part: m[2], op: m[3]}
	var err error
	if t.value, err = strconv.ParseFloat(m[4], 64); err != nil {
		return t, fmt.Errorf("threshold %q: %q is no number", text, m[4])
	}
	if _, known := measure.ByName(t.what); known {
		return t, t.setTime(m[5])
	}
	allowed, known := counters[t.what]
	if !known {
		return t, fmt.Errorf("threshold %q: want one of %s, got %q", text, knownNames(), t.what)
	}
	if !slices.Contains(allowed, t.part) {
		return t, fmt.Errorf("threshold %q: %s: want one of %q, got %q", text, t.what, allowed, t.part)
	}
	t.share = m[5] == "%"
	if m[5] != "" && !t.share || t.share && t.what != "errors" && t.what != "frames" && t.what != "cpu" &&
		t.what != "sessions" {
		return t, fmt.Errorf("threshold %q: %s is a number; the unit %q does not fit", text, t.what, m[5])
	}
	return t, nil
}

// setTime turns the value into milliseconds.
func (t *Threshold) setTime(unit string) error {
	if !slices.Contains(parts, t.part) {
		return fmt.Errorf("threshold %q: want one of %s after %s", t.Text, strings.Join(parts, ", "), t.what)
	}
	if t.part == "count" {
		if unit != "" {
			return fmt.Errorf("threshold %q: a count has no unit", t.Text)
		}
		return nil
	}
	units := map[string]time.Duration{"µs": time.Microsecond, "us": time.Microsecond, "ms": time.Millisecond,
		"s": time.Second, "m": time.Minute}
	u, ok := units[unit]
	if !ok {
		return fmt.Errorf("threshold %q: want a unit of time after the number: us, ms, s or m", t.Text)
	}
	t.value *= float64(u) / float64(time.Millisecond)
	return nil
}

func knownNames() string {
	var all []string
	for m := range measure.Count {
		all = append(all, m.String())
	}
	for name := range counters {
		all = append(all, name)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// Defaults are the thresholds that hold when no others are given of the same
// thing: the hooks' books are exact, and there are no errors.
func Defaults(hooks bool) []Threshold {
	texts := []string{"errors==0"}
	if hooks {
		for _, k := range account.Kinds {
			texts = append(texts, "hooks "+string(k)+"==0")
		}
	}
	var list []Threshold
	for _, text := range texts {
		t, err := ParseThreshold(text)
		if err != nil {
			panic("loadgen: preset threshold: " + err.Error()) // they are tested; cannot happen
		}
		t.preset = true
		list = append(list, t)
	}
	return list
}

// Combine puts given thresholds in place of the presets that are about the
// same thing.
func Combine(presets, given []Threshold) []Threshold {
	all := slices.DeleteFunc(slices.Clone(presets), func(p Threshold) bool {
		return slices.ContainsFunc(given, func(g Threshold) bool { return g.what == p.what && g.part == p.part })
	})
	return append(all, given...)
}
