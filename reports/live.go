package reports

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"hookproof/internal/progress"
	"hookproof/internal/redact"
)

// Live shows a run while it goes on. Its methods may be called from several
// goroutines; Close must be called once, after the last scenario.
type Live interface {
	// Remark shows what was found out before the first scenario.
	Remark(text string)
	// ScenarioStarted says that a scenario runs; of it only Requirements,
	// Profile, Name and Case need be set.
	ScenarioStarted(s *Scenario)
	// ScenarioDone says what became of it.
	ScenarioDone(s *Scenario)
	// Close takes the view off the screen.
	Close()
}

// NewLive returns a view of total scenarios on w: a bar with failures above it
// on a terminal, else a plain line for each scenario as it ends.
func NewLive(w io.Writer, total int, st Style) Live {
	if !st.Terminal {
		return &plainLive{w: w, st: st}
	}
	return newBarLive(w, total, st)
}

// plainLive prints a line when a scenario ends, and the failure with it.
type plainLive struct {
	mu sync.Mutex
	w  io.Writer
	st Style
}

func (p *plainLive) Remark(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	// A line that cannot be written is no reason to end the run.
	_ = printLines(p.w, visible(text, false)+"\n")
}

func (p *plainLive) ScenarioStarted(*Scenario) {}

func (p *plainLive) ScenarioDone(s *Scenario) {
	if s.skipped() { // the result names the reasons, each once
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	// A line that cannot be written is no reason to end the run.
	_ = printLines(p.w, ScenarioLine(s, p.st)+"\n")
}

func (p *plainLive) Close() {}

// barLive draws one bar; mpb's own goroutines end in Close.
type barLive struct {
	progress *mpb.Progress
	bar      *mpb.Bar
	st       Style

	mu      sync.Mutex
	running []string // oldest first
	bad     int
}

func newBarLive(w io.Writer, total int, st Style) *barLive {
	l := &barLive{st: st}
	l.progress = progress.New(w, st.columns())
	l.bar = progress.Bar(l.progress, int64(total), st.columns(), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.CountersNoUnit("%d/%d ")),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return l.status() })))
	return l
}

// status is the text after the bar: what did not pass so far, and the scenario
// that has been running longest.
func (l *barLive) status() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var parts []string
	if l.bad > 0 {
		parts = append(parts, l.st.paint(verdictColor[Fail], fmt.Sprintf("✗ %d", l.bad)))
	}
	if len(l.running) > 0 {
		parts = append(parts, redact.Clip(l.running[0], max(10, l.st.columns()/3)))
	}
	return " " + strings.Join(parts, "  ")
}

func liveName(s *Scenario) string {
	return visible(strings.Join(s.Requirements, " ")+" "+s.Profile+" "+s.Title(), false)
}

func (l *barLive) Remark(text string) {
	// mpb prints this above the bar; it fails only after Close.
	_, _ = l.progress.Write([]byte(visible(text, false) + "\n"))
}

func (l *barLive) ScenarioStarted(s *Scenario) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running = append(l.running, liveName(s))
}

func (l *barLive) ScenarioDone(s *Scenario) {
	name := liveName(s)
	l.mu.Lock()
	for i, r := range l.running {
		if r == name {
			l.running = append(l.running[:i], l.running[i+1:]...)
			break
		}
	}
	wants := s.wants()
	if wants && s.Verdict != Warn {
		l.bad++
	}
	l.mu.Unlock()
	if wants {
		// mpb prints this above the bar; it fails only after Close.
		_, _ = l.progress.Write([]byte(ScenarioLine(s, l.st) + "\n"))
	}
	l.bar.Increment()
}

func (l *barLive) Close() {
	l.bar.Abort(true)
	l.progress.Wait()
}
