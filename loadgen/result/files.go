package result

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"hookproof/internal/reportdir"
	"hookproof/loadgen/account"
)

// The files of a report's directory.
const (
	jsonFile     = "report.json"
	htmlFile     = "report.html"
	summaryFile  = "summary.md"
	junitFile    = "junit.xml"
	hdrFile      = "latencies.hdr"
	evidenceFile = "evidence.json.gz"
)

// Files are the names of all files of a report's directory: what an earlier run
// left of them is stale.
var Files = []string{jsonFile, htmlFile, summaryFile, junitFile, hdrFile, evidenceFile}

// Dir is a directory that a report is to be written into.
type Dir struct{ dir *reportdir.Dir }

// Create makes the directory if it is missing, locks it and tries to write into it, so that what is wrong with it is
// found before a run. It removes the files of an earlier report.
func Create(path string) (*Dir, error) {
	d, err := reportdir.Create(path, Files...)
	if err != nil {
		return nil, err
	}
	return &Dir{d}, nil
}

// Path is the directory as the user named it.
func (d *Dir) Path() string { return d.dir.Path() }

// Close lets the next run have the directory.
func (d *Dir) Close() error { return d.dir.Close() }

// Write makes the directory dir if it is missing and writes all files of a run
// into it.
func Write(dir string, r *Report, hs Histograms, ev *Evidence) error {
	d, err := Create(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Write(r, hs, ev), d.Close())
}

// Write writes all files of a run.
func (d *Dir) Write(r *Report, hs Histograms, ev *Evidence) error {
	var errs []error // what can be written is
	for _, f := range files(r, hs, ev) {
		errs = append(errs, d.dir.Write(f.name, f.write))
	}
	return errors.Join(errs...)
}

// file is one file of a report.
type file struct {
	name  string
	write func(io.Writer) error
}

func files(r *Report, hs Histograms, ev *Evidence) []file {
	return []file{
		{jsonFile, func(w io.Writer) error { return writeJSON(w, r) }},
		{htmlFile, r.WriteHTML},
		{summaryFile, r.WriteMarkdown},
		{junitFile, r.writeJUnit},
		{hdrFile, func(w io.Writer) error { return hs.write(w, r) }},
		{evidenceFile, ev.write},
	}
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(v)
}

// WriteMarkdown writes the summary as a code block below its headline. The
// fence is longer than any that a server's words could close it with.
func (r *Report) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	if err := r.WriteSummary(&b); err != nil {
		return err
	}
	fence := "```"
	for strings.Contains(b.String(), fence) {
		fence += "`"
	}
	_, err := fmt.Fprintf(w, "# loadgen: %s\n\n%s%s%s\n", r.Headline(), fence, b.String(), fence)
	return err
}

// Bounds of report.json. That of the longest run takes a third of them.
const (
	maxReport = 16 << 20 // bytes
	maxValues = 300_000  // about
	MaxSeries = 3600     // samples
)

// readSmall reads a file of at most so many bytes.
func readSmall(path string, most int64) ([]byte, error) {
	f, err := reportdir.Open(path, most)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most)) // it may grow meanwhile
}

// Holds reports whether a directory has a report, and of which run it is.
func Holds(dir string) (run string, there bool) {
	text, err := readSmall(filepath.Join(dir, jsonFile), maxReport)
	var r Report
	if err == nil {
		_ = r.parse(text) // whatever it is, it is there
	}
	return r.Run, !errors.Is(err, fs.ErrNotExist)
}

// parse reads report.json. A report of a few megabytes could otherwise become gigabytes of empty objects.
func (r *Report) parse(text []byte) error {
	if n := bytes.Count(text, []byte(",")); n > maxValues {
		return fmt.Errorf("more than %d values", maxValues)
	}
	if err := json.Unmarshal(text, r); err != nil {
		return err
	}
	switch {
	case r.Schema != Schema:
		return fmt.Errorf("want schema %q, got %.40q", Schema, r.Schema)
	case !slices.Contains([]Verdict{Passed, Failed, Void, Partial}, r.Verdict):
		return fmt.Errorf("unknown verdict %.40q", r.Verdict)
	case r.Verdict == Passed && (r.Partial != "" || len(r.Void) > 0 || r.Sessions.Started < r.Sessions.Planned):
		return errors.New("it passed, but its plan was not played to its end, or it is void")
	case len(r.Series) > MaxSeries:
		return fmt.Errorf("%d samples: want at most %d", len(r.Series), MaxSeries)
	case r.Hooks != nil && len(r.Hooks.Findings) > account.MaxFindings:
		return fmt.Errorf("%d findings: want at most %d", len(r.Hooks.Findings), account.MaxFindings)
	}
	return nil
}

// Read reads a report and its histograms from a directory.
func Read(dir string) (*Report, Histograms, error) {
	var r Report
	path := filepath.Join(dir, jsonFile)
	text, err := readSmall(path, maxReport)
	if err != nil {
		return nil, nil, err
	}
	if err := r.parse(text); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	if text, err = readSmall(filepath.Join(dir, hdrFile), maxHDR); err != nil {
		return nil, nil, err
	}
	hs, err := readHistograms(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", filepath.Join(dir, hdrFile), err)
	}
	return &r, hs, nil
}
