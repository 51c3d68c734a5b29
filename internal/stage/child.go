package stage

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/procfs"
)

// childEnv marks a process that is to be a server and nothing else.
const childEnv = "HOOKPROOF_SERVER"

// childOrder is what a child reads from its standard input.
type childOrder struct {
	Conf    string        // SRS configuration
	Silence time.Duration // after which a silent publisher is dropped; 0: the default
}

// childReady is what it writes to its standard output once it serves.
type childReady struct{ RTMP, API, Error string }

// ServeAsChild makes this process the server that a scenario of its parent
// asked for, if it is meant to be one, and does not return then. Programs that
// run scenarios call it first of all.
func ServeAsChild() {
	if os.Getenv(childEnv) == "" {
		return
	}
	if err := serveAsChild(os.Stdin, os.Stdout); err != nil {
		json.NewEncoder(os.Stdout).Encode(childReady{Error: err.Error()})
		os.Exit(1)
	}
	os.Exit(0)
}

func serveAsChild(in io.Reader, out io.Writer) error {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	signal.Ignore(os.Interrupt) // the terminal's Ctrl-C is the parent's to handle
	dec := json.NewDecoder(in)
	var order childOrder
	if err := dec.Decode(&order); err != nil {
		return fmt.Errorf("order of the parent process: %w", err)
	}
	cfg, err := parseBuiltIn(order.Conf, order.Silence)
	if err != nil {
		return err
	}
	srv, err := newServer(cfg, nil)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(childReady{RTMP: srv.Addr().String(), API: srv.APIAddr().String()}); err != nil {
		return err
	}
	parentGone := make(chan struct{})
	go func() { io.Copy(io.Discard, io.MultiReader(dec.Buffered(), in)); close(parentGone) }()
	select {
	case <-term:
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		return srv.Shutdown(ctx)
	case <-parentGone:
		return srv.Close()
	}
}

// child is a running child process.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	ended chan struct{}
	err   error // of its end
	once  sync.Once
}

func startChild(o childOrder) (*child, childReady, error) {
	var ready childReady
	exe, err := os.Executable()
	if err != nil {
		return nil, ready, err
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), childEnv+"=1")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, ready, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, ready, err
	}
	if err := cmd.Start(); err != nil {
		return nil, ready, err
	}
	c := &child{cmd: cmd, stdin: stdin, ended: make(chan struct{})}
	err = json.NewEncoder(stdin).Encode(o)
	line, rerr := bufio.NewReader(stdout).ReadBytes('\n')
	err = errors.Join(err, rerr)
	if err == nil {
		err = json.Unmarshal(line, &ready)
	}
	if err == nil && ready.Error != "" {
		err = errors.New(ready.Error)
	}
	go func() { c.err = cmd.Wait(); close(c.ended) }()
	if err != nil {
		c.kill()
		return nil, ready, fmt.Errorf("server process: %w", err)
	}
	return c, ready, nil
}

// shutdown tells the process to end with SIGTERM and waits until it has.
func (c *child) shutdown(ctx context.Context) error {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-c.ended:
		return c.err
	case <-ctx.Done():
		return fmt.Errorf("the server process did not end after SIGTERM: %w", ctx.Err())
	}
}

func (c *child) kill() {
	c.once.Do(func() {
		c.stdin.Close()
		c.cmd.Process.Kill()
	})
	<-c.ended
}

// memory is the resident set of the process, in bytes.
func (c *child) memory() (int64, error) {
	p, err := procfs.NewProc(c.cmd.Process.Pid)
	if err != nil {
		return 0, err
	}
	st, err := p.Stat()
	return int64(st.ResidentMemory()), err
}

// startOwn makes t a server of a scene's own, in a process of its own.
func (t *Target) startOwn(nonce string, own OwnOptions) error {
	at, err := t.endpoints(Addresses{Main: anyPort, Stoppable: anyPort, TLS: anyPort}, nonce)
	if err != nil {
		return err
	}
	c, ready, err := startChild(childOrder{Conf: t.builtInText(at), Silence: own.Silence})
	if err != nil {
		t.closeEndpoints()
		return err
	}
	t.Addr, t.API = ready.RTMP, "http://"+ready.API
	t.shutdown, t.memory, t.stop = c.shutdown, c.memory, c.kill
	return nil
}
