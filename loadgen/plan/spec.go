package plan

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hookproof/hook"
)

// Share is a part of the sessions: a percentage, or a number of them.
type Share struct {
	Percent float64 // 0 to 100, used unless Counted
	Count   int
	Counted bool
}

// Percent gives the share of p percent.
func Percent(p float64) Share { return Share{Percent: p} }

// Of gives how many of n sessions the share is, rounded down, at most n.
func (s Share) Of(n int) int {
	if s.Counted {
		return min(s.Count, n)
	}
	return min(int(s.Percent*float64(n)/100+1e-9), n)
}

// String writes it as ParseShare reads it.
func (s Share) String() string {
	if s.Counted {
		return strconv.Itoa(s.Count)
	}
	return strconv.FormatFloat(s.Percent, 'f', -1, 64) + "%"
}

// ParseShare reads "20%" or "200".
func ParseShare(text string) (Share, error) {
	if number, ok := strings.CutSuffix(text, "%"); ok {
		p, err := strconv.ParseFloat(number, 64)
		if err != nil || !(p >= 0 && p <= 100) {
			return Share{}, fmt.Errorf("share %q: expected a percentage from 0%% to 100%%", text)
		}
		return Percent(p), nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return Share{}, fmt.Errorf("share %q: expected a percentage like 20%% or a number of sessions", text)
	}
	return Share{Count: n, Counted: true}, nil
}

// Stage is a stretch of time in which the number of sessions moves to Target.
type Stage struct {
	For    time.Duration
	Target int
}

// ParseStages reads "30s:200,1m:1000,30s:0": in 30 s up to 200 sessions, and so on.
func ParseStages(text string) ([]Stage, error) {
	var stages []Stage
	for i, part := range strings.Split(text, ",") {
		length, target, ok := strings.Cut(strings.TrimSpace(part), ":")
		d, err1 := time.ParseDuration(length)
		n, err2 := strconv.Atoi(target)
		if !ok || err1 != nil || err2 != nil || d < 0 || n < 0 {
			return nil, fmt.Errorf("stage %d %q: expected TIME:SESSIONS like 30s:200", i+1, part)
		}
		stages = append(stages, Stage{d, n})
	}
	return stages, nil
}

// Spec is what a test is to be. Of the same Spec come the same sessions.
type Spec struct {
	Stages     []Stage
	Even       bool // arrivals at even distances; otherwise as a Poisson process
	Publishers Share
	Refused    Share        // carry credentials that the hook server refuses
	RefuseAt   []hook.Event // the opening events at which, in turn; nil: all three
	Vanish     Share        // leave without a word
	Streams    int          // how many publishers' streams are played; 0: all
	Churn      float64      // sessions replaced per second while their number is to stay
	Seed       uint64
}

// maxSessions bounds a plan: a session costs memory before it begins.
const maxSessions = 2_000_000

// Ramp gives the stages of the simple test: up to n sessions within up, hold
// them, and down to none.
func Ramp(n int, up, hold, down time.Duration) []Stage {
	return []Stage{{up, n}, {hold, n}, {down, 0}}
}

// Peak is the largest number of sessions at once.
func (s *Spec) Peak() int {
	peak := 0
	for _, st := range s.Stages {
		peak = max(peak, st.Target)
	}
	return peak
}

// Length is the time from the first stage's beginning to the last one's end.
func (s *Spec) Length() (sum time.Duration) {
	for _, st := range s.Stages {
		sum += st.For
	}
	return sum
}

// Check says what is wrong with the Spec.
func (s *Spec) Check() error {
	switch peak := s.Peak(); {
	case peak == 0:
		return errors.New("the stages never reach one session")
	case peak > maxSessions:
		return fmt.Errorf("%d sessions: expected at most %d", peak, maxSessions)
	case !(s.Churn >= 0) || s.Churn*s.Length().Seconds() > maxSessions:
		return fmt.Errorf("churn %g/s over %v: expected at most %d replacements", s.Churn, s.Length(), maxSessions)
	case s.Streams < 0:
		return fmt.Errorf("%d streams: expected 1 or more, or 0 for all", s.Streams)
	}
	for _, e := range s.RefuseAt {
		if e.Closing() {
			return fmt.Errorf("refuse at %s: expected on_connect, on_publish or on_play", e)
		}
	}
	return nil
}

// refusesAt tells whether clients may be refused at e.
func (s *Spec) refusesAt(e hook.Event) bool {
	return s.RefuseAt == nil || slices.Contains(s.RefuseAt, e)
}
