package result

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not as it was; got\n%s", name, got)
	}
}

func TestSummary(t *testing.T) {
	r, _, _ := sampleRun()
	var b bytes.Buffer
	if err := r.WriteSummary(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "summary.txt", b.Bytes())
}

func TestJSON(t *testing.T) {
	r, _, _ := sampleRun()
	var b bytes.Buffer
	if err := writeJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", b.Bytes())
}

// TestHTML checks the page's security and that its drawings are well-formed.
func TestHTML(t *testing.T) {
	r, _, _ := sampleRun()
	var b strings.Builder
	if err := r.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if strings.Contains(page, "<script") || strings.Contains(page, "http-equiv=\"refresh") {
		t.Error("the page has a script")
	}
	svgs := regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(page, -1)
	if len(svgs) < 7 {
		t.Errorf("the page has %d drawings", len(svgs))
	}
	for _, svg := range svgs {
		d := xml.NewDecoder(strings.NewReader(svg))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%v in %s", err, svg)
			}
		}
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") || strings.Contains(svg, "%!") {
			t.Errorf("a number is none in %s", svg)
		}
	}
	for _, text := range []string{"c00000", "S-ORD-01", "no on_unpublish of a publisher that left", "publish: time-out",
		"&lt;script&gt;"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
}

// TestHTMLOfNothing draws a run in which nothing happened.
func TestHTMLOfNothing(t *testing.T) {
	r := &Report{Schema: Schema}
	r.Judge(nil, nil)
	if err := r.WriteHTML(io.Discard); err != nil {
		t.Error(err)
	}
	if err := r.WriteSummary(io.Discard); err != nil {
		t.Error(err)
	}
}

func TestFilesComeBack(t *testing.T) {
	r, hs, ev := sampleRun()
	dir := t.TempDir()
	if err := Write(dir, r, hs, ev); err != nil {
		t.Fatal(err)
	}
	back, backHS, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back, r) {
		t.Errorf("the report comes back as %+v", back)
	}
	for m, h := range hs {
		if !backHS[m].Equals(h) {
			t.Errorf("the histogram of %s comes back different", m)
		}
	}
	backEV, err := ReadEvidence(dir)
	if err != nil || !reflect.DeepEqual(backEV, ev) {
		t.Errorf("the evidence comes back as %+v, %v", backEV, err)
	}
	merged, _, _, err := Merge([]string{dir}, false)
	if err != nil || !reflect.DeepEqual(merged.Hooks, r.Hooks) || merged.Verdict != Failed {
		t.Errorf("one shard merged is %+v, %v", merged, err)
	}
}

func TestReadRefuses(t *testing.T) {
	r, hs, ev := sampleRun()
	for _, c := range []struct{ name, file, text string }{
		{"no JSON", jsonFile, "{"},
		{"another schema", jsonFile, `{"schema":"x"}`},
		{"no histograms", hdrFile, "Tag=what,0,1,2,HISTFAAAABV42pNpmSzMwMDAxAABzFCaEUoz2X+AsAABBwBg\n"},
	} {
		dir := t.TempDir()
		if err := Write(dir, r, hs, ev); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, _, err := Read(dir); err == nil {
			t.Errorf("%s: is read", c.name)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, evidenceFile), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadEvidence(dir); err == nil {
		t.Error("evidence that is none is read")
	}
}

func TestVoid(t *testing.T) {
	r, hs, _ := sampleRun()
	late, err := ParseThreshold("publish p99<1ms")
	if err != nil {
		t.Fatal(err)
	}
	r.Void = []string{"busy"}
	if r.Judge([]Threshold{late}, hs); r.Verdict != Void {
		t.Errorf("a void run's figures make it %s", r.Verdict)
	}
	if r.Judge(Defaults(true), hs); r.Verdict != Void {
		t.Errorf("a void run that loses hooks, as a slow endpoint makes it, is %s", r.Verdict)
	}
	r.Hooks.Counts[account.FalseAccept] = 1
	if r.Judge(Defaults(true), hs); r.Verdict != Failed {
		t.Errorf("a void run that lets refused clients in is %s", r.Verdict)
	}
}

// TestPartial: a plan that was not played to its end never passes.
func TestPartial(t *testing.T) {
	for _, c := range []struct {
		name, threshold string
		void            []string
		want            Verdict
		headline        string
	}{
		{"interrupted", "sessions started>=1", nil, Partial, "PARTIAL: interrupted; run abc"},
		{"interrupted, and too slow", "sessions started>=1", []string{"busy"}, Partial,
			"PARTIAL: interrupted; run abc"},
		{"interrupted, a threshold failed", "sessions started>=3", nil, Failed,
			"FAILED: 1 of 1 thresholds do not hold: sessions started>=3 (is 2), and the run is partial: " +
				"interrupted; run abc"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, hs, _ := sampleRun()
			threshold, err := ParseThreshold(c.threshold)
			if err != nil {
				t.Fatal(err)
			}
			r.Partial, r.Void = "interrupted", c.void
			if r.Judge([]Threshold{threshold}, hs); r.Verdict != c.want ||
				!strings.HasPrefix(r.Headline(), c.headline) {
				t.Errorf("got %s, %q; want %s, %q", r.Verdict, r.Headline(), c.want, c.headline)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	a, ha, _ := sampleRun()
	b, hb, _ := sampleRun()
	for _, c := range Compare(a, b, ha, hb) {
		if c.Word != "same" {
			t.Errorf("the same run differs in %+v", c)
		}
	}
	slow := measure.NewSet()
	for i := range 1000 {
		slow.Record(measure.Publish, i, 5e9)
		slow.Record(measure.E2E, i, 1e6)
	}
	hb = Collect(slow)
	b.ErrorTotal = 0
	words := map[string]string{}
	for _, c := range Compare(a, b, ha, hb) {
		words[c.Name] = c.Word
	}
	if words["publish p99"] != "worse" || words["e2e p50"] != "better" || words["errors"] != "better" {
		t.Errorf("the comparison says %v", words)
	}
	var out strings.Builder
	b.Setup.Load, b.Void = "another", []string{"busy"}
	worse, err := WriteChanges(&out, a, b, Compare(a, b, ha, hb))
	if err != nil || !worse || !strings.Contains(out.String(), "The loads differ") ||
		!strings.Contains(out.String(), "is void") {
		t.Errorf("%v, %v: %s", worse, err, out.String())
	}
}
