package reports

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
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
				if a, b := run.Scenarios[i].Observations, got.Scenarios[i].Observations; len(a)+len(b) > 0 &&
					!sameEvidence(a, b) {
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
		if x.N != y.N || x.T != y.T || x.Kind != y.Kind || x.Body != y.Body || x.Scenario != y.Scenario ||
			!reflect.DeepEqual(x.Refs, y.Refs) {
			return false
		}
	}
	return true
}

// TestEvidenceIsTied: a report is read with the evidence that it was written
// from, and with no other.
func TestEvidenceIsTied(t *testing.T) {
	replace := func(was, is string) func([]byte) []byte {
		return func(b []byte) []byte {
			if !bytes.Contains(b, []byte(was)) {
				t.Fatalf("no %s in the file", was)
			}
			return bytes.Replace(b, []byte(was), []byte(is), 1)
		}
	}
	gone := func([]byte) []byte { return nil }
	cut := func(b []byte) []byte { return b[:len(b)-20] }
	for _, tt := range []struct {
		name, file string
		edit       func([]byte) []byte // nil removes the file
		want       error
		readable   bool // the run is returned, too
	}{
		{"as written", EventsFile, func(b []byte) []byte { return b }, nil, true},
		{"removed", EventsFile, gone, ErrMissing, true},
		{"passed removed", PassedFile, gone, ErrMissing, true},
		{"cut", EventsFile, cut, ErrTruncated, true},
		{"passed cut", PassedFile, cut, ErrTruncated, true},
		{"edited", EventsFile, replace("Publish.Start", "Publish.Sthrt"), ErrNotItsEvidence, false},
		{"an older report", ReportFile, replace("\n  \"evidence\":", "\n  \"was\":"), ErrMissing, true},
		{"another report", ReportFile, replace(`"sha256": "`, `"sha256": "0`), ErrNotItsEvidence, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := Write(dir, failingRun()); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, tt.file)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if b = tt.edit(b); b == nil {
				err = os.Remove(path)
			} else {
				err = os.WriteFile(path, b, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			run, err := ReadRun(dir)
			if !errors.Is(err, tt.want) || (run != nil) != tt.readable {
				t.Errorf("got a run: %t, %v; want %t, %v", run != nil, err, tt.readable, tt.want)
			}
			if tt.want != nil && tt.file != ReportFile && !strings.Contains(err.Error(), path) {
				t.Errorf("%v does not name %s", err, path)
			}
		})
	}
}

// TestKeepEvidence: what passed is kept apart, unless all is wanted in one file.
func TestKeepEvidence(t *testing.T) {
	for keep, files := range map[KeepEvidence]int{KeepFailed: 2, KeepAll: 1} {
		d, err := reportdir.Create(t.TempDir(), Files...)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		run := failingRun()
		if _, err = StreamEvents(d, run); err == nil { // which WriteTo replaces
			err = WriteTo(d, run, keep)
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(d.Path(), EventsFile))
		if passed := strings.Contains(string(b), "S-REQ-01/publisher"); err != nil || passed != (keep == KeepAll) ||
			len(run.Evidence) != files {
			t.Errorf("%s: events.ndjson has what passed: %t; files: %+v (%v)", keep, passed, run.Evidence, err)
		}
		got, err := ReadRun(d.Path())
		if err != nil {
			t.Fatal(err)
		}
		for i := range run.Scenarios {
			if !sameEvidence(run.Scenarios[i].Observations, got.Scenarios[i].Observations) {
				t.Errorf("%s: %s: observations differ", keep, run.Scenarios[i].ID)
			}
		}
	}
}

// TestHostileReports: what is read takes no more memory than its bounds allow.
func TestHostileReports(t *testing.T) {
	head := `{"schema":"hookproof.report","schema_version":1,"target":{"kind":"rtmp"},`
	for _, tt := range []struct{ name, in, want string }{
		{"scenarios of two bytes", head + `"scenarios":[` + strings.Repeat("{},", 2<<20) + `{}]}`, "too many values"},
		{"steps of two bytes", head + `"scenarios":[{"steps":[` + strings.Repeat("{},", 2<<20) + `{}]}]}`,
			"too many values"},
		{"a profile 200,000 times", head + `"profiles":[` + strings.Repeat(`"a",`, 200_000) + `"a"]}`,
			"profiles: want at most"},
		{"a profile twice", head + `"profiles":["a","a"]}`, `profiles: "a" is there twice`},
		{"a file of its own", head + `"evidence":[{"file":"../../etc/passwd"}]}`, "evidence: unexpected file"},
		{"quotes before the values", head + `"x":"\\","scenarios":[` + strings.Repeat("{},", 2<<20) + `{}]}`,
			"too many values"},
		{"too long", head + `"tool":"` + strings.Repeat("x", maxReport) + `"}`, "want at most"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			withinMemory(t, 8*maxReport, func() {
				if _, err := ReadJSON(strings.NewReader(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want %q", err, tt.want)
				}
			})
		})
	}
}

// withinMemory fails if f allocates more than so many bytes.
func withinMemory(t *testing.T, most uint64, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > most {
		t.Errorf("allocated %d bytes, want at most %d", got, most)
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
		{"an unknown verdict", strings.Replace(strings.Replace(whole, `"schema_version": 0`, `"schema_version": 1`, 1),
			`"verdict": "pass"`, `"verdict": "green"`, 1),
			`scenarios[0] ("S-REQ-01/publisher"): unknown verdict "green"`},
		{"an unknown kind of target", known(`"kind": "built-in"`, `"kind": "rtmp x; rm -rf /; "`),
			`target: unknown kind "rtmp x; rm`},
		{"an unknown level", known(`"level": "must"`, `"level": "\u001b[2J"`), `unknown level "\x1b[2J"`},
		{"an unknown status", known(`"status": "passed"`, `"status": "x onclick=alert(1)"`),
			`unknown status of a step "x onclick`},
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
		var run *Run
		var err error
		withinMemory(t, 4<<20+uint64(1000*len(in)), func() { run, err = ReadJSON(bytes.NewReader(in)) })
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
