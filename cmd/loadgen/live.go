package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"hookproof/internal/cli"
	"hookproof/internal/progress"
	"hookproof/loadgen"
	"hookproof/loadgen/result"
)

// live shows a test while it runs. The end function leaves the terminal as it was.
func (o *options) live(s cli.Streams) (show func(loadgen.State), end func()) {
	switch {
	case o.quiet:
		return nil, func() {}
	case cli.Redraws(s.Err):
		return bars(s.Err)
	}
	return func(st loadgen.State) { fmt.Fprintln(s.Err, plainLine(st)) }, func() {}
}

// plainLine is the state in one line, for logs and pipes.
func plainLine(s loadgen.State) string {
	return fmt.Sprintf("%4.0fs  %-8s started %d/%d  live %d+%d  arriving %d  refused %d  errors %d  hooks %d  "+
		"frames %d  %s  cpu %.0f%%+%.0f%%  %s",
		s.At, s.Phase, s.Started, s.Planned, s.Publishing, s.Playing, s.Arriving, s.Refused, s.Errors, s.Hooks,
		s.Frames,
		latencies(&s), 100*s.OwnCPU, 100*s.ServerCPU, standing(&s))
}

// latencies says which percentiles the numbers are.
func latencies(s *loadgen.State) string {
	return fmt.Sprintf("p99 to publish or play %s  p99 end to end %s", shortTime(s.Enter), shortTime(s.E2E))
}

// standing says which thresholds hold so far.
func standing(s *loadgen.State) string {
	if s.Report == nil {
		return ""
	}
	var broken []string
	checks := s.Report().Checks
	for _, c := range checks {
		if !c.Passed && c.Got != result.NotMeasured {
			broken = append(broken, fmt.Sprintf("✗ %s (is %s)", c.Text, c.Got))
		}
	}
	if len(broken) == 0 {
		return fmt.Sprintf("✓ all %d thresholds so far", len(checks))
	}
	return strings.Join(broken, "  ")
}

// shortTime is a latency in a few characters.
func shortTime(d time.Duration) string {
	switch {
	case d == 0:
		return "-"
	case d < 10*time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(time.Millisecond).String()
}

// bars draws the state on a terminal: time, sessions started, and lines of
// numbers.
func bars(w io.Writer) (show func(loadgen.State), end func()) {
	var state atomic.Pointer[loadgen.State]
	state.Store(&loadgen.State{})
	columns := cmp.Or(cli.Columns(w), 120)
	p := progress.New(w, columns)
	text := func(f func(*loadgen.State) string) decor.Decorator {
		return decor.Any(func(decor.Statistics) string { return f(state.Load()) })
	}
	clock := progress.Bar(p, 0, columns, mpb.PrependDecorators(decor.Name("time    ")),
		mpb.AppendDecorators(text(func(s *loadgen.State) string {
			return fmt.Sprintf(" %.0fs of %.0fs, %s", s.At, s.Length.Seconds(), s.Phase)
		})))
	clients := progress.Bar(p, 0, columns, mpb.PrependDecorators(decor.Name("clients ")),
		mpb.AppendDecorators(text(func(s *loadgen.State) string {
			return fmt.Sprintf(" %d of %d started, %d publish, %d play, %d arriving", s.Started, s.Planned,
				s.Publishing,
				s.Playing, s.Arriving)
		})))
	words := func(f func(*loadgen.State) string) *mpb.Bar {
		return p.New(0, mpb.NopStyle(), mpb.PrependDecorators(text(f)))
	}
	counts := words(func(s *loadgen.State) string {
		return fmt.Sprintf("refused %d  errors %d  hooks %d  frames %d  cpu %.0f%% + server %.0f%%",
			s.Refused, s.Errors, s.Hooks, s.Frames, 100*s.OwnCPU, 100*s.ServerCPU)
	})
	times := words(latencies)
	var thresholds atomic.Value
	thresholds.Store("")
	checks := words(func(*loadgen.State) string { return thresholds.Load().(string) })
	show = func(s loadgen.State) {
		state.Store(&s)
		thresholds.Store(standing(&s)) // now: the state's report must not be asked later
		clock.SetTotal(max(int64(s.Length.Seconds()), 1), false)
		clock.SetCurrent(int64(s.At))
		clients.SetTotal(int64(max(s.Planned, 1)), false)
		clients.SetCurrent(s.Started)
	}
	return show, func() {
		for _, b := range []*mpb.Bar{clock, clients, counts, times, checks} {
			b.Abort(false)
		}
		p.Wait()
	}
}
