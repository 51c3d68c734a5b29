package rtmptarget

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// process starts a shell command that runs until it is told to end.
func process(t *testing.T, command string) *exec.Cmd {
	t.Helper()
	c := exec.Command("sh", "-c", command)
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	buf := make([]byte, 1)
	if _, err := out.Read(buf); err != nil { // it says when it is ready
		t.Fatal(err)
	}
	go func() { ended <- c.Wait() }()
	t.Cleanup(func() {
		c.Process.Kill()
		<-ended
	})
	return c
}

// foreign is somebody else's server, of which this is known.
func foreign(t *testing.T, pid int, restart string) *Target {
	t.Helper()
	target := &Target{Lacks: map[Capability]string{CanRestart: "not from here", ShowsMemory: "not from here"}}
	if err := target.useProcess(pid, restart); err != nil {
		t.Fatal(err)
	}
	return target
}

// TestForeignProcess: with its process known, somebody else's server is told to
// end, and its memory is looked at.
func TestForeignProcess(t *testing.T) {
	without := foreign(t, 0, "")
	for _, tag := range []Capability{CanRestart, ShowsMemory} {
		if without.Lacking([]string{string(tag)}) == "" {
			t.Errorf("a server whose process is not known has @%s", tag)
		}
	}
	c := process(t, "echo; while :; do sleep 1; done")
	with := foreign(t, c.Process.Pid, "")
	if why := with.Lacking([]string{string(CanRestart), string(ShowsMemory)}); why != "" {
		t.Error(why)
	}
	if m, err := settled(t.Context(), c.Process.Pid, 50*time.Millisecond); err != nil || m.Resident <= 0 ||
		!with.ShowsMemory() || without.ShowsMemory() {
		t.Errorf("memory %+v, %v; shown: %v, without a process: %v", m, err, with.ShowsMemory(), without.ShowsMemory())
	}
	if err := with.Shutdown(t.Context()); err != nil || running(c.Process.Pid) {
		t.Errorf("shutdown: %v; still running: %v", err, running(c.Process.Pid))
	}
	if err := new(Target).useProcess(1<<30, ""); err == nil {
		t.Error("a process that is not there is accepted")
	}
}

func TestStubbornProcess(t *testing.T) {
	c := process(t, "trap '' TERM; echo; while :; do sleep 1; done")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := terminate(ctx, c.Process.Pid); !errors.Is(err, ErrStillUp) {
		t.Errorf("got %v, want %v", err, ErrStillUp)
	}
}

func TestRestartCommand(t *testing.T) {
	for command, want := range map[string]string{"true": "", "echo no such unit; exit 3": "no such unit"} {
		target := foreign(t, 0, command)
		err := target.Shutdown(t.Context())
		if (err != nil) != (want != "") || err != nil && (!strings.Contains(err.Error(), want) ||
			errors.Is(err, ErrStillUp)) {
			t.Errorf("%q: got %v, want %q", command, err, want)
		}
	}
}

// TestTurn: on somebody else's server what ends it comes last of all.
func TestTurn(t *testing.T) {
	shared := &Target{}
	own := &Target{Own: func(context.Context, OwnOptions) (*Target, error) { return nil, nil }}
	for _, c := range []struct {
		target *Target
		tags   []string
		want   int
	}{
		{shared, []string{"must"}, 0}, {shared, []string{"must", "memory"}, 1}, {shared, []string{"last"}, 2}, {shared,
			[]string{"restart"}, 4}, {shared, []string{"must", "deadly"}, 3}, {own, []string{"deadly"}, 3},
		{own, []string{"memory"}, 0}, {own, []string{"restart"}, 0}, {own, []string{"last"}, 2},
	} {
		if got := c.target.Turn(c.tags); got != c.want {
			t.Errorf("%v, own servers: %v: turn %d, want %d", c.tags, c.target.Own != nil, got, c.want)
		}
	}
}
