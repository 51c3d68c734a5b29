package reports

import (
	"errors"
	"io"
	"slices"

	"hookproof/internal/reportdir"
)

// Names of the other files in a report directory.
const (
	ReportFile  = "report.json"
	JUnitFile   = "junit.xml"
	HTMLFile    = "report.html"
	SummaryFile = "summary.md"
)

// Files are the names of all files of a report directory: what an earlier run
// left of them is stale.
var Files = []string{EventsFile, PassedFile, ReportFile, JUnitFile, HTMLFile, SummaryFile}

// Write makes the directory dir if missing and writes all reports of run into it.
func Write(dir string, run *Run) error {
	d, err := reportdir.Create(dir, Files...)
	if err != nil {
		return err
	}
	return errors.Join(WriteTo(d, run, KeepFailed), d.Close())
}

// WriteTo writes all reports of run into a directory, in place of events that
// were streamed there.
func WriteTo(d *reportdir.Dir, run *Run, keep KeepEvidence) error {
	Prepare(run)
	return errors.Join(writeEvidence(d, run, keep), WriteResults(d, run))
}

// WriteResults writes all reports of run but its evidence.
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
