// Package reexec runs a server in a process of its own: this program once more,
// which is that server and nothing else. So what it costs is measured apart,
// and it can be ended as any server is.
//
// Parent and child talk in JSON: orders go to the child's standard input,
// replies come from its standard output. A child whose parent has gone ends.
package reexec

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Server is what a child runs.
type Server interface {
	Shutdown(ctx context.Context) error // ends it in order
	Close() error                       // ends it at once
}

// A Kind is a server that this program can be: O is what it is ordered to do,
// R what it replies. Both are written as JSON.
type Kind[O, R any] struct {
	// Mark is the environment variable that makes this program such a child.
	Mark string
	// Start obeys the first order.
	Start func(O) (Server, R, error)
	// Again obeys each further one; nil where there are none.
	Again func(Server, O) (R, error)
}

// reply is what the child writes for each order.
type reply[R any] struct {
	Reply R
	Error string `json:",omitempty"`
}

// lastWords bounds a shutdown in order.
const lastWords = time.Minute

// Serve makes this process such a server, if it is meant to be one, and does
// not return then. Programs that run children call it first of all.
func (k *Kind[O, R]) Serve() {
	if os.Getenv(k.Mark) == "" {
		return
	}
	if err := k.serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func (k *Kind[O, R]) serve(in io.Reader, out io.Writer) error {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	signal.Ignore(os.Interrupt) // the terminal's Ctrl-C is the parent's to handle
	orders, replies := json.NewDecoder(in), json.NewEncoder(out)
	var o O
	if err := orders.Decode(&o); err != nil {
		return fmt.Errorf("order of the parent process: %w", err)
	}
	srv, r, err := k.Start(o)
	if err := replies.Encode(answer(r, err)); err != nil || srv == nil {
		return err
	}
	parentGone := make(chan struct{})
	go func() { // ends with the parent's end of the pipe
		defer close(parentGone)
		for {
			var o O
			if orders.Decode(&o) != nil || k.Again == nil || replies.Encode(answer(k.Again(srv, o))) != nil {
				return
			}
		}
	}()
	select {
	case <-term:
		ctx, cancel := context.WithTimeout(context.Background(), lastWords)
		defer cancel()
		return srv.Shutdown(ctx)
	case <-parentGone:
		return srv.Close()
	}
}

func answer[R any](r R, err error) reply[R] {
	a := reply[R]{Reply: r}
	if err != nil {
		a.Error = err.Error()
	}
	return a
}
