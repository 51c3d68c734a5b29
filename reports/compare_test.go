package reports

import (
	"bytes"
	"strings"
	"testing"
)

// two are the passing and the failing sample, the first without a page.
func two() []Compared {
	failing := failingRun()
	failing.Mutants = nil
	return []Compared{{Run: passingRun(), Name: "one | server"}, {Run: failing, Link: "../b/report.html"}}
}

func TestCompare(t *testing.T) {
	c, err := compare(two())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Columns) != 4 || len(c.Differ)+len(c.Alike) != len(sampleCatalogue()) {
		t.Fatalf("%d columns, %d and %d rows", len(c.Columns), len(c.Differ), len(c.Alike))
	}
	for _, r := range c.Differ {
		if r.ID != "S-ANS-05" {
			continue
		}
		got := r.Cells[3] // of the second server, in srs6
		if got.Verdict != Fail || !strings.HasPrefix(got.Saw, "2 messages: video") ||
			!strings.HasPrefix(got.Link, "../b/report.html#s-srs6/S-ANS-05") {
			t.Errorf("the failing cell is %+v", got)
		}
		if r.Cells[0].Link != "" {
			t.Errorf("the cell of a report without a page leads to %s", r.Cells[0].Link)
		}
		return
	}
	t.Error("S-ANS-05 is not among those that differ")
}

// TestCompareRoles: an RTMP server and a hook server have nothing to compare.
func TestCompareRoles(t *testing.T) {
	other := passingRun()
	other.Requirements = []Requirement{{ID: "H-RSP-01", Role: "H", Level: Must}}
	_, err := compare([]Compared{{Run: passingRun()}, {Run: other}})
	if err == nil || !strings.Contains(err.Error(), "one of role S and one of role H") {
		t.Errorf("got %v", err)
	}
}

func TestWriteCompare(t *testing.T) {
	var b bytes.Buffer
	if err := WriteCompareMarkdown(&b, two()); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if strings.Index(text, "### Where they differ") > strings.Index(text, "### Where they are alike") ||
		!strings.Contains(text, `one \| server srs1`) ||
		!strings.Contains(text, "[✗ fail](<../b/report.html#s-srs6/S-ANS-05") {
		t.Errorf("the Markdown is\n%s", text)
	}
	b.Reset()
	if err := WriteCompareHTML(&b, two()); err != nil {
		t.Fatal(err)
	}
	text = b.String()
	for _, want := range []string{"2 servers compared", "one | server", `href="../b/report.html#s-srs6/S-ANS-05`,
		`class="state v-fail"`, "default-src &#39;none&#39;"} {
		if !strings.Contains(text, want) {
			t.Errorf("compare.html lacks %s", want)
		}
	}
	for _, never := range []string{"<script", " style=", "\x1b", "ZgotmplZ"} {
		if strings.Contains(text, never) {
			t.Errorf("compare.html has %q in it", never)
		}
	}
}
