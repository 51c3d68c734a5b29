package main

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"hookproof/internal/cli"
	"hookproof/loadgen"
	"hookproof/loadgen/result"
)

// locked is a buffer that several goroutines write into.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
	on func(string) // told what is written, with the lock held
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.on != nil {
		l.on(string(p))
	}
	return l.b.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestInterrupt sends SIGINT to a run that would take an hour.
func TestInterrupt(t *testing.T) {
	signals := make(chan os.Signal, 1)
	errs := &locked{on: func(line string) {
		if strings.Contains(line, " hold ") {
			select {
			case signals <- syscall.SIGINT:
			default:
			}
		}
	}}
	var out bytes.Buffer
	code := run([]string{"-n", "10", "-ramp", "0s", "-hold", "1h", "-down", "0s"}, cli.Streams{Out: &out, Err: errs},
		signals)
	if code == cli.ExitFailed || !strings.Contains(out.String(), "partial: interrupted") ||
		!strings.Contains(errs.String(), "ending in order") {
		t.Errorf("exit code %d\n%s\n%s", code, out.String(), errs.String())
	}
}

// TestFind searches with a bound that is known.
func TestFind(t *testing.T) {
	code, out, _ := command("-find", "-n", "4", "-ramp", "0s", "-hold", "100ms", "-down", "0s", "-quiet", "-refused",
		"0%", "-threshold", "sessions started<10")
	if code != cli.ExitOK || !strings.Contains(out, "9 sessions meet the thresholds; the server's limit.") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if code, out, _ := command("-find", "-n", "2", "-ramp", "0s", "-hold", "0s", "-down", "0s", "-quiet", "-threshold",
		"sessions started<1"); code != cli.ExitFailed {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// TestBars draws on something that is no terminal, which must not hang.
func TestBars(t *testing.T) {
	var out locked
	show, end := bars(&out)
	for i := range 3 {
		show(loadgen.State{Sample: result.Sample{At: float64(i), Started: int64(i)}, Planned: 3, Phase: "ramp"})
	}
	end()
	if s := out.String(); !strings.Contains(s, "clients") {
		t.Errorf("drawn is %q", s)
	}
}
