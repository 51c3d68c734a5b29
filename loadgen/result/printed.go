package result

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"hookproof/internal/reportdir"
)

// The marks around a printed report: lines of their own.
const (
	beginMark = "-----BEGIN LOADGEN REPORT-----"
	endMark   = "-----END LOADGEN REPORT-----"
)

const printedLine = 76 // characters

// Print writes all files of a report as text, for machines whose disks nobody can get at: it goes through the log of a
// container, say. Unpack reads it.
func Print(w io.Writer, r *Report, hs Histograms, ev *Evidence) error {
	buf := bufio.NewWriter(w)
	fmt.Fprintf(buf, "%s\n", beginMark)
	lines := &lineWriter{w: buf}
	encoder := base64.NewEncoder(base64.StdEncoding, lines)
	z := gzip.NewWriter(encoder)
	t := tar.NewWriter(z)
	for _, f := range files(r, hs, ev) {
		var b bytes.Buffer
		err := f.write(&b)
		if err == nil {
			err = t.WriteHeader(&tar.Header{Name: f.name, Mode: 0o600, Size: int64(b.Len())})
		}
		if err == nil {
			_, err = t.Write(b.Bytes())
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	err := errors.Join(t.Close(), z.Close(), encoder.Close())
	fmt.Fprintf(buf, "\n%s\n", endMark)
	return errors.Join(err, buf.Flush())
}

// lineWriter breaks what it is given into lines.
type lineWriter struct {
	w  io.Writer
	at int // in the line
}

func (l *lineWriter) Write(p []byte) (n int, err error) {
	for len(p) > 0 && err == nil {
		if l.at == printedLine {
			l.at = 0
			_, err = io.WriteString(l.w, "\n")
			continue
		}
		var m int
		m, err = l.w.Write(p[:min(len(p), printedLine-l.at)])
		n, l.at, p = n+m, l.at+m, p[m:]
	}
	return n, err
}

// Unpack reads the first report that was printed into a text, and writes its files into dir.
func Unpack(from io.Reader, dir string) error {
	lines := bufio.NewReader(from)
	for {
		line, err := readLine(lines)
		if err != nil {
			return errors.New("there is no printed report (-print-report)")
		}
		if line == beginMark {
			break
		}
	}
	z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, &printedReader{lines: lines}))
	if err != nil {
		return fmt.Errorf("the printed report: %w", err)
	}
	d, err := reportdir.Create(dir, Files...)
	if err != nil {
		return err
	}
	return errors.Join(unpackFiles(tar.NewReader(io.LimitReader(z, maxUnpacked)), d), d.Close())
}

// maxUnpacked bounds a printed report, in bytes.
const maxUnpacked = 2 * maxEvidence

func unpackFiles(t *tar.Reader, d *reportdir.Dir) error {
	missing := slices.Clone(Files)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("the printed report: %w", err)
		}
		i := slices.Index(missing, h.Name)
		if i < 0 || h.Typeflag != tar.TypeReg {
			return fmt.Errorf("the printed report: want %s, got %.40q", strings.Join(missing, ", "), h.Name)
		}
		missing = slices.Delete(missing, i, i+1)
		if err := d.Write(h.Name, func(w io.Writer) error { _, err := io.Copy(w, t); return err }); err != nil {
			return err
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("the printed report has no %s", strings.Join(missing, ", "))
	}
	return nil
}

// printedReader returns the lines up to the end mark, without their ends.
type printedReader struct {
	lines *bufio.Reader
	line  string
	done  bool
}

func (p *printedReader) Read(b []byte) (int, error) {
	for p.line == "" {
		if p.done {
			return 0, io.EOF
		}
		line, err := readLine(p.lines)
		switch {
		case err != nil:
			return 0, errors.New("the text ends before the report does: was the log cut off?")
		case line == endMark:
			p.done = true
		default:
			p.line = line
		}
	}
	n := copy(b, p.line)
	p.line = p.line[n:]
	return n, nil
}

// readLine returns a line without its end; of a long one the beginning.
func readLine(r *bufio.Reader) (string, error) {
	line, more, err := r.ReadLine()
	text := string(line)
	for more && err == nil {
		_, more, err = r.ReadLine()
	}
	return text, err
}
