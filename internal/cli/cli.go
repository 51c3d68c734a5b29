// Package cli holds what the commands share: exit codes, help with examples,
// flag errors told in one line, the version, colour, logging and the limit of
// open files. It knows nothing of RTMP or hooks.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"hookproof/internal/redact"
)

// Exit codes of every command. Scripts and CI depend on them.
const (
	// ExitOK: the command did what was asked, and what it checked holds.
	ExitOK = 0
	// ExitFailed: the command ran to its end and what it checked does not hold.
	ExitFailed = 1
	// ExitUsage: the command line is wrong; nothing was started.
	ExitUsage = 2
	// ExitCouldNotRun: the command line is right but the work could not be
	// done: a port is taken, a file is missing, a peer cannot be reached.
	ExitCouldNotRun = 3
)

// UsageError is a mistake on the command line that the flag package cannot
// see, such as two flags that exclude each other. Code maps it to ExitUsage.
type UsageError struct{ Text string }

func (e *UsageError) Error() string { return e.Text }

// Usagef makes a UsageError from a format and its arguments.
func Usagef(format string, args ...any) error {
	return &UsageError{Text: fmt.Sprintf(format, args...)}
}

// Code returns the exit code of an error: ExitOK for nil,
// ExitUsage for a *UsageError, ExitCouldNotRun for everything else.
func Code(err error) int {
	var usage *UsageError
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &usage):
		return ExitUsage
	}
	return ExitCouldNotRun
}

// Streams are the three standard files of a command. Commands take them as an
// argument so that tests can run them in the test's own process.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer

	inspect func(*flag.FlagSet) // see FlagsOf
}

// Standard returns the streams of this process.
func Standard() Streams { return Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr} }

// Report writes err to s.Err as "name: text" and returns its exit code. A usage
// error is followed by a line that says where help is. A nil error writes nothing.
func Report(s Streams, name string, err error) int {
	if err == nil {
		return ExitOK
	}
	// The error may quote a file or a peer that somebody else wrote.
	fmt.Fprintf(s.Err, "%s: %s\n", name, redact.Commands(redact.Lines(err.Error())))
	code := Code(err)
	if code == ExitUsage {
		fmt.Fprintf(s.Err, "Run \"%s -h\" for help.\n", name)
	}
	return code
}
