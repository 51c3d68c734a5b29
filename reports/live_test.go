package reports

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"unicode"
)

// screen is a writer for several goroutines.
type screen struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

// drive runs all scenarios of run through a view, four at a time.
func drive(l Live, run *Run) {
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := g; i < len(run.Scenarios); i += 4 {
				l.ScenarioStarted(&run.Scenarios[i])
				l.ScenarioDone(&run.Scenarios[i])
			}
		})
	}
	wg.Wait()
	l.Close()
}

func TestLivePlain(t *testing.T) {
	var s screen
	run := failingRun()
	drive(NewLive(&s, len(run.Scenarios), Style{}), run)
	lines := strings.Split(strings.TrimSuffix(s.b.String(), "\n"), "\n")
	if want := len(run.Scenarios) - 2; len(lines) != want { // two were not run
		t.Errorf("%d lines, want %d", len(lines), want)
	}
	if strings.ContainsFunc(s.b.String(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
		t.Error("control characters in plain lines")
	}
}

func TestLiveBar(t *testing.T) {
	for name, run := range map[string]*Run{"to its end": failingRun(), "cut off": failingRun(), "nothing": {}} {
		t.Run(name, func(t *testing.T) {
			var s screen
			total := len(run.Scenarios)
			if name == "cut off" {
				total *= 2
			}
			drive(NewLive(&s, total, Style{Terminal: true, Width: 80}), run)
			out := s.b.String()
			for i := range run.Scenarios {
				if sc := &run.Scenarios[i]; sc.wants() && !strings.Contains(out, ScenarioLine(sc, Style{})) {
					t.Errorf("%s did not pass and is not shown", sc.ID)
				}
			}
		})
	}
}

func TestLiveStatus(t *testing.T) {
	l := NewLive(&screen{}, 3, Style{Terminal: true, Width: 90}).(*barLive)
	a := &Scenario{Requirements: []string{"S-ORD-01"}, Profile: "srs1", Name: "first", Verdict: Fail}
	b := &Scenario{Requirements: []string{"S-ORD-02"}, Profile: "srs1", Name: "second", Verdict: Pass}
	l.ScenarioStarted(a)
	l.ScenarioStarted(b)
	if got := l.status(); got != " S-ORD-01 srs1 first" {
		t.Errorf("status %q: want the scenario that has run longest", got)
	}
	l.ScenarioDone(a)
	if got := l.status(); got != " ✗ 1  S-ORD-02 srs1 second" {
		t.Errorf("status %q", got)
	}
	l.ScenarioDone(b)
	l.Close()
}
