package suite

import (
	"testing"
	"time"

	"hookproof/features"
	"hookproof/internal/check"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// TestOwnTrouble: what fails while this machine is in trouble is not held against the target, and ends with exit code
// 3.
func TestOwnTrouble(t *testing.T) {
	c := &features.Case{Level: reports.Must, Requirements: []string{"S-ORD-01"}}
	for _, tc := range []struct {
		name string
		note reports.Observation
		want reports.Verdict
		exit int
	}{
		{"none", reports.Observation{Kind: reports.KindNote, Name: "x"}, reports.Fail, 1},
		{"no descriptors", reports.Observation{Kind: reports.KindNote, Name: check.TroubleNote, Text: "no descriptors"},
			reports.Error, 3},
		{"stopped", check.Starved(1, 4), reports.Inconclusive, 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := &recorder{pr: &profileRun{o: &Options{}}, c: c, log: timeline.New("x", "srs6", time.Now(), nil),
				result: reports.Scenario{ID: "x", Profile: "srs6", Requirements: c.Requirements}}
			r.log.Add(tc.note)
			r.found(&check.Finding{Expected: "an event", Seen: "none"})
			if s := &r.result; s.Verdict != tc.want || (s.Failure != nil) != (tc.want == reports.Fail) ||
				(s.Reason == "") != (tc.want == reports.Fail) {
				t.Errorf("want %s, got %s (%s), failure %v", tc.want, s.Verdict, s.Reason, s.Failure)
			}
			run := &reports.Run{Profiles: []string{"srs6"}, Scenarios: []reports.Scenario{r.result},
				Requirements: features.Requirements()}
			if got := reports.Summarize(run).ExitCode; got != tc.exit {
				t.Errorf("want exit code %d, got %d", tc.exit, got)
			}
		})
	}
}
