package reports

import (
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"hookproof/internal/reportdir"
)

// CondensedEvents is the evidence of a condensed report: events.ndjson, compressed.
const CondensedEvents = "events.ndjson.gz"

// WriteCondensed writes a small copy of a run to dir, to be kept beside others: report.json with all verdicts, and
// events.ndjson.gz with the evidence of what did not pass. Of what passed only the verdict is left. run is not
// changed.
func WriteCondensed(dir string, run *Run) error {
	small := *run
	small.Observations, small.Evidence, small.Scenarios = nil, nil, nil
	small.Command = withoutPaths(run.Command)
	for _, s := range run.Scenarios {
		if s.Verdict == Pass || s.Verdict == NotRun || s.Verdict == NotApplicable {
			s.Observations, s.Steps, s.Actors, s.Failure = nil, nil, nil, nil
		}
		s.Location, s.Rule = "", ""
		small.Scenarios = append(small.Scenarios, s)
	}
	d, err := reportdir.Create(dir, ReportFile, CondensedEvents)
	if err != nil {
		return err
	}
	Prepare(&small)
	all := func(*Scenario) bool { return true }
	err = writeEvidenceFile(d, &small, CondensedEvents, nil, all)
	return errors.Join(err, d.Write(ReportFile, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		summary := summarize(run, Matrix(run))
		return enc.Encode(jsonReport{Schema: reportSchema, Run: &small, Summary: summary})
	}), d.Close())
}

// withoutPaths leaves of each absolute path in a command line its last part: the rest is one machine's.
func withoutPaths(command string) string {
	words := strings.Split(command, " ")
	for i, w := range words {
		flag, path, isFlag := strings.Cut(w, "=")
		switch {
		case filepath.IsAbs(w):
			words[i] = filepath.Base(w)
		case isFlag && filepath.IsAbs(path):
			words[i] = flag + "=" + filepath.Base(path)
		}
	}
	return strings.Join(words, " ")
}
