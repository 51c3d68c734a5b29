package reports

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"hookproof/internal/junit"
	"hookproof/internal/junit/junittest"
)

// mutantsRun is a run of mutants of which one lived.
func mutantsRun() *Run {
	run := passingRun()
	run.Scenarios, run.Profiles = nil, []string{"srs1", "srs6"}
	run.Options = Options{}
	run.Mutants = &Mutants{Unmutated: Pass, Rows: []Mutant{
		{Name: "on-close-lost", Defect: "on_close is not sent", Profile: "srs6", Expected: []string{"S-ORD-01"},
			Failed: []string{"S-ORD-01"}, Caught: true, Duration: 1500 * time.Millisecond},
		{Name: "two-ids", Defect: "each event has a client_id of its own", Profile: "srs1",
			Expected: []string{"S-ID-01"},
			Detail:   "nothing failed"},
	}}
	return run
}

func TestJUnitFollowsTheSchema(t *testing.T) {
	notRun := passingRun()
	notRun.Scenarios, notRun.Error = nil, "no RTMP server answers"
	for name, run := range map[string]*Run{"passing": passingRun(), "failing": failingRun(), "not run": notRun,
		"mutants": mutantsRun(), "nothing": {}} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := WriteJUnit(&b, run); err != nil {
				t.Fatal(err)
			}
			junittest.Check(t, b.Bytes())
		})
	}
}

// TestJUnitOfRunThatFailed: a CI must not take a run that could not be done for one without tests.
func TestJUnitOfRunThatFailed(t *testing.T) {
	doc := readJUnit(t, &Run{Error: "no RTMP server answers", Profiles: []string{"srs6"}})
	if doc.Tests != 1 || doc.Errors != 1 || doc.Suites[0].Cases[0].Error == nil ||
		doc.Suites[0].Cases[0].Error.Message != "no RTMP server answers" {
		t.Errorf("got %+v", doc)
	}
}

// TestJUnitOfMutants: each trial is a test case.
func TestJUnitOfMutants(t *testing.T) {
	doc := readJUnit(t, mutantsRun())
	if doc.Tests != 2 || doc.Failures != 1 || len(doc.Suites) != 1 || doc.Time != junit.Seconds(1500*time.Millisecond) {
		t.Fatalf("got %+v", doc)
	}
	caught, lived := doc.Suites[0].Cases[0], doc.Suites[0].Cases[1]
	if caught.Failure != nil || caught.Class != "srs6.mutants" ||
		!strings.Contains(string(caught.SystemOut), "defect: on_close is not sent") {
		t.Errorf("caught: %+v", caught)
	}
	if lived.Failure == nil || lived.Failure.Message != "lived: want S-ID-01 to fail, got –" ||
		lived.Failure.Text != "nothing failed" {
		t.Errorf("lived: %+v", lived)
	}
}
