package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// jsonReport is report.json: the run, and what follows from it. Readers of ours
// derive the second part again and ignore what stands there.
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
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if len(b) > maxReport {
		return nil, fmt.Errorf("longer than %d bytes", maxReport)
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
	for i, s := range rep.Scenarios {
		if !s.Verdict.Valid() {
			return nil, fmt.Errorf("scenarios[%d] (%s): unknown verdict %q", i, s.ID, s.Verdict)
		}
	}
	return rep.Run, nil
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
