package reports

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"hookproof/internal/reportdir"
)

// TestWriteAndRead holds that a report directory gives back the run it was
// written from, but for invalid UTF-8 outside of bodies.
func TestWriteAndRead(t *testing.T) {
	for name, run := range map[string]*Run{"passing": passingRun(), "failing": failingRun()} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "report")
			if err := Write(dir, run); err != nil {
				t.Fatal(err)
			}
			for _, f := range []string{ReportFile, EventsFile, JUnitFile, HTMLFile, SummaryFile} {
				if st, err := os.Stat(filepath.Join(dir, f)); err != nil || st.Size() == 0 {
					t.Errorf("%s: %v", f, err)
				}
			}
			got, err := ReadRun(dir)
			if err != nil {
				t.Fatal(err)
			}
			if a, b := Summarize(run), Summarize(got); !reflect.DeepEqual(a, b) {
				t.Errorf("the summary was %+v, read %+v", a, b)
			}
			if ch := Diff(run, got); len(ch) != 0 {
				t.Errorf("verdicts changed: %v", ch)
			}
			for i := range run.Scenarios {
				if a, b := run.Scenarios[i].Observations, got.Scenarios[i].Observations; len(a)+len(b) > 0 && !sameEvidence(a, b) {
					t.Errorf("%s: observations differ", run.Scenarios[i].ID)
				}
			}
			if !sameEvidence(run.Observations, got.Observations) {
				t.Errorf("the run's own observations: %v", got.Observations)
			}
		})
	}
}

// sameEvidence compares what JSON keeps exactly.
func sameEvidence(a, b []Observation) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := a[i], b[i]
		if x.N != y.N || x.T != y.T || x.Kind != y.Kind || x.Body != y.Body || x.Scenario != y.Scenario || !reflect.DeepEqual(x.Refs, y.Refs) {
			return false
		}
	}
	return true
}

func TestReadRunWithCutEvidence(t *testing.T) {
	dir, run := t.TempDir(), passingRun()
	if err := Write(dir, run); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, EventsFile)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b[:len(b)-20], 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := ReadRun(dir)
	if !errors.Is(err, ErrTruncated) || got == nil || len(got.Scenarios[0].Observations) == 0 {
		t.Errorf("got %v, want the run with an error that says it is cut off", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if got, err = ReadRun(dir); err != nil || len(got.Scenarios[0].Observations) != 0 {
		t.Errorf("without evidence: %v", err)
	}
	if _, err := ReadRun(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no directory: got %v", err)
	}
}

// TestStreamedEvents: reports are written beside events that were streamed.
func TestStreamedEvents(t *testing.T) {
	d, err := reportdir.Create(t.TempDir(), Files...)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	run := passingRun()
	e, err := CreateEvents(d, run)
	if err == nil {
		err = errors.Join(e.Close(), WriteResults(d, run))
	}
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(d.Path(), EventsFile)); err != nil || bytes.Count(b, []byte("\n")) != 1 {
		t.Errorf("the stream was written over: %.80q, %v", b, err)
	}
}

func TestReadJSONErrors(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, passingRun()); err != nil {
		t.Fatal(err)
	}
	whole := b.String()
	known := func(was, is string) string {
		if !strings.Contains(whole, was) {
			t.Fatalf("the report has no %s", was)
		}
		return strings.Replace(strings.Replace(whole, `"schema_version": 0`, `"schema_version": 1`, 1), was, is, 1)
	}
	tests := []struct{ name, in, want string }{
		{"empty", "", "unexpected end of JSON input"},
		{"broken in line 3", "{\n\"tool\":\"x\",\n!}", "line 3: invalid character"},
		{"a wrong type", "{\n\"tool\": 4}", "line 2: json: cannot unmarshal number"},
		{"another schema", `{"schema":"x"}`, `"schema" is "x": want "hookproof.report"`},
		{"version 0", `{"schema":"hookproof.report"}`, "schema_version 0"},
		{"an unknown verdict", strings.Replace(strings.Replace(whole, `"schema_version": 0`, `"schema_version": 1`, 1), `"verdict": "pass"`, `"verdict": "green"`, 1), `scenarios[0] ("S-REQ-01/publisher"): unknown verdict "green"`},
		{"an unknown kind of target", known(`"kind": "built-in"`, `"kind": "rtmp x; rm -rf /; "`), `target: unknown kind "rtmp x; rm`},
		{"an unknown level", known(`"level": "must"`, `"level": "\u001b[2J"`), `unknown level "\x1b[2J"`},
		{"an unknown status", known(`"status": "passed"`, `"status": "x onclick=alert(1)"`), `unknown status of a step "x onclick`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ReadJSON(strings.NewReader(tt.in))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func FuzzReadJSON(f *testing.F) {
	var b bytes.Buffer
	run := run2(nil, Pass, Fail, NotRun)
	run.SchemaVersion, run.Started = SchemaVersion, time.Unix(0, 0).UTC()
	run.Scenarios[1].Failure = &Failure{Evidence: []int{-1, 1 << 30}}
	if err := WriteJSON(&b, run); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"schema":"hookproof.report","schema_version":1}`))
	f.Add([]byte(`{"schema":"hookproof.report","schema_version":1,"profiles":["a","a"],"scenarios":[{"verdict":"fail","profile":"a","requirements":["",""]}]}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		run, err := ReadJSON(bytes.NewReader(in))
		if err != nil {
			return
		}
		// Whatever can be read can be shown.
		for _, write := range []func(*bytes.Buffer) error{
			func(b *bytes.Buffer) error { return WriteJUnit(b, run) },
			func(b *bytes.Buffer) error { return WriteMarkdown(b, run) },
			func(b *bytes.Buffer) error { return WriteTerminal(b, run, Style{}) },
			func(b *bytes.Buffer) error { return WriteHTML(b, run) },
		} {
			if err := write(&bytes.Buffer{}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
