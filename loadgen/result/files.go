package result

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/HdrHistogram/hdrhistogram-go"

	"hookproof/loadgen/measure"
)

// The files of a report's directory.
const (
	jsonFile     = "report.json"
	htmlFile     = "report.html"
	summaryFile  = "summary.md"
	hdrFile      = "latencies.hdr"
	evidenceFile = "evidence.json.gz"
)

// Write writes all files of a run into dir, which is made if it is not there.
func Write(dir string, r *Report, hs Histograms, ev *Evidence) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{jsonFile, func(w io.Writer) error { return writeJSON(w, r) }},
		{htmlFile, r.WriteHTML},
		{summaryFile, r.writeMarkdown},
		{hdrFile, func(w io.Writer) error { return hs.write(w, r) }},
		{evidenceFile, ev.write},
	} {
		var b bytes.Buffer
		err := f.write(&b)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, f.name), b.Bytes(), 0o644)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(v)
}

// writeMarkdown writes the summary as a code block below its headline.
func (r *Report) writeMarkdown(w io.Writer) error {
	if _, err := fmt.Fprintf(w, "# loadgen: %s\n\n```", r.Headline()); err != nil {
		return err
	}
	if err := r.WriteSummary(w); err != nil {
		return err
	}
	_, err := io.WriteString(w, "```\n")
	return err
}

// Read reads a report and its histograms from a directory.
func Read(dir string) (*Report, Histograms, error) {
	var r Report
	text, err := os.ReadFile(filepath.Join(dir, jsonFile))
	if err != nil {
		return nil, nil, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", filepath.Join(dir, jsonFile), err)
	}
	if r.Schema != Schema {
		return nil, nil, fmt.Errorf("%s: schema %q, expected %q", filepath.Join(dir, jsonFile), r.Schema, Schema)
	}
	f, err := os.Open(filepath.Join(dir, hdrFile))
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	hs, err := readHistograms(f)
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
const maxEvidence = 4 << 30

// ReadEvidence reads a shard's evidence from its directory.
func ReadEvidence(dir string) (*Evidence, error) {
	path := filepath.Join(dir, evidenceFile)
	f, err := os.Open(path)
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
