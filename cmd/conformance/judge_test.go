package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hookproof/hook"
	"hookproof/internal/hookserver"
	"hookproof/reports"
)

// acceptsAll runs a few scenarios, some of which fail, on a hook server that
// lets everybody on, and returns the report's directory.
func acceptsAll(t *testing.T) string {
	t.Helper()
	srv := hookserver.New(hookserver.Options{Profile: hook.SRS6})
	if err := srv.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	dir := filepath.Join(t.TempDir(), "report")
	code, out, errs := command(t, "-hooks", srv.URL(), "-accept", "token=good", "-refuse", "token=bad", "-id",
		"H-RSP-03,H-REJ-02", "-report", dir)
	if code != 1 {
		t.Fatalf("exit %d:\n%s%s", code, out, errs)
	}
	return dir
}

// TestJudgeNeedsEvidence: what judge says follows from the evidence, never from
// the verdicts of the report.
func TestJudgeNeedsEvidence(t *testing.T) {
	original := acceptsAll(t)
	forged := func(edit func(*reports.Scenario)) string {
		run, err := reports.ReadRun(original)
		if err != nil {
			t.Fatal(err)
		}
		for i := range run.Scenarios {
			if s := &run.Scenarios[i]; s.Verdict == reports.Fail {
				s.Verdict, s.Failure = reports.Pass, nil
				edit(s)
			}
		}
		dir := filepath.Join(t.TempDir(), "forged")
		if err := reports.Write(dir, run); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	without := func(name string) string {
		dir := forged(func(s *reports.Scenario) { s.Verdict = reports.Fail })
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	edited := forged(func(*reports.Scenario) {})
	text, err := os.ReadFile(filepath.Join(edited, reports.ReportFile))
	if err == nil {
		err = os.WriteFile(filepath.Join(edited, reports.ReportFile),
			[]byte(strings.Replace(string(text), `"sha256": "`, `"sha256": "0`, 1)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, dir string
		code      int
		want      string
	}{
		{"as it was", original, 1, "H-REJ-02"},
		{"a verdict was edited", forged(func(*reports.Scenario) {}), 1, "H-REJ-02"},
		{"a verdict and its evidence", forged(func(s *reports.Scenario) { s.Observations = nil }), 3,
			reports.NoEvidence},
		{"the evidence of what failed is gone", without(reports.EventsFile), 3,
			"events.ndjson: the evidence is missing"},
		{"the evidence of what passed is gone", without(reports.PassedFile), 1,
			"passed.ndjson.gz: the evidence is missing"},
		{"the evidence is another one", edited, 3, "this is not the evidence"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := command(t, "judge", tt.dir)
			if code != tt.code || !strings.Contains(out+errs, tt.want) {
				t.Errorf("exit %d, want %d and %q in:\n%s%s", code, tt.code, tt.want, out, errs)
			}
		})
	}
}

// TestCompareCommand: reports come side by side, with links from the page to theirs.
func TestCompareCommand(t *testing.T) {
	dir := acceptsAll(t)
	out := filepath.Join(t.TempDir(), "compared")
	if code, o, e := command(t, "compare", "-report", out, "SRS 7="+dir, dir); code != 0 {
		t.Fatalf("exit %d:\n%s%s", code, o, e)
	}
	page, err := os.ReadFile(filepath.Join(out, reports.CompareHTMLFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(string(page), `href="`)[1:] {
		file, _, _ := strings.Cut(part, `"`)
		file, _, _ = strings.Cut(file, "#")
		if _, err := os.Stat(filepath.Join(out, file)); err != nil {
			t.Errorf("a link leads nowhere: %v", err)
		}
	}
	if code, o, _ := command(t, "compare", dir); code != 0 || !strings.Contains(o, "| server | profile |") ||
		!strings.Contains(string(page), "SRS 7") {
		t.Errorf("exit %d:\n%s", code, o)
	}
	if code, _, e := command(t, "compare"); code != 2 || !strings.Contains(e, "want report directories") {
		t.Errorf("exit %d:\n%s", code, e)
	}
	if code, _, e := command(t, "compare", t.TempDir()); code != 3 || !strings.Contains(e, "report.json") {
		t.Errorf("exit %d:\n%s", code, e)
	}
}
