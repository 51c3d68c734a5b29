package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// junitElement is what the schema junit-10.xsd of Jenkins' xUnit plugin says of
// an element. GitLab reads a part of it and ignores the rest.
type junitElement struct {
	required, optional []string // attributes
	children           []string
	text               bool
}

var junitSchema = map[string]junitElement{
	"testsuites": {optional: []string{"name", "time", "tests", "failures", "errors"}, children: []string{"testsuite"}},
	"testsuite": {required: []string{"name", "tests", "failures", "errors"},
		optional: []string{"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
		children: []string{"testsuite", "properties", "testcase", "system-out", "system-err"}},
	"properties": {children: []string{"property"}},
	"property":   {required: []string{"name", "value"}},
	"testcase": {required: []string{"name"}, optional: []string{"time", "classname", "group"},
		children: []string{"skipped", "error", "failure", "system-out", "system-err"}},
	"skipped":    {optional: []string{"type", "message"}, text: true},
	"error":      {optional: []string{"type", "message"}, text: true},
	"failure":    {optional: []string{"type", "message"}, text: true},
	"system-out": {text: true},
}

var junitTime = regexp.MustCompile(`^[0-9]*\.[0-9]{3}$`)

// checkJUnit reports what the schema does not allow.
func checkJUnit(t *testing.T, doc []byte) {
	t.Helper()
	var open []string
	dec := xml.NewDecoder(bytes.NewReader(doc))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch v := token.(type) {
		case xml.StartElement:
			name := v.Name.Local
			if len(open) == 0 && name != "testsuites" {
				t.Errorf("the document is a <%s>, want <testsuites>", name)
			}
			if len(open) > 0 && !slices.Contains(junitSchema[open[len(open)-1]].children, name) {
				t.Errorf("<%s> in <%s>", name, open[len(open)-1])
			}
			checkJUnitAttributes(t, v)
			open = append(open, name)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if text := strings.TrimSpace(string(v)); text != "" && !junitSchema[open[len(open)-1]].text {
				t.Errorf("text in <%s>: %q", open[len(open)-1], text)
			}
		}
	}
}

func checkJUnitAttributes(t *testing.T, e xml.StartElement) {
	t.Helper()
	want := junitSchema[e.Name.Local]
	seen := map[string]bool{}
	for _, a := range e.Attr {
		name := a.Name.Local
		seen[name] = true
		if !slices.Contains(want.required, name) && !slices.Contains(want.optional, name) {
			t.Errorf("attribute %s of <%s>", name, e.Name.Local)
		}
		if name == "time" && !junitTime.MatchString(a.Value) {
			t.Errorf("<%s time=%q>", e.Name.Local, a.Value)
		}
	}
	for _, name := range want.required {
		if !seen[name] {
			t.Errorf("<%s> has no %s", e.Name.Local, name)
		}
	}
}

// mutantsRun is a run of mutants of which one lived.
func mutantsRun() *Run {
	run := passingRun()
	run.Scenarios, run.Profiles = nil, []string{"srs1", "srs7"}
	run.Options = Options{}
	run.Mutants = &Mutants{Unmutated: Pass, Rows: []Mutant{
		{Name: "on-close-lost", Defect: "on_close is not sent", Profile: "srs7", Expected: []string{"S-ORD-01"}, Failed: []string{"S-ORD-01"}, Caught: true, Duration: 1500 * time.Millisecond},
		{Name: "two-ids", Defect: "each event has a client_id of its own", Profile: "srs1", Expected: []string{"S-ID-01"}, Detail: "nothing failed"},
	}}
	return run
}

func TestJUnitFollowsTheSchema(t *testing.T) {
	notRun := passingRun()
	notRun.Scenarios, notRun.Error = nil, "no RTMP server answers"
	for name, run := range map[string]*Run{"passing": passingRun(), "failing": failingRun(), "not run": notRun, "mutants": mutantsRun(), "nothing": {}} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := WriteJUnit(&b, run); err != nil {
				t.Fatal(err)
			}
			checkJUnit(t, b.Bytes())
		})
	}
}

// TestJUnitOfRunThatFailed: a CI must not take a run that could not be done for one without tests.
func TestJUnitOfRunThatFailed(t *testing.T) {
	doc := readJUnit(t, &Run{Error: "no RTMP server answers", Profiles: []string{"srs7"}})
	if doc.Tests != 1 || doc.Errors != 1 || doc.Suites[0].Cases[0].Error == nil || doc.Suites[0].Cases[0].Error.Message != "no RTMP server answers" {
		t.Errorf("got %+v", doc)
	}
}

// TestJUnitOfMutants: each trial is a test case.
func TestJUnitOfMutants(t *testing.T) {
	doc := readJUnit(t, mutantsRun())
	if doc.Tests != 2 || doc.Failures != 1 || len(doc.Suites) != 1 || doc.Time != "1.500" {
		t.Fatalf("got %+v", doc)
	}
	caught, lived := doc.Suites[0].Cases[0], doc.Suites[0].Cases[1]
	if caught.Failure != nil || caught.Class != "srs7.mutants" || !strings.Contains(caught.SystemOut, "defect: on_close is not sent") {
		t.Errorf("caught: %+v", caught)
	}
	if lived.Failure == nil || lived.Failure.Message != "lived: want S-ID-01 to fail, got –" || lived.Failure.Text != "nothing failed" {
		t.Errorf("lived: %+v", lived)
	}
}
