package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// jsonReport is report.json: the run, and what follows from it. Readers of ours
// derive the second part again and ignore what the file has.
type jsonReport struct {
	Schema string `json:"schema"`
	*Run
	Summary Summary `json:"summary"`
	Matrix  []Row   `json:"matrix"`
}

const reportSchema = "hookproof.report"

// WriteJSON writes report.json, described in SCHEMA.md.
func WriteJSON(w io.Writer, run *Run) error {
	rows := Matrix(run)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(jsonReport{Schema: reportSchema, Run: run, Summary: summarize(run, rows), Matrix: rows})
}

// ReadJSON reads report.json, without the observations. Errors of syntax name
// the line.
func ReadJSON(r io.Reader) (*Run, error) {
	b, err := io.ReadAll(io.LimitReader(&budget{r: r, values: maxValues}, maxReport+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxReport {
		return nil, fmt.Errorf("want at most %d bytes", maxReport)
	}
	rep := jsonReport{Run: &Run{}}
	if err := json.Unmarshal(b, &rep); err != nil {
		return nil, inLine(b, err)
	}
	if rep.Schema != reportSchema {
		return nil, fmt.Errorf(`"schema" is %q: want %q`, rep.Schema, reportSchema)
	}
	if v := rep.SchemaVersion; v < 1 || v > SchemaVersion {
		return nil, fmt.Errorf("schema_version %d: this program reads 1 to %d", v, SchemaVersion)
	}
	if err := checkWords(rep.Run); err != nil {
		return nil, err
	}
	return rep.Run, checkParts(rep.Run)
}

// Bounds of report.json when it is read: some ten times the largest run.
const (
	maxReport   = 64 << 20 // bytes
	maxValues   = 500_000
	maxProfiles = 32
)

// checkParts checks what the report is made of: columns and files.
func checkParts(run *Run) error {
	if n := len(run.Profiles); n > maxProfiles {
		return fmt.Errorf("profiles: want at most %d, got %d", maxProfiles, n)
	}
	for i, p := range run.Profiles {
		if slices.Contains(run.Profiles[:i], p) {
			return fmt.Errorf("profiles: %q is there twice", p)
		}
	}
	for i, e := range run.Evidence {
		if !slices.Contains([]string{EventsFile, PassedFile, CondensedEvents}, e.File) ||
			slices.ContainsFunc(run.Evidence[:i], func(o Evidence) bool { return o.File == e.File }) {
			return fmt.Errorf("evidence: unexpected file %q", e.File)
		}
	}
	return nil
}

// The words that a report may have where the schema lists them. "" is one that
// is left out.
var (
	levels   = []Level{Must, Should, May}
	origins  = []Origin{"", Document, Observed}
	kinds    = []TargetKind{TargetBuiltIn, TargetRTMP, TargetHooks}
	statuses = []StepStatus{StepPassed, StepFailed, StepSkipped, StepUndefined}
)

// checkWords refuses a report with words of its own: they appear in commands to
// copy and in class names, and nobody escapes what is known.
func checkWords(run *Run) error {
	if !slices.Contains(kinds, run.Target.Kind) {
		return fmt.Errorf("target: unknown kind %q", run.Target.Kind)
	}
	for i, q := range run.Requirements {
		for _, l := range append(slices.Collect(maps.Values(q.LevelIn)), q.Level) {
			if !slices.Contains(levels, l) {
				return fmt.Errorf("requirements[%d] (%q): unknown level %q", i, q.ID, l)
			}
		}
		if !slices.Contains(origins, q.Origin) {
			return fmt.Errorf("requirements[%d] (%q): unknown origin %q", i, q.ID, q.Origin)
		}
	}
	for i, s := range run.Scenarios {
		if !s.Verdict.Valid() {
			return fmt.Errorf("scenarios[%d] (%q): unknown verdict %q", i, s.ID, s.Verdict)
		}
		for _, st := range s.Steps {
			if !slices.Contains(statuses, st.Status) {
				return fmt.Errorf("scenarios[%d] (%q): unknown status of a step %q", i, s.ID, st.Status)
			}
		}
	}
	if m := run.Mutants; m != nil && !m.Unmutated.Valid() {
		return fmt.Errorf("mutants: unknown verdict %q", m.Unmutated)
	}
	return nil
}

// inLine adds the line of a JSON error where the error knows its offset.
func inLine(b []byte, err error) error {
	var offset int64 = -1
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &typ):
		offset = typ.Offset
	}
	if offset < 0 || offset > int64(len(b)) {
		return err
	}
	return fmt.Errorf("line %d: %w", 1+bytes.Count(b[:offset], []byte("\n")), err)
}
