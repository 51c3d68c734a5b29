package reports

import (
	"cmp"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"hookproof/internal/reportdir"
)

// PassedFile is the evidence of the scenarios that passed: events.ndjson as it
// would be of these alone, compressed. It is the bulk of a run's evidence, and
// only judging again needs it.
const PassedFile = "passed.ndjson.gz"

// Evidence is what a report says of a file of observations. A file that is not
// the one that belongs to the report does not have the same sum.
type Evidence struct {
	File         string `json:"file"`
	Observations int    `json:"observations"`
	SHA256       string `json:"sha256"` // of the file's lines, before compression, in hexadecimal
}

// KeepEvidence is where a report keeps the evidence of what passed.
type KeepEvidence string

// The ways to keep evidence.
const (
	KeepFailed KeepEvidence = "failed" // events.ndjson has what did not pass, passed.ndjson.gz the rest
	KeepAll    KeepEvidence = "all"    // events.ndjson has everything
)

// EventStream is events.ndjson of a report directory while a run goes on.
type EventStream struct {
	*EventWriter
	file *os.File
}

// StreamEvents starts events.ndjson in a report directory. The header is on
// disk when it returns, so that a run that is killed leaves a readable file.
func StreamEvents(d *reportdir.Dir, run *Run) (*EventStream, error) {
	f, err := d.Stream(EventsFile)
	if err != nil {
		return nil, err
	}
	w, err := NewEventWriter(f, run)
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &EventStream{w, f}, nil
}

// Close ends the file. It returns what the report says of it.
func (s *EventStream) Close() (Evidence, error) {
	e, err := s.End()
	e.File = EventsFile
	return e, errors.Join(err, s.file.Close())
}

// writeEvidence writes run's observations and notes in run what the files are.
func writeEvidence(d *reportdir.Dir, run *Run, keep KeepEvidence) error {
	run.Evidence = nil
	plain := func(s *Scenario) bool { return keep == KeepAll || s.Verdict != Pass }
	err := writeEvidenceFile(d, run, EventsFile, run.Observations, plain)
	if keep == KeepAll {
		return err
	}
	return errors.Join(err, writeEvidenceFile(d, run, PassedFile, nil, func(s *Scenario) bool { return !plain(s) }))
}

// writeEvidenceFile writes the observations given and those of some scenarios, compressed where the name says so, and
// adds to run what the file is.
func writeEvidenceFile(d *reportdir.Dir, run *Run, name string, all []Observation, of func(*Scenario) bool) error {
	return d.Write(name, func(w io.Writer) error {
		var z *gzip.Writer
		if strings.HasSuffix(name, ".gz") {
			z = gzip.NewWriter(w)
			w = z
		}
		e, err := writeEvents(w, run, all, of)
		if z != nil {
			err = errors.Join(err, z.Close())
		}
		e.File = name
		run.Evidence = append(run.Evidence, e)
		return err
	})
}

// writeEvents writes the observations given and those of some scenarios in
// order of time.
func writeEvents(w io.Writer, run *Run, all []Observation, of func(*Scenario) bool) (Evidence, error) {
	e, err := NewEventWriter(w, run)
	if err != nil {
		return Evidence{}, err
	}
	all = slices.Clone(all)
	for i := range run.Scenarios {
		if s := &run.Scenarios[i]; of(s) {
			all = append(all, s.Observations...)
		}
	}
	slices.SortStableFunc(all, func(a, b Observation) int { return cmp.Compare(a.T, b.T) })
	for _, o := range all {
		if err := e.Write(o); err != nil {
			return Evidence{}, err
		}
	}
	return e.End()
}

// WriteEvents writes all observations of run in order of time.
func WriteEvents(w io.Writer, run *Run) error {
	Prepare(run)
	_, err := writeEvents(w, run, run.Observations, func(*Scenario) bool { return true })
	return err
}
