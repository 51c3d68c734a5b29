package reexec

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// A Process is a running child. Kill ends it in any case, and must be called.
type Process[O, R any] struct {
	cmd   *exec.Cmd
	once  sync.Once
	ended chan struct{}
	err   error // of its end

	mu      sync.Mutex // one order at a time
	orders  *json.Encoder
	in, out *os.File // the parent's ends of the pipes
	replies *bufio.Reader
}

// Run starts this program again as such a server and returns its first reply. An
// order that it cannot obey is an error, and ends it.
func (k *Kind[O, R]) Run(ctx context.Context, o O) (*Process[O, R], R, error) {
	var none R
	p, err := k.begin()
	if err != nil {
		return nil, none, fmt.Errorf("server process: %w", err)
	}
	r, err := p.Order(ctx, o)
	if err != nil {
		p.Kill()
		return nil, none, err
	}
	return p, r, nil
}

// begin starts the process, its pipes, and the goroutine that waits for its end.
func (k *Kind[O, R]) begin() (*Process[O, R], error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	theirIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirIn.Close()
	out, theirOut, err := os.Pipe()
	if err != nil {
		in.Close()
		return nil, err
	}
	defer theirOut.Close()
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), k.Mark+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = theirIn, theirOut, os.Stderr
	if err := cmd.Start(); err != nil {
		in.Close()
		out.Close()
		return nil, err
	}
	p := &Process[O, R]{cmd: cmd, ended: make(chan struct{}), orders: json.NewEncoder(in), in: in, out: out,
		replies: bufio.NewReader(out)}
	go func() { // ends with the process
		p.err = cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// Order returns the process an order and waits for its reply, until ctx ends:
// then the process, which does not answer, is killed.
func (p *Process[O, R]) Order(ctx context.Context, o O) (R, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer context.AfterFunc(ctx, p.Kill)()
	var a reply[R]
	err := p.orders.Encode(o)
	if err == nil {
		var line []byte
		if line, err = p.replies.ReadBytes('\n'); err == nil {
			err = json.Unmarshal(line, &a)
		}
	}
	switch {
	case err == nil && a.Error != "":
		err = errors.New(a.Error)
	case err != nil && ctx.Err() != nil:
		err = ctx.Err()
	}
	if err != nil {
		err = fmt.Errorf("server process: %w", err)
	}
	return a.Reply, err
}

// PID is the process's number.
func (p *Process[O, R]) PID() int { return p.cmd.Process.Pid }

// Ended is closed when the process has ended.
func (p *Process[O, R]) Ended() <-chan struct{} { return p.ended }

// Shutdown tells the process to end with SIGTERM and waits until it has; an
// error says that it did not, or that its end was none in order.
func (p *Process[O, R]) Shutdown(ctx context.Context) error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-p.ended:
		return p.err
	case <-ctx.Done():
		return fmt.Errorf("the server process did not end after SIGTERM: %w", ctx.Err())
	}
}

// Kill ends the process at once. It may be called after Shutdown, too, and more
// than once.
func (p *Process[O, R]) Kill() {
	p.once.Do(func() {
		p.in.Close()
		p.cmd.Process.Kill() // an error means that it has ended
		<-p.ended
		p.out.Close()
	})
	<-p.ended
}
