package reports

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// EventLimits bounds what a reader takes from a file that somebody sent.
type EventLimits struct {
	Line   int   // bytes in one line
	Lines  int   // lines in all
	Bytes  int64 // in all
	Values int   // JSON values in all: each may take a hundred times its length in memory
}

// DefaultEventLimits are some ten times what a run of the whole suite has:
// 120,000 lines, 45 MB and 2 million values.
func DefaultEventLimits() EventLimits {
	return EventLimits{Line: 4 << 20, Lines: 1_000_000, Bytes: 512 << 20, Values: 16_000_000}
}

// EventError is a line of events.ndjson that cannot be read.
type EventError struct {
	Line int // from 1
	Err  error
}

func (e *EventError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns the cause.
func (e *EventError) Unwrap() error { return e.Err }

// Causes of an EventError that a caller may want to tell apart.
var (
	ErrNoHeader  = errors.New(`want the header {"schema":"` + eventsSchema + `",…} first`)
	ErrTruncated = errors.New("the file is cut off: it has no end mark (was the run killed?)")
)

// ReadEvents reads a stream of observations and passes each to fn, in the order
// of the file. All but fn's own errors are *EventError and name the line; what
// came before it has been passed to fn. Limits that are zero are the defaults.
func ReadEvents(r io.Reader, l EventLimits, fn func(Observation) error) (EventsHeader, error) {
	def := DefaultEventLimits()
	l = EventLimits{Line: cmp.Or(l.Line, def.Line), Lines: cmp.Or(l.Lines, def.Lines),
		Bytes:  cmp.Or(l.Bytes, def.Bytes),
		Values: cmp.Or(l.Values, def.Values)}
	er := eventReader{limits: l, r: bufio.NewReaderSize(&budget{r: io.LimitReader(r, l.Bytes+1), values: l.Values},
		64<<10)}
	for n := 1; ; n++ {
		err := er.line(n, fn)
		var own ownError
		switch {
		case errors.Is(err, errEnd):
			return er.head, nil
		case errors.As(err, &own):
			return er.head, own.error
		case err != nil:
			return er.head, &EventError{n, err}
		}
	}
}

// errEnd says that the end mark was read, and nothing came after it.
var errEnd = errors.New("end")

// ownError is an error of the function that takes observations.
type ownError struct{ error }

// eventReader reads a stream line by line.
type eventReader struct {
	r      *bufio.Reader
	limits EventLimits
	head   EventsHeader
	bytes  int64 // read so far
	count  int   // of observations
	ended  bool
}

// line reads the line of that number.
func (er *eventReader) line(n int, fn func(Observation) error) error {
	line, whole, err := readLine(er.r, er.limits.Line)
	er.bytes += int64(len(line)) + 1
	switch {
	case err == io.EOF && n == 1:
		return ErrNoHeader
	case err == io.EOF && er.ended:
		return errEnd
	case err == io.EOF:
		return ErrTruncated
	case err != nil:
		return err
	case n > er.limits.Lines:
		return fmt.Errorf("more than %d lines", er.limits.Lines)
	case er.bytes > er.limits.Bytes+1: // the last line may lack its end
		return errors.New("too long: want the events of one run")
	case er.ended:
		return errors.New("unexpected data after the end mark")
	case n == 1:
		er.head, err = parseHeader(line)
		return err
	}
	o, err := parseObservation(line)
	switch {
	case err != nil && !whole:
		return ErrTruncated
	case err != nil:
		return err
	case o.Kind == KindEnd:
		er.ended = true
		if got := o.Details().Observations; got != er.count {
			return fmt.Errorf("the end mark counts %v observations, got %d", got, er.count)
		}
		return nil
	}
	er.count++
	if err := fn(o); err != nil {
		return ownError{err}
	}
	return nil
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
