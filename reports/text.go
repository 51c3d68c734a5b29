package reports

import (
	"fmt"
	"strings"
	"time"

	"hookproof/internal/redact"
)

// glyph is the sign of a verdict, so that colour is never the only difference.
func (v Verdict) glyph() string {
	switch v {
	case Pass:
		return "✓"
	case Fail:
		return "✗"
	case Warn:
		return "!"
	case NotRun, NotApplicable:
		return "–"
	case KnownFailing:
		return "~"
	case UnexpectedPass:
		return "+"
	case Unstable:
		return "±"
	case Inconclusive:
		return "?"
	case Error:
		return "E"
	}
	return ""
}

// visible makes text safe for a terminal or a line-based file, see package
// redact; line feeds stay if multi is set.
func visible(s string, multi bool) string {
	if multi {
		return redact.Lines(s)
	}
	return redact.Line(s)
}

// shortDuration prints a duration as people read it: "480 ms", "1.2 s".
func shortDuration(d time.Duration) string {
	switch {
	case d <= 0:
		return "0 ms"
	case d < time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/1e6)
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}

// line describes an observation in one line, raw bodies cut to a few hundred
// characters.
func (o *Observation) line() string {
	var b strings.Builder
	fmt.Fprintf(&b, "#%d %.6f s", o.N, o.T)
	for _, part := range []string{o.Actor, string(o.Kind), o.Event, o.Name, o.Code, o.URL, o.Text,
		redact.Clip(o.Body, 400)} {
		if part != "" {
			b.WriteByte(' ')
			b.WriteString(visible(part, false))
		}
	}
	for _, p := range o.Problems {
		b.WriteString(" [" + visible(p, false) + "]")
	}
	return b.String()
}

// evidence is the lines of the observations that a failure points at.
func (s *Scenario) evidence() []string {
	if s.Failure == nil {
		return nil
	}
	var out []string
	for _, n := range s.Failure.Evidence {
		if o := s.observation(n); o != nil {
			out = append(out, o.line())
		} else {
			out = append(out, fmt.Sprintf("#%d (see %s)", n, EventsFile))
		}
	}
	return out
}

// observation finds one by its number, nil if it is not there. Mostly the
// number is the place.
func (s *Scenario) observation(n int) *Observation {
	if n >= 0 && n < len(s.Observations) && s.Observations[n].N == n {
		return &s.Observations[n]
	}
	for i := range s.Observations {
		if s.Observations[i].N == n {
			return &s.Observations[i]
		}
	}
	return nil
}

// broken is the ids that a failing scenario speaks against.
func (s *Scenario) broken() string {
	if s.Failure != nil && s.Failure.Requirement != "" {
		return s.Failure.Requirement
	}
	return strings.Join(s.Requirements, " ")
}

// skipped reports whether a scenario was left out.
func (s *Scenario) skipped() bool { return s.Verdict == NotRun || s.Verdict == NotApplicable }

// wants reports whether a scenario needs explaining in a list of failures.
func (s *Scenario) wants() bool {
	switch s.Verdict {
	case Pass, NotRun, NotApplicable, KnownFailing:
		return false
	}
	return true
}
