package reports

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// EventLimits bounds what a reader takes from a file that somebody sent.
type EventLimits struct {
	Line  int   // bytes in one line
	Lines int   // lines in all
	Bytes int64 // in all
}

// DefaultEventLimits takes lines up to 16 MiB, two million of them and 1 GiB in
// all: a run of the whole suite has some 50 MB.
func DefaultEventLimits() EventLimits {
	return EventLimits{Line: 16 << 20, Lines: 2_000_000, Bytes: 1 << 30}
}

// EventError is a line of events.ndjson that cannot be read.
type EventError struct {
	Line int // from 1
	Err  error
}

func (e *EventError) Error() string { return fmt.Sprintf("%s:%d: %v", EventsFile, e.Line, e.Err) }

// Unwrap returns the cause.
func (e *EventError) Unwrap() error { return e.Err }

// Causes of an EventError that a caller may want to tell apart.
var (
	ErrNoHeader  = errors.New(`want the header {"schema":"` + eventsSchema + `",…} first`)
	ErrTruncated = errors.New("the last line is cut off (was the run killed?)")
)

// ReadEvents reads a stream of observations and gives each to fn, in the order
// of the file. All but fn's own errors are *EventError and name the line; what
// came before it has been given to fn. Zero limits mean the defaults.
func ReadEvents(r io.Reader, l EventLimits, fn func(Observation) error) (EventsHeader, error) {
	def := DefaultEventLimits()
	if l.Line <= 0 {
		l.Line = def.Line
	}
	if l.Lines <= 0 {
		l.Lines = def.Lines
	}
	if l.Bytes <= 0 {
		l.Bytes = def.Bytes
	}
	br := bufio.NewReaderSize(r, 64<<10)
	var head EventsHeader
	for n := 1; ; n++ {
		line, whole, err := readLine(br, l.Line)
		l.Bytes -= int64(len(line)) + 1
		switch {
		case err == nil && n > l.Lines:
			err = fmt.Errorf("more than %d lines", l.Lines)
		case err == nil && l.Bytes < -1: // the last line may lack its end
			err = errors.New("too long: want the events of one run")
		}
		switch {
		case err == io.EOF && n == 1:
			return head, &EventError{n, ErrNoHeader}
		case err == io.EOF:
			return head, nil
		case err != nil:
			return head, &EventError{n, err}
		}
		if n == 1 {
			if head, err = parseHeader(line); err != nil {
				return head, &EventError{n, err}
			}
			continue
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		o, err := parseObservation(line)
		if err != nil && !whole {
			err = ErrTruncated
		}
		if err != nil {
			return head, &EventError{n, err}
		}
		if err := fn(o); err != nil {
			return head, err
		}
	}
}

// readLine returns the next line without its end; whole is false if the file
// ended before a line feed.
func readLine(br *bufio.Reader, limit int) (line []byte, whole bool, err error) {
	for {
		part, err := br.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > limit {
			return nil, false, fmt.Errorf("line longer than %d bytes", limit)
		}
		switch {
		case err == nil:
			return line[:len(line)-1], true, nil
		case err == bufio.ErrBufferFull:
		case err == io.EOF && len(line) > 0:
			return line, false, nil
		default:
			return nil, false, err
		}
	}
}

func parseHeader(line []byte) (EventsHeader, error) {
	var h EventsHeader
	if err := json.Unmarshal(line, &h); err != nil || h.Schema != eventsSchema {
		return h, ErrNoHeader
	}
	if h.SchemaVersion < 1 || h.SchemaVersion > SchemaVersion {
		return h, fmt.Errorf("schema_version %d: this program reads 1 to %d", h.SchemaVersion, SchemaVersion)
	}
	return h, nil
}

func parseObservation(line []byte) (Observation, error) {
	var o Observation
	if err := json.Unmarshal(line, &o); err != nil {
		return o, err
	}
	switch {
	case o.Kind == "":
		return o, errors.New(`want a "kind"`)
	case o.T < 0 || math.IsInf(o.T, 0):
		return o, fmt.Errorf(`"t" is %v: want seconds since the start, 0 or more`, o.T)
	case o.N < 0:
		return o, fmt.Errorf(`"n" is %d: want 0 or more`, o.N)
	}
	return o, nil
}
