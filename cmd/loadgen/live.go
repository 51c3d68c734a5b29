package main

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"hookproof/internal/cli"
	"hookproof/loadgen"
)

// live shows a test while it runs. The end function leaves the terminal as it was.
func (o *options) live(s cli.Streams) (show func(loadgen.State), end func()) {
	switch {
	case o.quiet:
		return nil, func() {}
	case cli.Terminal(s.Err):
		return bars(s.Err)
	}
	return func(st loadgen.State) { fmt.Fprintln(s.Err, plainLine(st)) }, func() {}
}

// plainLine is the state in one line, for logs and pipes.
func plainLine(s loadgen.State) string {
	return fmt.Sprintf("%4.0fs  %-8s started %d/%d  live %d+%d  arriving %d  refused %d  errors %d  hooks %d  frames %d  p99 %s  e2e %s  cpu %.0f%%+%.0f%%",
		s.At, s.Phase, s.Started, s.Planned, s.Publishing, s.Playing, s.Arriving, s.Refused, s.Errors, s.Hooks, s.Frames,
		shortTime(s.Enter), shortTime(s.E2E), 100*s.OwnCPU, 100*s.ServerCPU)
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

// bars draws the state on a terminal: time, sessions started, and two lines of
// numbers.
func bars(w io.Writer) (show func(loadgen.State), end func()) {
	var state atomic.Pointer[loadgen.State]
	state.Store(&loadgen.State{})
	p := mpb.New(mpb.WithOutput(w), mpb.WithWidth(40), mpb.WithAutoRefresh(), mpb.WithRefreshRate(200*time.Millisecond))
	text := func(f func(*loadgen.State) string) decor.Decorator {
		return decor.Any(func(decor.Statistics) string { return f(state.Load()) })
	}
	clock := p.AddBar(0, mpb.PrependDecorators(decor.Name("time    ")), mpb.AppendDecorators(text(func(s *loadgen.State) string {
		return fmt.Sprintf(" %.0fs of %.0fs, %s", s.At, s.Length.Seconds(), s.Phase)
	})))
	clients := p.AddBar(0, mpb.PrependDecorators(decor.Name("clients ")), mpb.AppendDecorators(text(func(s *loadgen.State) string {
		return fmt.Sprintf(" %d of %d started, %d publish, %d play, %d arriving", s.Started, s.Planned, s.Publishing, s.Playing, s.Arriving)
	})))
	numbers := p.New(0, mpb.NopStyle(), mpb.PrependDecorators(text(func(s *loadgen.State) string {
		return fmt.Sprintf("refused %d  errors %d  hooks %d  frames %d  p99 %s  e2e p99 %s  cpu %.0f%% + server %.0f%%",
			s.Refused, s.Errors, s.Hooks, s.Frames, shortTime(s.Enter), shortTime(s.E2E), 100*s.OwnCPU, 100*s.ServerCPU)
	})))
	show = func(s loadgen.State) {
		state.Store(&s)
		clock.SetTotal(max(int64(s.Length.Seconds()), 1), false)
		clock.SetCurrent(int64(s.At))
		clients.SetTotal(int64(max(s.Planned, 1)), false)
		clients.SetCurrent(s.Started)
	}
	return show, func() {
		for _, b := range []*mpb.Bar{clock, clients, numbers} {
			b.Abort(false)
		}
		p.Wait()
	}
}
