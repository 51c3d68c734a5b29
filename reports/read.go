package reports

import (
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"hookproof/internal/reportdir"
)

// What can be wrong with the evidence of a report.
var (
	// ErrMissing: a file that the report names is not there. The others were read.
	ErrMissing = errors.New("the evidence is missing")
	// ErrNotItsEvidence: a file is not the one that the report was written from.
	ErrNotItsEvidence = errors.New("this is not the evidence that " + ReportFile + " was written from")
)

// ReadReport reads report.json of a report directory, without the evidence.
func ReadReport(dir string) (*Run, error) {
	path := filepath.Join(dir, ReportFile)
	f, err := reportdir.Open(path, maxReport)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	run, err := ReadJSON(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return run, nil
}

// ReadRun reads report.json and the evidence of a report directory. With an
// error that wraps ErrMissing or ErrTruncated it returns the run as well, with
// the observations that could be read.
func ReadRun(dir string) (*Run, error) {
	run, err := ReadReport(dir)
	if err != nil {
		return nil, err
	}
	if len(run.Evidence) == 0 {
		return run, fmt.Errorf("%s: %w: %s names none", dir, ErrMissing, ReportFile)
	}
	at := map[[2]string]*[]Observation{}
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		at[[2]string{s.ID, s.Profile}] = &s.Observations
	}
	var lacking []error
	for _, e := range run.Evidence {
		err := readEvidence(dir, e, func(o Observation) {
			// Those of scenarios that the run does not have are kept as the run's own.
			to := cmp.Or(at[[2]string{o.Scenario, o.Profile}], &run.Observations)
			*to = append(*to, o)
		})
		if err = inFile(dir, e, err); errors.Is(err, ErrMissing) || errors.Is(err, ErrTruncated) {
			lacking = append(lacking, err)
		} else if err != nil {
			return nil, err
		}
	}
	for _, obs := range at {
		slices.SortStableFunc(*obs, func(a, b Observation) int { return a.N - b.N })
	}
	return run, errors.Join(lacking...)
}

// inFile names the file of an error.
func inFile(dir string, e Evidence, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrMissing
	}
	path := filepath.Join(dir, e.File)
	if err == nil || strings.HasPrefix(err.Error(), path) {
		return err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// readEvidence reads one file and holds it against what the report says of it.
func readEvidence(dir string, e Evidence, fn func(Observation)) error {
	limits := DefaultEventLimits()
	f, err := reportdir.Open(filepath.Join(dir, e.File), limits.Bytes)
	if err != nil {
		return err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(e.File, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return err
		}
	}
	sum, n := sha256.New(), 0
	_, err = ReadEvents(io.TeeReader(r, sum), limits, func(o Observation) error { n++; fn(o); return nil })
	if errors.Is(err, io.ErrUnexpectedEOF) { // of the compression
		err = &EventError{n + 2, ErrTruncated}
	}
	if err != nil {
		return err
	}
	if n != e.Observations || hex.EncodeToString(sum.Sum(nil)) != e.SHA256 {
		return ErrNotItsEvidence
	}
	return nil
}
