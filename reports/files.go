package reports

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
)

// Names of the other files in a report directory.
const (
	ReportFile  = "report.json"
	JUnitFile   = "junit.xml"
	HTMLFile    = "report.html"
	SummaryFile = "summary.md"
)

// maxReport bounds report.json when it is read, in bytes.
const maxReport = 256 << 20

// Option changes what Write does.
type Option func(*writeOptions)

type writeOptions struct{ keepEvents bool }

// KeepEvents leaves an events.ndjson that was streamed while running as it is.
func KeepEvents() Option { return func(o *writeOptions) { o.keepEvents = true } }

// Write makes dir if missing and writes all reports of run into it. A file is
// replaced only once its successor is whole. It sets run's SchemaVersion and
// numbers observations that have no numbers yet.
func Write(dir string, run *Run, opts ...Option) error {
	var o writeOptions
	for _, opt := range opts {
		opt(&o)
	}
	if err := makeDir(dir); err != nil {
		return err
	}
	Prepare(run)
	files := []struct {
		name  string
		write func(io.Writer, *Run) error
	}{
		{EventsFile, WriteEvents},
		{ReportFile, WriteJSON},
		{JUnitFile, WriteJUnit},
		{HTMLFile, WriteHTML},
		{SummaryFile, WriteMarkdown},
	}
	for _, f := range files {
		if f.name == EventsFile && o.keepEvents {
			continue
		}
		if err := writeFile(filepath.Join(dir, f.name), run, f.write); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}

// makeDir makes a report directory for its owner alone, for the evidence has
// the tokens of clients and hook servers in it. One that is there stays as it is.
func makeDir(dir string) error { return os.MkdirAll(dir, 0o700) }

func writeFile(path string, run *Run, write func(io.Writer, *Run) error) error {
	name := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"-"+rand.Text())
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666) // less what umask takes away
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already after the rename
	buf := bufio.NewWriterSize(f, 64<<10)
	err = write(buf, run)
	if err == nil {
		err = buf.Flush()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Prepare sets the schema version and fills in what observations leave out:
// scenario, profile and, where none of a scenario's has a number, the numbers.
func Prepare(run *Run) {
	run.SchemaVersion = SchemaVersion
	number(run.Observations, "", "")
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		number(s.Observations, s.ID, s.Profile)
	}
}

func number(obs []Observation, scenario, profile string) {
	unnumbered := !slices.ContainsFunc(obs, func(o Observation) bool { return o.N != 0 })
	for i := range obs {
		obs[i].Scenario, obs[i].Profile = scenario, profile
		if unnumbered {
			obs[i].N = i
		}
	}
}

// WriteEvents writes all observations of run in order of time.
func WriteEvents(w io.Writer, run *Run) error {
	e, err := NewEventWriter(w, run)
	if err != nil {
		return err
	}
	all := slices.Clone(run.Observations)
	for i := range run.Scenarios {
		all = append(all, run.Scenarios[i].Observations...)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].T < all[j].T })
	for _, o := range all {
		if err := e.Write(o); err != nil {
			return err
		}
	}
	return e.Close()
}

// ReadRun reads report.json and events.ndjson of a report directory. Without
// report.json it fails; without events.ndjson the run has no observations. An
// events.ndjson that is cut off gives the run with what could be read, and an
// error that wraps ErrTruncated.
func ReadRun(dir string) (*Run, error) {
	f, err := os.Open(filepath.Join(dir, ReportFile))
	if err != nil {
		return nil, err
	}
	run, err := ReadJSON(io.LimitReader(f, maxReport+1))
	f.Close()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, ReportFile), err)
	}
	f, err = os.Open(filepath.Join(dir, EventsFile))
	if errors.Is(err, os.ErrNotExist) {
		return run, nil
	} else if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := readInto(run, f); err != nil {
		return run, fmt.Errorf("%s: %w", dir, err)
	}
	return run, nil
}

// readInto gives each observation to its scenario; those of scenarios that the
// run does not have are kept as the run's own.
func readInto(run *Run, r io.Reader) error {
	at := map[[2]string]*[]Observation{}
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		at[[2]string{s.ID, s.Profile}] = &s.Observations
	}
	_, err := ReadEvents(r, EventLimits{}, func(o Observation) error {
		to := at[[2]string{o.Scenario, o.Profile}]
		if to == nil {
			to = &run.Observations
		}
		*to = append(*to, o)
		return nil
	})
	for _, obs := range at {
		sort.SliceStable(*obs, func(i, j int) bool { return (*obs)[i].N < (*obs)[j].N })
	}
	return err
}
