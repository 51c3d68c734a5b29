package junit_test

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"hookproof/internal/junit"
	"hookproof/internal/junit/junittest"
)

// TestWrite: counts and times are summed up, what XML cannot hold is escaped,
// and the schema is followed.
func TestWrite(t *testing.T) {
	doc := junit.Suites{Name: "a\x00b"}
	doc.Add("one", time.Unix(0, 0), []junit.Property{{Name: "target", Value: "x\x1b"}}, []junit.Case{
		{Name: "passes", Class: "c", Time: junit.Seconds(1500 * time.Millisecond), SystemOut: "a\tb\xff"},
		{Name: "fails", Class: "c", Failure: &junit.Outcome{Type: "t", Message: "m", Text: "]]> \ufffe"}},
		{Name: "errs", Class: "c", Error: &junit.Outcome{Message: "m"}},
		{Name: "left out", Class: "c", Skipped: &junit.Outcome{Message: "m"}},
	})
	doc.Add("two", time.Unix(0, 0), nil, nil)
	var b bytes.Buffer
	if err := doc.Write(&b); err != nil {
		t.Fatal(err)
	}
	junittest.Check(t, b.Bytes())
	if s := b.String(); !strings.Contains(s, `name="a\x00b" tests="4" failures="1" errors="1" time="1.500"`) ||
		!strings.Contains(s, `a    b\xff`) {
		t.Error(s)
	}
	var back junit.Suites
	if err := xml.Unmarshal(b.Bytes(), &back); err != nil || back.Suites[0].Skipped != 1 || back.Time != doc.Time {
		t.Errorf("read back: %+v, %v", back, err)
	}
}
