package reports

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"sync"
	"time"
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

// KindEnd is the kind of a file's last line, the end mark: a file without it was
// cut off. Its data counts the observations before it.
const KindEnd Kind = "end"

// EventWriter writes observations as they are made. It may be used from several
// goroutines; each line is written whole, and Flush makes the lines so far
// readable by others.
type EventWriter struct {
	mu    sync.Mutex
	buf   *bufio.Writer
	sum   hash.Hash // of all that was written
	enc   *json.Encoder
	last  float64 // the latest time that was written
	count int
	err   error
}

// NewEventWriter starts a stream on w with its header line. Of run it takes the
// tool, its version and the start time.
func NewEventWriter(w io.Writer, run *Run) (*EventWriter, error) {
	e := &EventWriter{buf: bufio.NewWriterSize(w, 64<<10), sum: sha256.New()}
	e.enc = json.NewEncoder(io.MultiWriter(e.buf, e.sum))
	e.enc.SetEscapeHTML(false)
	return e, e.enc.Encode(EventsHeader{Schema: eventsSchema, SchemaVersion: SchemaVersion,
		Tool: run.Tool, Version: run.Version, Started: run.Started})
}

// Write appends one observation. After an error all later writes return it.
func (e *EventWriter) Write(o Observation) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.write(o)
	e.count++
	return e.err
}

func (e *EventWriter) write(o Observation) {
	if e.err != nil {
		return
	}
	if err := e.enc.Encode(o); err != nil {
		e.err = fmt.Errorf("%s: observation %d of %q: %w", EventsFile, o.N, o.Scenario, err)
	}
	e.last = max(e.last, o.T)
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

// End writes the end mark and flushes. It returns what the report says of the
// file, but for its name.
func (e *EventWriter) End() (Evidence, error) {
	e.mu.Lock()
	count := e.count
	e.write(Observation{T: e.last, Kind: KindEnd, Data: &Details{Observations: count}})
	e.mu.Unlock()
	err := e.Flush()
	return Evidence{Observations: count, SHA256: hex.EncodeToString(e.sum.Sum(nil))}, err
}
