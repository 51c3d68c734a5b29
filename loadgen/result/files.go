package result

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/HdrHistogram/hdrhistogram-go"

	"hookproof/internal/reportdir"
	"hookproof/loadgen/measure"
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

// Write makes the directory dir if it is missing and writes all files of a run
// into it.
func Write(dir string, r *Report, hs Histograms, ev *Evidence) error {
	d, err := reportdir.Create(dir, Files...)
	if err != nil {
		return err
	}
	return errors.Join(WriteTo(d, r, hs, ev), d.Close())
}

// WriteTo writes all files of a run into a directory.
func WriteTo(d *reportdir.Dir, r *Report, hs Histograms, ev *Evidence) error {
	var errs []error // what can be written is
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{jsonFile, func(w io.Writer) error { return writeJSON(w, r) }},
		{htmlFile, r.WriteHTML},
		{summaryFile, r.WriteMarkdown},
		{junitFile, r.writeJUnit},
		{hdrFile, func(w io.Writer) error { return hs.write(w, r) }},
		{evidenceFile, ev.write},
	} {
		errs = append(errs, d.Write(f.name, f.write))
	}
	return errors.Join(errs...)
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

// maxFile bounds a file that is read back whole, in bytes.
const maxFile = 64 << 20

// readSmall reads a file of at most maxFile bytes.
func readSmall(path string) ([]byte, error) {
	f, err := reportdir.Open(path, maxFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile)) // it may grow meanwhile
}

// Read reads a report and its histograms from a directory.
func Read(dir string) (*Report, Histograms, error) {
	var r Report
	path := filepath.Join(dir, jsonFile)
	text, err := readSmall(path)
	if err != nil {
		return nil, nil, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	if r.Schema != Schema {
		return nil, nil, fmt.Errorf("%s: schema %q, expected %q", path, r.Schema, Schema)
	}
	if !slices.Contains([]Verdict{Passed, Failed, Void, Partial}, r.Verdict) {
		return nil, nil, fmt.Errorf("%s: unknown verdict %q", path, r.Verdict)
	}
	if text, err = readSmall(filepath.Join(dir, hdrFile)); err != nil {
		return nil, nil, err
	}
	hs, err := readHistograms(bytes.NewReader(text))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", filepath.Join(dir, hdrFile), err)
	}
	return &r, hs, nil
}

// write writes the histograms as an HdrHistogram log, values in microseconds,
// a line per metric with the metric's name as its tag.
func (hs Histograms) write(w io.Writer, r *Report) error {
	lw := hdrhistogram.NewHistogramLogWriter(w)
	start := r.Started.UnixMilli()
	if err := errors.Join(lw.OutputComment("[loadgen: values in microseconds]"), lw.OutputLogFormatVersion(), lw.OutputStartTime(start), lw.OutputLegend()); err != nil {
		return err
	}
	for m := range measure.Count {
		h := hs[m]
		if h == nil {
			continue
		}
		h.SetTag(m.String())
		h.SetStartTimeMs(start)
		h.SetEndTimeMs(start + int64(r.Seconds*1000))
		if err := lw.OutputIntervalHistogram(h); err != nil {
			return err
		}
	}
	return nil
}

// readHistograms reads what write wrote; metrics that are not known are an error.
func readHistograms(f io.Reader) (Histograms, error) {
	lr := hdrhistogram.NewHistogramLogReader(f)
	hs := Histograms{}
	for {
		h, err := lr.NextIntervalHistogram()
		if err != nil {
			return nil, err
		}
		if h == nil {
			return hs, nil
		}
		m, known := measure.ByName(h.Tag())
		if !known {
			return nil, fmt.Errorf("a histogram is called %q; expected the name of a metric", h.Tag())
		}
		hs[m] = h
	}
}

func (ev *Evidence) write(w io.Writer) error {
	z := gzip.NewWriter(w)
	return errors.Join(json.NewEncoder(z).Encode(ev), z.Close())
}

// maxEvidence bounds what is read back, in bytes without compression.
const maxEvidence = 1 << 30

// ReadEvidence reads a shard's evidence from its directory.
func ReadEvidence(dir string) (*Evidence, error) {
	path := filepath.Join(dir, evidenceFile)
	f, err := reportdir.Open(path, maxFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	var ev Evidence
	if err == nil {
		err = json.NewDecoder(io.LimitReader(z, maxEvidence)).Decode(&ev)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &ev, nil
}
