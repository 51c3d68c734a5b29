package rig

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

	"hookproof/internal/cli"
	"hookproof/server"
	"hookproof/server/srsconf"
)

// childEnv marks a process that is to be a server and nothing else.
const childEnv = "HOOKPROOF_LOADGEN_SERVER"

// Order says what server is wanted.
type Order struct {
	Hooks   string // base URL of the hook server; empty: no hooks
	Profile string // of the hooks
	Clients int    // at once
}

// ready is what a child writes to its standard output once it serves.
type ready struct{ RTMP, Error string }

// ServeAsChild makes this process the server that its parent ordered, if it is
// meant to be one, and does not return then. Programs that run load tests call
// it first of all.
func ServeAsChild() {
	if os.Getenv(childEnv) == "" {
		return
	}
	if err := serve(os.Stdin, os.Stdout); err != nil {
		json.NewEncoder(os.Stdout).Encode(ready{Error: err.Error()})
		os.Exit(1)
	}
	os.Exit(0)
}

func serve(in io.Reader, out io.Writer) error {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	signal.Ignore(os.Interrupt) // the terminal's Ctrl-C is the parent's to handle
	dec := json.NewDecoder(in)
	var o Order
	if err := dec.Decode(&o); err != nil {
		return fmt.Errorf("order of the parent process: %w", err)
	}
	srv, err := Start(o)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(ready{RTMP: srv.Addr().String()}); err != nil {
		return err
	}
	parentGone := make(chan struct{})
	go func() { io.Copy(io.Discard, io.MultiReader(dec.Buffered(), in)); close(parentGone) }() // ends with the parent
	select {
	case <-term:
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		return srv.Shutdown(ctx)
	case <-parentGone:
		return srv.Close()
	}
}

// spareFiles is what a server needs beside its clients: its connections to the
// hook server, and a few.
const spareFiles = 2000

// Start starts the built-in server in this process, on a free port.
func Start(o Order) (*server.Server, error) {
	cfg := server.DefaultConfig()
	cfg.Listen = []string{"127.0.0.1:0"}
	cfg.MaxConnections = 2*o.Clients + 100 // replaced clients may overlap
	hooks := &cfg.VHosts[0].Hooks
	hooks.Profile = o.Profile
	if o.Hooks != "" {
		urls, err := srsconf.DefaultURLs(o.Hooks)
		if err != nil {
			return nil, err
		}
		hooks.Enabled, hooks.URLs = true, urls
	}
	if _, err := cli.RaiseOpenFiles(uint64(cfg.MaxConnections + spareFiles)); err != nil {
		return nil, fmt.Errorf("limit of open files: %w", err)
	}
	srv, err := server.New(cfg, server.Options{})
	if err == nil {
		err = srv.Start()
	}
	return srv, err
}

// Child is the built-in server in a process of its own.
type Child struct {
	Addr string // RTMP, host:port
	PID  int

	cmd   *exec.Cmd
	stdin io.Closer
	ended chan struct{}
	err   error // of its end
	once  sync.Once
}

// StartChild starts this program again as a server.
func StartChild(o Order) (*Child, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), childEnv+"=1")
	cmd.Stderr = os.Stderr
	stdin, err1 := cmd.StdinPipe()
	stdout, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &Child{cmd: cmd, stdin: stdin, ended: make(chan struct{}), PID: cmd.Process.Pid}
	err = json.NewEncoder(stdin).Encode(o)
	line, rerr := bufio.NewReader(stdout).ReadBytes('\n')
	var r ready
	if err = errors.Join(err, rerr); err == nil {
		err = json.Unmarshal(line, &r)
	}
	if err == nil && r.Error != "" {
		err = errors.New(r.Error)
	}
	go func() { c.err = cmd.Wait(); close(c.ended) }() // ends with the process
	if err != nil {
		c.Kill()
		return nil, fmt.Errorf("built-in server: %w", err)
	}
	c.Addr = r.RTMP
	return c, nil
}

// Shutdown lets the server deliver its closing events and waits for its end.
func (c *Child) Shutdown(ctx context.Context) error {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-c.ended:
		return c.err
	case <-ctx.Done():
		return fmt.Errorf("the built-in server did not end after SIGTERM: %w", ctx.Err())
	}
}

// Ended is closed when the process has ended.
func (c *Child) Ended() <-chan struct{} { return c.ended }

// Kill ends the process at once. It may be called after Shutdown, too.
func (c *Child) Kill() {
	c.once.Do(func() {
		c.stdin.Close()
		c.cmd.Process.Kill()
	})
	<-c.ended
}
