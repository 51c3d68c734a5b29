package reports

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func TestVisible(t *testing.T) {
	tests := []struct {
		name, in string
		multi    bool
		want     string
	}{
		{"plain", "café – 1", false, "café – 1"},
		{"escape sequence", "\x1b[31mred", false, `\x1b[31mred`},
		{"line feed in a line", "a\nb", false, `a\nb`},
		{"line feed in a text", "a\nb\r", true, "a\nb\\r"},
		{"invalid UTF-8", "a\xffb", false, `a\xffb`},
		{"a true replacement character", "a\ufffdb", false, "a\ufffdb"},
		{"right to left", "a\u202eb", false, `a\u202eb`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := visible(tt.in, tt.multi); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestShortDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0 ms", -1: "0 ms", 120 * time.Microsecond: "0.1 ms",
		48 * time.Millisecond:   "48 ms",
		1234 * time.Millisecond: "1.2 s", 95 * time.Second: "1m35s"} {
		if got := shortDuration(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}

// TestTextIsPlain holds that no string of a run reaches a terminal raw, and
// that without colours there are no escape sequences at all.
func TestTextIsPlain(t *testing.T) {
	run := failingRun()
	run.Requirements[0].Section, run.Requirements[1].ID, run.Requirements[2].Sentence = nasty, nasty, nasty
	run.Mutants.Rows[1].Name, run.Mutants.Rows[1].Defect = nasty, nasty
	var b bytes.Buffer
	if err := WriteTerminal(&b, run, Style{Width: 140}); err != nil {
		t.Fatal(err)
	}
	if err := WriteMarkdown(&b, run); err != nil {
		t.Fatal(err)
	}
	if err := WriteDiff(&b, passingRun(), run); err != nil {
		t.Fatal(err)
	}
	if i := strings.IndexFunc(b.String(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("at %d: %q", i, b.String()[max(0, i-60):i+20])
	}
}

// TestNoCommands holds that what a server or a file says is no order to the
// CI system whose job prints it.
func TestNoCommands(t *testing.T) {
	const order = "\n::stop-commands::x\n  ::set-output name=a::b\r\n##[error]x ##vso[task.complete]"
	run := failingRun()
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		s.Name, s.Reason, s.Location = order, order, order
		if f := s.Failure; f != nil {
			f.Expected, f.Seen, f.Detail, f.Requirement = order, order, order, order
		}
		for j := range s.Steps {
			s.Steps[j].Text, s.Steps[j].Error = order, order
		}
		for j := range s.Observations {
			s.Observations[j].Body, s.Observations[j].Text = order, order
		}
	}
	run.Requirements[0].ID, run.Requirements[0].Sentence = order, order
	var b bytes.Buffer
	if err := WriteTerminal(&b, run, Style{Width: 300}); err != nil {
		t.Fatal(err)
	}
	if err := WriteDiff(&b, passingRun(), run); err != nil {
		t.Fatal(err)
	}
	live := NewLive(&b, len(run.Scenarios), Style{})
	for i := range run.Scenarios {
		live.ScenarioDone(&run.Scenarios[i])
	}
	live.Close()
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##") {
			t.Errorf("a line is an order: %q", line)
		}
	}
	if !strings.Contains(b.String(), "stop-commands") {
		t.Error("what was said is not shown at all")
	}
}

func TestStyleForAFile(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if st := StyleFor(f); st.Terminal || st.Color {
		t.Errorf("a file is styled as %+v", st)
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if st := StyleFor(null); st.Terminal || st.Color {
		t.Errorf("%s is styled as %+v", os.DevNull, st)
	}
}

// TestNarrow: the matrix fits into 60 columns.
func TestNarrow(t *testing.T) {
	var b bytes.Buffer
	if err := WriteResult(&b, passingRun(), Style{Width: 60}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); strings.HasPrefix(line, "  S-") && n > 60 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}
