package reports

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"hookproof/internal/reportdir"
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

// Files are the names of all files of a report directory: what an earlier run
// left of them is stale.
var Files = []string{EventsFile, ReportFile, JUnitFile, HTMLFile, SummaryFile}

// Write makes the directory dir if missing and writes all reports of run into it.
func Write(dir string, run *Run) error {
	d, err := reportdir.Create(dir, Files...)
	if err != nil {
		return err
	}
	return errors.Join(WriteTo(d, run), d.Close())
}

// WriteTo writes all reports of run into a directory.
func WriteTo(d *reportdir.Dir, run *Run) error {
	err := d.Write(EventsFile, func(w io.Writer) error { return WriteEvents(w, run) })
	return errors.Join(err, WriteResults(d, run))
}

// WriteResults writes all reports of run but its events, which CreateEvents has
// streamed while it ran.
func WriteResults(d *reportdir.Dir, run *Run) error {
	Prepare(run)
	var errs []error // what can be written is
	for _, f := range []struct {
		name  string
		write func(io.Writer, *Run) error
	}{
		{ReportFile, WriteJSON},
		{JUnitFile, WriteJUnit},
		{HTMLFile, WriteHTML},
		{SummaryFile, WriteMarkdown},
	} {
		errs = append(errs, d.Write(f.name, func(w io.Writer) error { return f.write(w, run) }))
	}
	return errors.Join(errs...)
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
	Prepare(run)
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
