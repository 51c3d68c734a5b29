package rtmptarget

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/procfs"
)

// foreignEnd is how long somebody else's server may take to end, before scaling.
const foreignEnd = time.Minute

// ErrStillUp is the error of a shutdown that the server did not follow in time.
var ErrStillUp = errors.New("the server has not ended")

// useProcess tells an external target what its process allows: to look at its
// memory, and to have it end. A restart command, if given, replaces SIGTERM.
func (t *Target) useProcess(pid int, restart string) error {
	if pid > 0 {
		_, err := resident(pid)
		if err = cmp.Or(err, syscall.Kill(pid, 0)); err != nil { // may we signal it?
			return fmt.Errorf("process %d of the server under test: %w", pid, err)
		}
		delete(t.Lacks, ShowsMemory)
		t.memory = func(ctx context.Context) (Memory, error) { return settled(ctx, pid, settleFor) }
		t.shutdown = func(ctx context.Context) error { return terminate(ctx, pid) }
	}
	if restart != "" {
		t.shutdown = func(ctx context.Context) error { return run(ctx, restart) }
	}
	if t.shutdown != nil {
		delete(t.Lacks, CanRestart)
	}
	return nil
}

// settleFor is how long a server keeps what it tidies up later: SRS drops an idle
// stream after 3 s, at its next look.
const settleFor = 5 * time.Second

// settled is what a process holds once that has not become less for so long.
func settled(ctx context.Context, pid int, quiet time.Duration) (Memory, error) {
	least, err := resident(pid)
	since := time.Now()
	tick := time.NewTicker(quiet / 20)
	defer tick.Stop()
	for err == nil && time.Since(since) < quiet {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return Memory{}, ctx.Err()
		}
		var now int64
		if now, err = resident(pid); now < least {
			least, since = now, time.Now()
		}
	}
	return Memory{Resident: least}, err
}

// terminate sends SIGTERM to a process and waits until it has ended.
func terminate(ctx context.Context, pid int) error {
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		return fmt.Errorf("SIGTERM to process %d: %w", pid, err)
	}
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for running(pid) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("process %d got SIGTERM: %w", pid, ErrStillUp)
		}
	}
	return nil
}

// running reports whether a process is there and is not a zombie.
func running(pid int) bool {
	p, err := procfs.NewProc(pid)
	if err != nil {
		return false
	}
	st, err := p.Stat()
	return err == nil && st.State != "Z" && st.State != "X"
}

// run runs the user's command, in a shell, to its end.
func run(ctx context.Context, command string) error {
	out, err := exec.CommandContext(ctx, "sh", "-c", command).CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("the command %q is still running: %w", command, ErrStillUp)
	case err != nil:
		return fmt.Errorf("the command %q: %w: %.300s", command, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// Turn says when a scenario with these tags is played: together with the others
// (0), or after all of an earlier turn. What ends somebody else's server comes
// last of all, and its memory is looked at while nobody else uses it.
func (t *Target) Turn(tags []string) int {
	shared := t.Own == nil
	for _, tag := range tags {
		switch {
		case shared && tag == string(CanRestart):
			return 4
		case tag == deadly: // before we end the server, which nothing else may be blamed for
			return 3
		case tag == "last":
			return 2
		case shared && tag == string(ShowsMemory):
			return 1
		}
	}
	return 0
}
