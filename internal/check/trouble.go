package check

import (
	"errors"
	"fmt"
	"syscall"

	"hookproof/reports"
)

// TroubleNote is the note that the machine of the harness ran out of something.
const TroubleNote = "trouble"

// troubles are the errors of this machine, not of the target.
var troubles = []struct {
	number syscall.Errno
	words  string
}{
	{syscall.EMFILE, "this process has no file descriptor left (ulimit -n)"},
	{syscall.ENFILE, "this machine has no file descriptor left"},
	{syscall.EADDRNOTAVAIL, "this machine has no free port left to connect from, or not the address"},
	{syscall.ENOMEM, "this machine has no memory left"},
	{syscall.ENOBUFS, "this machine has no memory for connections left"},
}

// Trouble says what this machine lacked where an error is its own; "" otherwise.
func Trouble(err error) string {
	for _, t := range troubles {
		if errors.Is(err, t.number) {
			return t.words
		}
	}
	return ""
}

// longGap is how long the harness may get no processor, in one piece and in
// seconds, before what it finds is no longer held against the target.
const longGap = 2.0

// Disturbed says what disturbed the harness while a scenario was played, so that
// a failure is not the target's: an error of this machine, or a time in which
// the process was not run, which leaves the failure undecided. "" where nothing did.
func Disturbed(obs []reports.Observation) (reason string, v reports.Verdict) {
	for i := range obs {
		o := &obs[i]
		if o.Kind != reports.KindNote {
			continue
		}
		if o.Name == TroubleNote {
			return o.Text, reports.Error
		}
		if gap := o.Details().Gap; o.Name == starvedNote && gap.To-gap.From >= longGap {
			reason, v = fmt.Sprintf("this process was not run for %.1f s: the machine was too busy, or stopped it",
				gap.To-gap.From), reports.Inconclusive
		}
	}
	return reason, v
}
