package reports

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"hookproof/internal/reportdir"
)

// EventsFile is the name of the evidence in a report directory.
const EventsFile = "events.ndjson"

// eventsSchema names the format in the file's first line.
const eventsSchema = "hookproof.events"

// EventsHeader is the first line of events.ndjson.
type EventsHeader struct {
	Schema        string    `json:"schema"` // "hookproof.events"
	SchemaVersion int       `json:"schema_version"`
	Tool          string    `json:"tool,omitempty"`
	Version       string    `json:"version,omitempty"`
	Started       time.Time `json:"started"` // what Observation.T counts from
}

// EventWriter writes observations as they are made. It may be used from several
// goroutines; each line is written whole, and Flush or Close makes the lines so
// far readable by others.
type EventWriter struct {
	mu   sync.Mutex
	buf  *bufio.Writer
	enc  *json.Encoder
	file io.Closer
	err  error
}

// NewEventWriter starts a stream on w with its header line. Of run it takes the
// tool, its version and the start time.
func NewEventWriter(w io.Writer, run *Run) (*EventWriter, error) {
	e := &EventWriter{buf: bufio.NewWriterSize(w, 64<<10)}
	e.enc = json.NewEncoder(e.buf)
	e.enc.SetEscapeHTML(false)
	return e, e.enc.Encode(EventsHeader{Schema: eventsSchema, SchemaVersion: SchemaVersion,
		Tool: run.Tool, Version: run.Version, Started: run.Started})
}

// CreateEvents starts events.ndjson in a report directory. The header is on
// disk when it returns, so that a run that is killed leaves a readable file.
func CreateEvents(d *reportdir.Dir, run *Run) (*EventWriter, error) {
	f, err := d.Stream(EventsFile)
	if err != nil {
		return nil, err
	}
	e, err := NewEventWriter(f, run)
	if err == nil {
		err = e.Flush()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	e.file = f
	return e, nil
}

// Write appends one observation. After an error all later writes return it.
func (e *EventWriter) Write(o Observation) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.err == nil {
		if err := e.enc.Encode(o); err != nil {
			e.err = fmt.Errorf("%s: observation %d of %q: %w", EventsFile, o.N, o.Scenario, err)
		}
	}
	return e.err
}

// Flush hands what was written to the file.
func (e *EventWriter) Flush() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.buf.Flush(); e.err == nil {
		e.err = err
	}
	return e.err
}

// Close flushes, and closes the file if CreateEvents opened it.
func (e *EventWriter) Close() error {
	err := e.Flush()
	if e.file != nil {
		if cerr := e.file.Close(); err == nil {
			err = cerr
		}
	}
	return err
}
