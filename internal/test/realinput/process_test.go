package realinput

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait: generous, since the machine may be busy.
const patience = 60 * time.Second

// need skips the test where a program is missing; in CI that is a failure.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err == nil {
			continue
		}
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed, and CI is set", p)
		}
		t.Skipf("%s is not installed", p)
	}
}

// process is a running program. The test owns it: at its end it is killed, by
// its id, if it still runs, and waited for.
type process struct {
	t               *testing.T
	name            string
	cmd             *exec.Cmd
	out, complaints output
	ended           chan struct{} // closed when it was waited for

}

// start runs a program, whose standard output and error are kept.
func start(t *testing.T, program string, args ...string) *process {
	t.Helper()
	p := &process{t: t, name: program, cmd: exec.Command(program, args...), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.complaints
	p.cmd.WaitDelay = patience
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.cmd.Wait() // its verdict is in ProcessState
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.ended
		if t.Failed() {
			t.Logf("%s %s: %v\n%s", program, strings.Join(args, " "), p.cmd.ProcessState, p.complaints.text())
		}
	})
	return p
}

// code waits for the end and returns the exit code, -1 after a signal.
func (p *process) code() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.t.Fatalf("%s does not end", p.name)
	}
	return p.cmd.ProcessState.ExitCode()
}

// succeeds waits for the end, which must be a good one without complaints.
func (p *process) succeeds() {
	p.t.Helper()
	if code := p.code(); code != 0 {
		p.t.Errorf("%s: exit code %d", p.name, code)
	}
	p.silent()
}

// silent checks that nothing was complained about so far.
func (p *process) silent() {
	p.t.Helper()
	if text := p.complaints.text(); text != "" {
		p.t.Errorf("%s complains: %s", p.name, text)
	}
}

// interrupt asks for the end, as ctrl-C does, and waits for it. rtmpdump has to be getting media: one that is
// asked while it takes anything else goes on waiting for some.
func (p *process) interrupt() {
	p.t.Helper()
	p.signal(os.Interrupt)
	p.code()
}

// kill is kill -9, waited for.
func (p *process) kill() {
	p.t.Helper()
	p.signal(syscall.SIGKILL)
	p.code()
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// printed waits until enough holds of what was printed so far.
func (p *process) printed(what string, enough func(string) bool) {
	p.t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		text, changed := p.out.look()
		if enough(text) {
			return
		}
		select {
		case <-changed:
		case <-p.ended:
			if !enough(p.out.text()) {
				p.t.Fatalf("%s ended (%v) before it had printed %s: %s", p.name, p.cmd.ProcessState, what,
					p.complaints.text())
			}
			return
		case <-timer.C:
			p.t.Fatalf("%s has not printed %s", p.name, what)
		}
	}
}

// output keeps what is written to it and says when there is more.
type output struct {
	mu      sync.Mutex
	buf     bytes.Buffer
	changed chan struct{}
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.changed != nil {
		close(o.changed)
		o.changed = nil
	}
	return o.buf.Write(b)
}

// look returns what was written so far, and a channel that is closed at the next write.
func (o *output) look() (string, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.changed == nil {
		o.changed = make(chan struct{})
	}
	return o.buf.String(), o.changed
}

func (o *output) text() string {
	text, _ := o.look()
	return text
}
