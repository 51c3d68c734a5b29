package result

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
)

// hostile is what a server under test, or a file, may have us say of it.
const hostile = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\"> ``` " +
	"\n::error::x\n  ##[error]x \x1b[2J\u202e\u009b\x00\xff"

// hostileRun is a report whose every text is hostile.
func hostileRun() (*Report, Histograms, *Evidence) {
	r, hs, ev := sampleRun()
	r.Tool, r.Run, r.Partial, r.Void, r.Notes = hostile, hostile, hostile, []string{hostile}, []string{hostile}
	r.Setup = Setup{Command: []string{hostile}, Target: hostile, Hooks: hostile, Profile: hostile, Load: hostile,
		Media: hostile, Shard: hostile, Machine: hostile, Arrivals: hostile}
	r.Errors = []measure.Kind{{Kind: hostile, Count: 1, Client: hostile, Detail: hostile + strings.Repeat("x", 1000)}}
	r.Hooks.Findings = []account.Finding{{Client: hostile, Kind: account.Lost, Event: hostile, Requirement: hostile,
		ClientID: hostile, Text: hostile}}
	r.Checks = []Check{{Text: hostile, Got: hostile}}
	for i := range r.Latencies {
		r.Latencies[i].Title = hostile
	}
	return r, hs, ev
}

// TestHostileWords: they reach terminals, CI jobs and pages as text alone.
func TestHostileWords(t *testing.T) {
	r, hs, ev := hostileRun()
	dir := t.TempDir()
	if err := Write(dir, r, hs, ev); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.WriteSummary(&b); err != nil {
		t.Fatal(err)
	}
	if _, err := WriteChanges(&b, r, &Report{}, nil); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		odd := strings.ContainsFunc(line, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) })
		if odd || len(line) > 2500 {
			t.Errorf("a line is %q", line)
		}
	}
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
			t.Errorf("a line is an order: %q", line)
		}
	}
	page, err := os.ReadFile(filepath.Join(dir, htmlFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"<script", "<img", "unsafe", " style=", "\x1b", "\u202e"} {
		if bytes.Contains(page, []byte(never)) {
			t.Errorf("report.html has %q in it", never)
		}
	}
	if !bytes.Contains(page, []byte("&#39;sha256-")) && !bytes.Contains(page, []byte("'sha256-")) {
		t.Error("report.html has no policy by hash")
	}
	text, err := os.ReadFile(filepath.Join(dir, summaryFile))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "````"); n != 2 || !strings.HasSuffix(string(text), "````\n") {
		t.Errorf("the block of summary.md is not closed at its end alone: %d fences", n)
	}
}
