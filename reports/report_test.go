package reports

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
			t.Fatalf("%s:%d differs (run with -update if that is right)\n got %.300q\nwant %.300q", path, i+1, g[i],
				w[i])
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
		{"fail.json", short(failingRun()), WriteJSON},
		{"fail.ndjson", short(failingRun()), WriteEvents},
		{"fail.xml", short(failingRun()), WriteJUnit},
		{"pass.md", passingRun(), WriteMarkdown},
		{"fail.md", short(failingRun()), WriteMarkdown},
		{"pass.txt", passingRun(), plain},
		{"fail.txt", short(failingRun()), plain},
		{"fail-color.txt", short(failingRun()), color},
		{"fail.html", short(failingRun()), htmlWithoutLooks},
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

// short keeps the scenarios that did not pass and two that did.
func short(run *Run) *Run {
	passed := 0
	run.Scenarios = slices.DeleteFunc(run.Scenarios, func(s Scenario) bool {
		if s.Verdict == Pass {
			passed++
		}
		return s.Verdict == Pass && passed > 2
	})
	return run
}

// htmlWithoutLooks is report.html without its style and script, which are in
// files of their own.
func htmlWithoutLooks(w io.Writer, run *Run) error {
	var b bytes.Buffer
	if err := WriteHTML(&b, run); err != nil {
		return err
	}
	page := b.String()
	for _, r := range []struct{ re, to string }{
		{`(?s)<style>.*?</style>`, "<style></style>"},
		{`(?s)<script>.*?</script>`, "<script></script>"},
		{`sha256-[^ ]*?&#39;`, "sha256-&#39;"},
	} {
		page = regexp.MustCompile(r.re).ReplaceAllString(page, r.to)
	}
	_, err := io.WriteString(w, page)
	return err
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
