package result

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"hookproof/internal/junit/junittest"
	"hookproof/loadgen/account"
)

// failing is the sample with a threshold on times that is broken at 6 s.
func failing(t *testing.T) *Report {
	t.Helper()
	r, hs, _ := sampleRun()
	var given []Threshold
	for _, text := range []string{"publish p99<450ms", "cpu own<150%"} {
		th, err := ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		given = append(given, th)
	}
	r.Judge(Combine(Defaults(true), given), hs)
	return r
}

func page1(t *testing.T, r *Report) string {
	t.Helper()
	var b strings.Builder
	if err := r.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestThresholdIsDrawn: the line of a threshold that fails is in its chart, and
// so is the moment; one that holds far away from the values is left out.
func TestThresholdIsDrawn(t *testing.T) {
	text := page1(t, failing(t))
	for _, want := range []string{`<g class="lim broken">`, "publish p99&lt;450ms</text>", ">first at 6 s</text>",
		`<li class="bad"><span class="name">To publish, p99`,
		"11 s · p99 1000 · p90 20 · p50 10", "Failed</h1>", "publish p99&lt;450ms (is 989"} {
		if !strings.Contains(text, want) {
			t.Errorf("report.html lacks %s", want)
		}
	}
	if strings.Contains(text, "cpu own&lt;150%</text>") {
		t.Error("a threshold far above the values flattens its chart")
	}
}

// TestMoment: the first sample that breaks a threshold is found.
func TestMoment(t *testing.T) {
	r, _, _ := sampleRun()
	r.Series[3].Errors, r.Series[0].Errors, r.Series[1].Errors, r.Series[2].Errors = 2, 0, 0, 0
	r.Series[7].OwnCPU = 1.7
	for text, want := range map[string]float64{
		"errors==0": 4, "errors<0.1%": 0, "publish p99<450ms": 6, "publish p50<5ms": 1, "publish p99<5s": 0,
		"play p99<1ms": 0,
		"cpu own<150%": 8, "cpu own<1": 8, "cpu server<1": 0, "hooks lost==0": 0, "publish mean<1ms": 0,
	} {
		th, err := ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := th.moment(r.Series); got != want {
			t.Errorf("%s is first broken at %v s, want %v", text, got, want)
		}
	}
}

// TestGaps: points that are far apart in time are not joined.
func TestGaps(t *testing.T) {
	c := chart{title: "x", lines: []line{{name: "a", class: "l1", x: []float64{1, 2, 9, 10}, y: []float64{1, 1, 1, 1}}}}
	if n := strings.Count(string(c.svg()), "<polyline"); n != 2 {
		t.Errorf("%d lines, want 2", n)
	}
}

// TestLongRun: a chart of an hour is not larger than one of minutes.
func TestLongRun(t *testing.T) {
	r, _, _ := sampleRun()
	r.Series = nil
	for i := range 3600 {
		r.Series = append(r.Series, Sample{At: float64(i + 1), Playing: 5, OwnCPU: 1})
	}
	if n := len(page1(t, r)); n > 2<<20 {
		t.Errorf("report.html has %d bytes", n)
	}
}

// TestAlike: findings that differ in their client and in numbers are one.
func TestAlike(t *testing.T) {
	var list []account.Finding
	for i := range 8 {
		list = append(list, account.Finding{Client: account.Name(i), Kind: account.Late, Event: "on_play",
			Text: fmt.Sprintf("answered after %d.5 s", i)})
	}
	list = append(list, account.Finding{Client: "c00099", Kind: account.Lost, Event: "on_close", Text: "no on_close"})
	groups := alike(list)
	if len(groups) != 2 || groups[0].Count != 8 || groups[1].Count != 1 {
		t.Fatalf("got %+v", groups)
	}
	if got, want := groups[0].Who(), "c00000, c00001, c00002, c00003, c00004 and 3 more"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestLivePage: the live page has the report's content and the only script.
func TestLivePage(t *testing.T) {
	html, policy := LivePage()
	if !bytes.Contains(html, []byte("new EventSource")) || !strings.Contains(policy, "script-src 'sha256-") ||
		!strings.Contains(policy, "connect-src 'self'") {
		t.Errorf("policy %s of\n%s", policy, html)
	}
	r, _, _ := sampleRun()
	r.Setup.Target = "<script>alert(1)</script>"
	text, err := r.LiveContent("5 of 20 s: hold")
	if err != nil || !strings.Contains(text, "5 of 20 s: hold") || !strings.Contains(text, "<svg") ||
		strings.Contains(text, "<script") {
		t.Errorf("%v: %.2000s", err, text)
	}
}

func TestJUnit(t *testing.T) {
	for verdict, want := range map[Verdict][2]int{Failed: {2, 0}, Void: {2, 1}, Partial: {2, 1}} {
		r, _, _ := sampleRun()
		r.Verdict = verdict
		var b bytes.Buffer
		if err := r.writeJUnit(&b); err != nil {
			t.Fatal(err)
		}
		junittest.Check(t, b.Bytes())
		if text := b.String(); !strings.Contains(text,
			fmt.Sprintf(`tests="10" failures="%d" errors="%d"`, want[0], want[1])) ||
			!strings.Contains(text, "want errors==0, got 2") {
			t.Errorf("%s:\n%s", verdict, text)
		}
	}
}

// TestSchemaIsComplete holds report.schema.json and SCHEMA.md against what is written.
func TestSchemaIsComplete(t *testing.T) {
	schema, err := os.ReadFile("report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("SCHEMA.md")
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(schema, &tree); err != nil {
		t.Fatal(err)
	}
	r, _, _ := sampleRun()
	var b bytes.Buffer
	if err := writeJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(b.Bytes(), &value); err != nil {
		t.Fatal(err)
	}
	checkSchema(t, tree.(map[string]any), tree.(map[string]any)["$defs"].(map[string]any), value, "report", string(doc))
}

// checkSchema is the part of JSON Schema that ours uses: types, properties
// (all of which must be known), items and references.
func checkSchema(t *testing.T, schema, defs map[string]any, value any, path, doc string) {
	t.Helper()
	if ref, ok := schema["$ref"].(string); ok {
		schema = defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	}
	switch v := value.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		more, _ := schema["additionalProperties"].(map[string]any)
		for name, child := range v {
			sub, known := properties[name].(map[string]any)
			if !known {
				sub = more
			}
			if sub == nil {
				t.Errorf("report.schema.json lacks %s.%s", path, name)
				continue
			}
			if known && !strings.Contains(doc, name) {
				t.Errorf("SCHEMA.md lacks %s.%s", path, name)
			}
			checkSchema(t, sub, defs, child, path+"."+name, doc)
		}
		for _, name := range asStrings(schema["required"]) {
			if _, there := v[name]; !there {
				t.Errorf("%s has no %s, which the schema requires", path, name)
			}
		}
	case []any:
		items, ok := schema["items"].(map[string]any)
		if !ok {
			t.Errorf("%s is a list, the schema says %v", path, schema["type"])
			return
		}
		for _, child := range v {
			checkSchema(t, items, defs, child, path+"[]", doc)
		}
	}
}

func asStrings(list any) (all []string) {
	items, _ := list.([]any)
	for _, i := range items {
		all = append(all, i.(string))
	}
	return all
}
