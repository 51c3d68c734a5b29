package srsconf

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Limits of one configuration, all its included files together.
const (
	// MaxBytes is the size of all files, in bytes.
	MaxBytes = 1 << 20
	// MaxFiles is the number of files read, a file counted as often as it is included.
	MaxFiles = 256
	// MaxNesting is the depth of blocks, and of files that include files.
	MaxNesting = 32
	// MaxErrors is the number of errors reported; what comes after is not looked for.
	MaxErrors = 100
)

// Error is one mistake in a configuration. Line counts from 1; 0 means the
// file as a whole.
type Error struct {
	File string
	Line int
	Text string
}

// Error returns "file:line: text".
func (e *Error) Error() string { return at(e.File, e.Line) + e.Text }

// Errors are all the mistakes of a configuration, in the order of the text.
type Errors []*Error

// Error returns one line for each mistake.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, err := range e {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

// Warning is something that works, but perhaps not as its author thinks:
// a directive that is ignored, hooks that are switched off.
type Warning struct {
	File string
	Line int
	Text string
}

// String returns "file:line: text".
func (w Warning) String() string { return at(w.File, w.Line) + w.Text }

// at returns the place that a message starts with.
func at(file string, line int) string {
	if line == 0 {
		return file + ": "
	}
	return fmt.Sprintf("%s:%d: ", file, line)
}

// report collects errors and warnings while a configuration is read.
type report struct {
	errors   Errors
	warnings []Warning
	// files holds the files in the order in which they were read.
	files []string
}

// errorf adds an error, unless there are MaxErrors already.
func (r *report) errorf(file string, line int, format string, args ...any) {
	switch {
	case len(r.errors) < MaxErrors:
		r.errors = append(r.errors, &Error{file, line, fmt.Sprintf(format, args...)})
	case len(r.errors) == MaxErrors:
		r.errors = append(r.errors, &Error{file, line, "too many errors; the rest is not shown"})
	}
}

func (r *report) warnf(file string, line int, format string, args ...any) {
	r.warnings = append(r.warnings, Warning{file, line, fmt.Sprintf(format, args...)})
}

// full tells whether reading on would find nothing that is reported.
func (r *report) full() bool { return len(r.errors) > MaxErrors }

// sort puts everything into the order of the text: file by file, line by line.
func (r *report) sort() {
	order := func(fileA, fileB string, lineA, lineB int) int {
		return cmp.Or(cmp.Compare(slices.Index(r.files, fileA), slices.Index(r.files, fileB)),
			cmp.Compare(lineA, lineB))
	}
	slices.SortStableFunc(r.errors, func(a, b *Error) int { return order(a.File, b.File, a.Line, b.Line) })
	slices.SortStableFunc(r.warnings, func(a, b Warning) int { return order(a.File, b.File, a.Line, b.Line) })
}
