package client

import (
	"errors"
	"fmt"
	"strings"
)

// ErrTimeout is what a StepError wraps when the awaited answer did not come in
// time.
var ErrTimeout = errors.New("no answer in time")

// ErrStream says that a step needs a message stream and none was created.
var ErrStream = errors.New("no message stream: create one first")

// StepError is the failure of one step.
type StepError struct {
	Phase   string // what was being done: "dial", "handshake", "connect", "publish", …
	Awaited string // what would have ended it; empty when it failed before waiting
	Last    string // the last thing received during the step; empty: nothing
	Instead string // what came that could have been the answer, but for what is wrong with it; empty: nothing
	Err     error  // ErrTimeout, *DisconnectError, *StatusError, a context's or network's error
}

// Error names the phase, the cause, what was awaited and what came.
func (e *StepError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %v", e.Phase, e.Err)
	if e.Awaited != "" {
		fmt.Fprintf(&b, "; awaited %s", e.Awaited)
		if e.Last != "" {
			fmt.Fprintf(&b, ", last came %s", e.Last)
		} else {
			b.WriteString(", nothing came")
		}
	}
	if e.Instead != "" {
		b.WriteString("; there was " + e.Instead)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *StepError) Unwrap() error { return e.Err }

// DisconnectError says that the connection ended, and how.
type DisconnectError struct {
	How How
	Err error // the reader's error; nil for FIN and Local
}

// Error says how the connection ended.
func (e *DisconnectError) Error() string {
	s := map[How]string{
		FIN: "server closed the connection (FIN)", RST: "server reset the connection (RST)",
		Timeout: "connection timed out", Local: "connection closed by this client",
		Protocol: "server sent what is no valid RTMP",
	}[e.How]
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", s, e.Err)
	}
	return s
}

// Unwrap returns the reader's error.
func (e *DisconnectError) Unwrap() error { return e.Err }

// StatusError is the server's refusal: an _error, or an onStatus that is not
// the awaited success.
type StatusError struct {
	Name                     string // "_error", "_result" or "onStatus"
	Code, Level, Description string
}

// Error returns the code and the description.
func (e *StatusError) Error() string {
	return fmt.Sprintf("refused with %s level %.128q code %.128q description %.128q", said(e.Name), e.Level, e.Code,
		e.Description)
}
