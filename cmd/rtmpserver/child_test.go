package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/endpoint"
	"hookproof/internal/test/recorder"
)

// patience bounds every wait of a test.
const patience = 20 * time.Second

// child is the command, running as a process of its own.
type child struct {
	t   *testing.T
	cmd *exec.Cmd

	mu    sync.Mutex
	lines []map[string]any
	more  chan struct{} // replaced and closed with every line
	ended bool

	exited chan error // gets what Wait says, once
}

// start runs the command with its log in JSON. It is killed at the end of the
// test if it has not ended by itself.
func start(t *testing.T, args ...string) *child {
	t.Helper()
	c := &child{t: t, cmd: exec.Command(os.Args[0], append([]string{"-log", "json"}, args...)...),
		more: make(chan struct{}), exited: make(chan error, 1)}
	c.cmd.Env = append(os.Environ(), childEnv+"=1")
	stderr, err := c.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.read(bufio.NewScanner(stderr))
		c.exited <- c.cmd.Wait()
	}()
	t.Cleanup(func() {
		c.cmd.Process.Kill()
		<-done
	})
	return c
}

// read keeps the lines of the log.
func (c *child) read(s *bufio.Scanner) {
	for s.Scan() {
		line := map[string]any{}
		if json.Unmarshal(s.Bytes(), &line) != nil {
			line = map[string]any{"msg": s.Text()}
		}
		c.add(line)
	}
	c.mu.Lock()
	c.ended = true
	c.mu.Unlock()
	c.add(nil)
}

func (c *child) add(line map[string]any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines = append(c.lines, line)
	close(c.more)
	c.more = make(chan struct{})
}

// await waits for a line of the log that ok takes and returns it.
func (c *child) await(what string, ok func(map[string]any) bool) map[string]any {
	c.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		c.mu.Lock()
		i := slices.IndexFunc(c.lines, func(l map[string]any) bool { return l != nil && ok(l) })
		lines, more, ended := c.lines, c.more, c.ended
		c.mu.Unlock()
		if i >= 0 {
			return lines[i]
		}
		if ended {
			c.t.Fatalf("the server ended without %s; its log is %v", what, lines)
		}
		select {
		case <-more:
		case <-deadline.C:
			c.t.Fatalf("no %s; the log is %v", what, lines)
		}
	}
}

// addr waits for the address in the line with that message.
func (c *child) addr(msg string) string {
	c.t.Helper()
	return c.await(msg, func(l map[string]any) bool { return l["msg"] == msg })["addr"].(string)
}

// says waits for a line that has text in its message or its error.
func (c *child) says(text string) {
	c.t.Helper()
	c.await(text, func(l map[string]any) bool {
		msg, _ := l["msg"].(string)
		err, _ := l["err"].(string)
		return strings.Contains(msg, text) || strings.Contains(err, text)
	})
}

// log is what the command has logged so far, a line each.
func (c *child) log() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	for _, line := range c.lines {
		fmt.Fprintln(&b, line)
	}
	return b.String()
}

func (c *child) signal(s os.Signal) {
	c.t.Helper()
	if err := c.cmd.Process.Signal(s); err != nil {
		c.t.Fatal(err)
	}
}

// exit waits for the end of the process and returns its exit code.
func (c *child) exit() int {
	c.t.Helper()
	select {
	case err := <-c.exited:
		var status *exec.ExitError
		if err != nil && !errors.As(err, &status) {
			c.t.Fatal(err)
		}
		return c.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		c.t.Fatal("the process does not end")
		return -1
	}
}

// hookServer is a recording hook server that accepts everybody.
func hookServer(t *testing.T) *recorder.Recorder {
	t.Helper()
	return recorder.New(t, endpoint.Options{})
}

// events waits until e has got these events, in this order and no others.
func events(t *testing.T, e *recorder.Recorder, want ...hook.Event) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var got []hook.Event
	err := e.Await(ctx, func(all []*endpoint.Request) bool {
		got = got[:0]
		for _, r := range all {
			got = append(got, r.Event)
		}
		return len(got) >= len(want)
	})
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("events are %v, want %v: %v", got, want, err)
	}
}

// publish connects and publishes a stream, and stays.
func publish(t *testing.T, addr, name string) *client.Client {
	t.Helper()
	c, err := tryToPublish(t, addr, name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// refused tries to publish a stream, and is not let in.
func refused(t *testing.T, addr, name string) {
	t.Helper()
	if _, err := tryToPublish(t, addr, name); err == nil {
		t.Error("the publisher was let in")
	}
}

func tryToPublish(t *testing.T, addr, name string) (*client.Client, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := client.Dial(ctx, client.Options{URL: "rtmp://" + addr + "/live", Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Vanish)
	if err := c.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	return c, c.Publish(ctx, name, "live")
}
