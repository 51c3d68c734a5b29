package result

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/HdrHistogram/hdrhistogram-go"

	"hookproof/loadgen/measure"
)

// write writes the histograms as an HdrHistogram log, values in microseconds,
// a line per metric with the metric's name as its tag.
func (hs Histograms) write(w io.Writer, r *Report) error {
	lw := hdrhistogram.NewHistogramLogWriter(w)
	start := r.Started.UnixMilli()
	if err := errors.Join(lw.OutputComment("[loadgen: values in microseconds]"), lw.OutputLogFormatVersion(),
		lw.OutputStartTime(start), lw.OutputLegend()); err != nil {
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

// Bounds of a log that is read back.
const (
	maxHDR     = 4 << 20   // bytes of the file
	maxCounts  = 256 << 10 // bytes of one histogram, unpacked; all counts of our range take less
	hdrHeader  = 40        // bytes before the counts
	hdrCookies = 8         // bytes before the compressed part
)

// readHistograms reads what write wrote. Every histogram must have our range, and the name of a metric.
func readHistograms(text []byte) (Histograms, error) {
	for line := range bytes.Lines(text) {
		if err := checkHDR(line); err != nil {
			return nil, err
		}
	}
	lr := hdrhistogram.NewHistogramLogReader(bytes.NewReader(text))
	hs := Histograms{}
	for {
		h, err := lr.NextIntervalHistogram()
		if err != nil || h == nil {
			return hs, err
		}
		m, known := measure.ByName(h.Tag())
		if !known {
			return nil, fmt.Errorf("a histogram is called %.40q: want the name of a metric", h.Tag())
		}
		if hs[m] != nil {
			return nil, fmt.Errorf("two histograms are called %q", m)
		}
		hs[m] = h
	}
}

// checkHDR looks into a line before the library unpacks it: a few bytes could become gigabytes.
func checkHDR(line []byte) error {
	if line[0] == '#' {
		return nil
	}
	packed, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(line[bytes.LastIndexByte(line, ',')+1:])))
	if err != nil || len(packed) < hdrCookies {
		return nil // no histogram: the library skips the line, or says what is wrong
	}
	z, err := zlib.NewReader(bytes.NewReader(packed[hdrCookies:]))
	if err != nil {
		return nil
	}
	plain, err := io.ReadAll(io.LimitReader(z, hdrHeader+maxCounts+1))
	switch {
	case err != nil || len(plain) < hdrHeader:
		return errors.New("a histogram is cut off")
	case len(plain) > hdrHeader+maxCounts:
		return fmt.Errorf("a histogram of more than %d bytes", maxCounts)
	}
	digits := binary.BigEndian.Uint32(plain[12:])
	low, high := binary.BigEndian.Uint64(plain[16:]), binary.BigEndian.Uint64(plain[24:])
	if digits != measure.Digits || low != measure.Lowest || high != measure.Highest {
		return fmt.Errorf("a histogram from %d to %d with %d digits: want %d to %d with %d", low, high, digits,
			measure.Lowest, measure.Highest, measure.Digits)
	}
	return nil
}
