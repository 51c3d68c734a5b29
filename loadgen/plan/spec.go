package plan

import (
	"errors"
	"fmt"
	"reflect"
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

// Percent returns the share of p percent.
func Percent(p float64) Share { return Share{Percent: p} }

// Of returns how many of n sessions the share is, rounded down, at most n.
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
			return Share{}, fmt.Errorf("share %q: want a percentage from 0%% to 100%%", text)
		}
		return Percent(p), nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return Share{}, fmt.Errorf("share %q: want a percentage like 20%% or a number of sessions", text)
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
			return nil, fmt.Errorf("stage %d %q: want TIME:SESSIONS like 30s:200", i+1, part)
		}
		stages = append(stages, Stage{d, n})
	}
	return stages, nil
}

// Spec is what a test is to be. The stages count the sessions that are let in; the same Spec makes the same sessions.
type Spec struct {
	Stages     []Stage
	Even       bool // arrivals at even distances; otherwise as a Poisson process
	Publishers Share
	Players    Mix          // what the others play over
	Refused    Share        // come on top, and carry credentials that the hook server refuses
	RefuseAt   []hook.Event // the opening events at which, in turn; nil: all three
	Vanish     Share        // leave without a word, of those who are let in
	Streams    int          // how many publishers' streams are played; 0: all
	Churn      float64      // sessions replaced per second while their number is to stay
	Seed       uint64
}

// Bounds of a plan: a session costs memory before it begins.
const (
	maxSessions = 2_000_000
	maxStages   = 1000
	maxLength   = 30 * 24 * time.Hour
	MaxShards   = 10_000
)

// Ramp returns the stages of the simple test: up to n sessions within up, hold them, and down to none.
func Ramp(n int, up, hold, down time.Duration) []Stage {
	return []Stage{{up, n}, {hold, n}, {down, 0}}
}

// Peak is the largest number of sessions that are let in at once.
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

// Check says what is wrong with the Spec, which may come from a file.
func (s *Spec) Check() error {
	if len(s.Stages) > maxStages {
		return fmt.Errorf("%d stages: want at most %d", len(s.Stages), maxStages)
	}
	for _, st := range s.Stages {
		if st.For < 0 || st.For > maxLength || st.Target < 0 || st.Target > maxSessions {
			return fmt.Errorf("a stage of %d sessions within %v: want at most %d within %v", st.Target, st.For,
				maxSessions,
				maxLength)
		}
	}
	for _, share := range []Share{s.Publishers, s.Refused, s.Vanish} {
		if !(share.Percent >= 0 && share.Percent <= 100) || share.Count < 0 || share.Count > maxSessions {
			return fmt.Errorf("a share of %s: want 0%% to 100%%, or at most %d sessions", share, maxSessions)
		}
	}
	switch total := s.comers(); {
	case s.Peak() == 0:
		return errors.New("the stages never reach one session")
	case !(s.Churn >= 0):
		return fmt.Errorf("churn %g/s: want 0 or more", s.Churn)
	case total > maxSessions:
		return fmt.Errorf("%.0f sessions in all: want at most %d", total, maxSessions)
	case s.Streams < 0 || s.Streams > maxSessions:
		return fmt.Errorf("%d streams: want 1 to %d, or 0 for all", s.Streams, maxSessions)
	}
	for _, percent := range s.Players {
		if !(percent >= 0 && percent <= 100) {
			return fmt.Errorf("players %v: want shares from 0%% to 100%%", s.Players)
		}
	}
	for _, e := range s.RefuseAt {
		if int(e) >= len(hook.Events) || e.Closing() {
			return fmt.Errorf("refuse at %s: want on_connect, on_publish or on_play", e)
		}
	}
	return nil
}

// comers is an upper bound of the number of sessions that the Spec makes.
func (s *Spec) comers() float64 {
	n, now := s.Churn*s.Length().Seconds(), 0
	for _, st := range s.Stages {
		n += max(0, float64(st.Target-now))
		now = st.Target
	}
	if s.Refused.Counted {
		return n + float64(s.Refused.Count)
	}
	return n * (1 + s.Refused.Percent/100)
}

// refusesAt reports whether clients may be refused at e.
func (s *Spec) refusesAt(e hook.Event) bool {
	return s.RefuseAt == nil || slices.Contains(s.RefuseAt, e)
}

// Same reports whether two Specs make the same sessions.
func Same(a, b Spec) bool { return reflect.DeepEqual(a, b) }
