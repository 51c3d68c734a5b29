package result

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
	"hookproof/loadgen/plan"
)

// budget is what reading one hostile file may allocate, in bytes, garbage included.
const budget = 256 << 20

// within runs f and returns how many bytes it allocated.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func pack(t testing.TB, write func(io.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	write(z)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// evidenceWith is sampleRun's evidence, changed.
func evidenceWith(t *testing.T, change func(*Evidence)) []byte {
	_, _, ev := sampleRun()
	change(ev)
	return pack(t, func(w io.Writer) {
		if err := json.NewEncoder(w).Encode(ev); err != nil {
			t.Fatal(err)
		}
	})
}

// hdrOf is a log with one histogram.
func hdrOf(t *testing.T, h *hdrhistogram.Histogram, tag string) []byte {
	t.Helper()
	var b bytes.Buffer
	h.SetTag(tag)
	if err := hdrhistogram.NewHistogramLogWriter(&b).OutputIntervalHistogram(h); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestHostileFiles: whatever somebody put into a report's directory, compare and merge say what is wrong with it, and
// take little memory for that.
func TestHostileFiles(t *testing.T) {
	repeat := func(begin, part string, n int, end string) []byte {
		return pack(t, func(w io.Writer) {
			io.WriteString(w, begin)
			chunk := strings.Repeat(part, 1000)
			for range n / 1000 {
				io.WriteString(w, chunk)
			}
			io.WriteString(w, end)
		})
	}
	const spec = `"plan":{"Stages":[{"For":0,"Target":2}],"Publishers":{},"Refused":{},"Vanish":{}}`
	for _, c := range []struct {
		name, file string
		text       []byte
		want       string
	}{
		{"client -1", evidenceFile, evidenceWith(t, func(ev *Evidence) { ev.Outcomes[0].Client = -1 }),
			"an outcome of client -1"},
		{"client 10^9", evidenceFile, evidenceWith(t, func(ev *Evidence) { ev.Outcomes[0].Client = 1e9 }),
			"an outcome of client 1000000000"},
		{"a client twice", evidenceFile, evidenceWith(t, func(ev *Evidence) { ev.Outcomes[0].Client = 1 }),
			"an outcome of client 1"},
		{"an end that is none", evidenceFile, evidenceWith(t, func(ev *Evidence) { ev.Outcomes[0].End = 99 }),
			"cannot be"},
		{"a request of client 10^9", evidenceFile, evidenceWith(t, func(ev *Evidence) { ev.Entries[0].Client = 1e9 }),
			"a hook request of client 1000000000"},
		{"a request of a probe", evidenceFile,
			evidenceWith(t, func(ev *Evidence) { ev.Entries[0].Client = account.Probe(0) }),
			"a hook request of client -2"},
		{"event 99", evidenceFile, evidenceWith(t, func(ev *Evidence) { ev.Entries[0].Event = 99 }), "event 99"},
		{"churn 1e9", evidenceFile, evidenceWith(t, func(ev *Evidence) { ev.Plan.Churn = 1e9 }), "sessions in all"},
		{"target 2e9", evidenceFile, evidenceWith(t, func(ev *Evidence) { ev.Plan.Stages[0].Target = 2e9 }),
			"a stage of 2000000000 sessions"},
		{"ups and downs", evidenceFile, evidenceWith(t, func(ev *Evidence) {
			for range 500 {
				ev.Plan.Stages = append(ev.Plan.Stages, plan.Stage{Target: 2_000_000}, plan.Stage{})
			}
		}), "stages: want at most 1000"},
		{"a share of 10^9 %", evidenceFile, evidenceWith(t, func(ev *Evidence) { ev.Plan.Refused.Percent = 1e9 }),
			"a share of 1000000000%"},
		{"a time of 300 years", evidenceFile, evidenceWith(t, func(ev *Evidence) { ev.Plan.Stages[0].For = 1 << 62 }),
			"a stage of"},
		{"shard 3 of 2", evidenceFile, evidenceWith(t, func(ev *Evidence) {
			ev.Shard, ev.Outcomes = plan.Shard{Number: 3, Of: 2}, nil
		}), "shard 3 of 2 cannot be"},
		{"another profile", evidenceFile, evidenceWith(t, func(ev *Evidence) { ev.Profile = "srs9" }), "srs9"},
		{"100 million outcomes", evidenceFile, repeat("{"+spec+`,"outcomes":[`, "{},", 1e8, "{}]}"),
			"an outcome of client 0"},
		{"10 million requests", evidenceFile, repeat("{"+spec+`,"entries":[`, "{},", 1e7, "{}]}"),
			"want at most 10080 values"},
		{"outcomes before the plan", evidenceFile, repeat(`{"outcomes":[`, "{},", 1e7, "{}]}"), "want the plan first"},
		{"a string of 100 MB", evidenceFile, repeat(`{"profile":"`, "x", 1e8, `"}`), "a value of more than"},
		{"blanks of 100 MB", evidenceFile, repeat(`{`, " ", 1e8, `}`), "a value of more than"},
		{"thresholds of 100 MB", evidenceFile, repeat(`{"thresholds":[`, `"",`, 1e8, `""]}`), "a value of more than"},
		{"no gzip", evidenceFile, []byte("x"), evidenceFile},
		{"a verdict of its own", jsonFile, []byte(`{"schema":"` + Schema + `","verdict":"\u001b[2J"}`),
			`unknown verdict "\x1b[2J"`},
		{"another schema", jsonFile, []byte(`{"schema":"x"}`), `schema "hookproof.loadgen/1", got "x"`},
		{"passed, though partial", jsonFile, []byte(`{"schema":"` + Schema + `","verdict":"passed","partial":"x"}`),
			"not played to its end"},
		{"millions of samples", jsonFile, []byte(`{"series":[` + strings.Repeat("{},", 5_000_000) + `{}]}`),
			"more than 300000 values"},
		{"4,000 samples", jsonFile, []byte(`{"schema":"` + Schema + `","verdict":"failed","series":[` +
			strings.Repeat("{},", 4000) + `{}]}`), "4001 samples"},
		{"another range", hdrFile, hdrOf(t, hdrhistogram.New(1, 1<<60, 3), "publish"),
			"a histogram from 1 to 1152921504606846976"},
		{"a metric that is not known", hdrFile, hdrOf(t, measure.NewHistogram(), "what"),
			`a histogram is called "what"`},
		{"a metric twice", hdrFile, bytes.Repeat(hdrOf(t, measure.NewHistogram(), "publish"), 2),
			`two histograms are called "publish"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, hs, ev := sampleRun()
			dir := t.TempDir()
			if err := Write(dir, r, hs, ev); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, c.file), c.text, 0o600); err != nil {
				t.Fatal(err)
			}
			var err error
			if n := allocated(func() { _, _, _, err = Merge([]string{dir}, true) }); n > budget {
				t.Errorf("reading %d bytes allocated %d", len(c.text), n)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %.300v, want %q", err, c.want)
			}
		})
	}
}

// TestFilesThatAreNone: large files, and what is no file at all.
func TestFilesThatAreNone(t *testing.T) {
	for _, name := range []string{jsonFile, hdrFile, evidenceFile} {
		for what, change := range map[string]func(path string) error{
			"large": func(path string) error { return os.Truncate(path, 1<<32) },
			"a pipe": func(path string) error {
				return errJoin(os.Remove(path), syscall.Mkfifo(path, 0o600))
			},
			"a directory": func(path string) error { return errJoin(os.Remove(path), os.Mkdir(path, 0o700)) },
		} {
			t.Run(name+" is "+what, func(t *testing.T) {
				r, hs, ev := sampleRun()
				dir := t.TempDir()
				if err := Write(dir, r, hs, ev); err != nil {
					t.Fatal(err)
				}
				if err := change(filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
				done := make(chan error, 1)
				go func() { _, _, _, err := Merge([]string{dir}, true); done <- err }()
				select {
				case err := <-done:
					if err == nil || !strings.Contains(err.Error(), name) {
						t.Errorf("the error is %v", err)
					}
				case <-time.After(time.Minute):
					t.Fatal("it hangs")
				}
			})
		}
	}
}

func errJoin(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// FuzzEvidence, FuzzReport and FuzzHistograms: no file takes more memory than its size explains, or panics.
func FuzzEvidence(f *testing.F) {
	_, _, ev := sampleRun()
	text, err := json.Marshal(ev)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"plan":{"Stages":[{"For":1000000000,"Target":3}]},"outcomes":null,"entries":[{"client":-1}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		packed := pack(t, func(w io.Writer) { w.Write(text) })
		var got *Evidence
		n := allocated(func() { got, _ = readEvidence(bytes.NewReader(packed)) })
		bound := uint64(16<<20 + 100*len(text))
		if got != nil {
			bound += 2000 * uint64(len(plan.Make(got.Plan).Sessions))
		}
		if got != nil && n > bound {
			t.Errorf("%d bytes allocated for %d", n, len(text))
		}
	})
}

func FuzzReport(f *testing.F) {
	r, _, _ := sampleRun()
	text, err := json.Marshal(r)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		var r Report
		if n := allocated(func() { err = r.parse(text) }); n > uint64(1<<20+1000*len(text)) {
			t.Errorf("%d bytes allocated for %d", n, len(text))
		}
		if err == nil {
			if err := errJoin(r.WriteSummary(io.Discard), r.WriteHTML(io.Discard)); err != nil {
				t.Error(err)
			}
		}
	})
}

func FuzzHistograms(f *testing.F) {
	r, hs, _ := sampleRun()
	var b bytes.Buffer
	if err := hs.write(&b, r); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("Tag=publish,0,1,2,HISTFAAAABV42pNpmSzMwMDAxAABzFCaEUoz2X+AsAABBwBg\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		lines := uint64(bytes.Count(text, []byte("\n")) + 1)
		if n := allocated(func() { readHistograms(text) }); n > lines*(4<<20)+uint64(20*len(text)) {
			t.Errorf("%d bytes allocated for %d", n, len(text))
		}
	})
}
