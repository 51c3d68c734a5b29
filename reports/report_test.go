package reports

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"
)

var (
	update  = flag.Bool("update", false, "write the golden files anew")
	samples = flag.String("samples", "", "write sample reports below this directory")
)

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	g, w := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(g), len(w)) {
		if !bytes.Equal(g[i], w[i]) {
			t.Fatalf("%s:%d differs (run with -update if that is right)\n got %.300q\nwant %.300q", path, i+1, g[i], w[i])
		}
	}
	t.Fatalf("%s: %d lines, want %d", path, len(g), len(w))
}

// TestGolden holds every format against a file, for a passing run and for one
// that has every verdict and hostile strings.
func TestGolden(t *testing.T) {
	color := func(w io.Writer, r *Run) error { return WriteTerminal(w, r, Style{Color: true, Width: 140}) }
	plain := func(w io.Writer, r *Run) error { return WriteTerminal(w, r, Style{}) }
	tests := []struct {
		name  string
		run   *Run
		write func(io.Writer, *Run) error
	}{
		{"pass.json", passingRun(), WriteJSON},
		{"fail.json", failingRun(), WriteJSON},
		{"fail.ndjson", failingRun(), WriteEvents},
		{"pass.xml", passingRun(), WriteJUnit},
		{"fail.xml", failingRun(), WriteJUnit},
		{"pass.md", passingRun(), WriteMarkdown},
		{"fail.md", failingRun(), WriteMarkdown},
		{"pass.txt", passingRun(), plain},
		{"fail.txt", failingRun(), plain},
		{"fail-color.txt", failingRun(), color},
		{"fail.html", failingRun(), WriteHTML},
		{"diff.txt", nil, func(w io.Writer, _ *Run) error { return WriteDiff(w, passingRun(), failingRun()) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.run != nil {
				Prepare(tt.run)
			}
			var b bytes.Buffer
			if err := tt.write(&b, tt.run); err != nil {
				t.Fatal(err)
			}
			golden(t, tt.name, b.Bytes())
		})
	}
}

// TestSamples writes reports to look at, on request.
func TestSamples(t *testing.T) {
	if *samples == "" {
		t.Skip("no -samples directory given")
	}
	for name, run := range map[string]*Run{"pass": passingRun(), "fail": failingRun(), "big": bigRun(1000)} {
		if err := Write(filepath.Join(*samples, name), run); err != nil {
			t.Error(err)
		}
	}
}
