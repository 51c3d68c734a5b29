package reports

import (
	"path/filepath"
	"reflect"
	"testing"
)

// TestCondensed: a condensed report has the verdicts of all and the evidence of what did not pass; no path of the
// machine that made it is in it.
func TestCondensed(t *testing.T) {
	run := failingRun()
	run.Command = "conformance -known-failing /home/ann/list.txt -report=/tmp/x -rtmp rtmp://127.0.0.1/live"
	dir := filepath.Join(t.TempDir(), "small")
	if err := WriteCondensed(dir, run); err != nil {
		t.Fatal(err)
	}
	got, err := ReadRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := "conformance -known-failing list.txt -report=x -rtmp rtmp://127.0.0.1/live"; got.Command != want {
		t.Errorf("the command is %q, want %q", got.Command, want)
	}
	if len(got.Scenarios) != len(run.Scenarios) {
		t.Fatalf("%d scenarios, want %d", len(got.Scenarios), len(run.Scenarios))
	}
	kept := 0
	for i := range got.Scenarios {
		s, was := &got.Scenarios[i], &run.Scenarios[i]
		if s.Verdict != was.Verdict || s.ID != was.ID {
			t.Errorf("%s: %s, want %s: %s", s.ID, s.Verdict, was.ID, was.Verdict)
		}
		want := was.Observations
		if was.Verdict == Pass {
			want = nil
		}
		if len(s.Observations) != len(want) {
			t.Errorf("%s (%s): %d observations, want %d", s.ID, s.Verdict, len(s.Observations), len(want))
		}
		kept += len(s.Observations)
	}
	if kept == 0 {
		t.Error("no observation was kept")
	}
	a, b := Matrix(run), Matrix(got)
	for i := range a {
		for j := range a[i].Cells {
			if !reflect.DeepEqual(a[i].Cells[j].Verdict, b[i].Cells[j].Verdict) {
				t.Errorf("%s: %s, want %s", a[i].ID, b[i].Cells[j].Verdict, a[i].Cells[j].Verdict)
			}
		}
	}
}
