package hookcheck

import (
	"slices"
	"testing"

	"hookproof/reports"
)

// TestVersions: one sentence says which servers a hook server works with.
func TestVersions(t *testing.T) {
	for _, c := range []struct {
		name     string
		profiles []string
		broken   map[string][]string // by profile
		want     string
	}{
		{"all", []string{"srs3", "srs4", "srs6", "srs7"}, nil, "works with SRS 3 to 7"},
		{"strings alone", []string{"srs3", "srs4", "srs6", "srs7"},
			map[string][]string{"srs3": {"H-RSP-01", "H-RSP-03"}},
			"works with SRS 4 to 7; SRS 3 sends an integer client_id: refused"},
		{"two that send the same", []string{"srs1", "srs3", "srs4"},
			map[string][]string{"srs1": {"H-RSP-01"}, "srs3": {"H-RSP-03"}},
			"works with SRS 4; SRS 1 to 3 send an integer client_id: refused"},
		{"a defect in all of them", []string{"srs6", "srs7"},
			map[string][]string{"srs6": {"H-BAD-01"}, "srs7": {"H-BAD-01"}},
			"works with SRS 5 to 7"},
		{"integers alone", []string{"srs3", "srs4"}, map[string][]string{"srs4": {"H-RSP-03"}},
			"works with SRS 3; SRS 4 sends a string for client_id: refused"},
		{"a key that came later", []string{"srs4", "srs6", "srs7"}, map[string][]string{"srs4": {"H-RSP-05"}},
			"works with SRS 5 to 7; SRS 4 sends no service_id at on_play: refused"},
		{"one in the middle", []string{"srs4", "srs6", "srs7"}, map[string][]string{"srs6": {"H-REJ-02"}},
			"works with SRS 4 and SRS 7.0.62 to 7; SRS 5 to 7.0.61: H-REJ-02 broken"},
		{"none", []string{"srs6", "srs7"}, map[string][]string{"srs6": {"H-RSP-01"}, "srs7": {"H-RSP-01"}},
			"SRS 5 to 7: refused"},
		{"one profile", []string{"srs6"}, nil, ""},
		{"a preview", []string{"srs6", "srs7", "srs8"}, nil,
			"works with SRS 5 to 7; SRS 8 (a preview, not seen and not scored): nothing amiss"},
		{"a preview alone", []string{"srs8"}, map[string][]string{"srs8": {"H-RSP-01"}},
			"SRS 8 (a preview, not seen and not scored): H-RSP-01 missed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := &reports.Run{Profiles: c.profiles}
			for _, id := range []string{"H-RSP-01", "H-RSP-03", "H-RSP-05", "H-REJ-02", "H-BAD-01"} {
				run.Requirements = append(run.Requirements, reports.Requirement{ID: id, Level: reports.Must,
					Profiles: c.profiles})
				for _, p := range c.profiles {
					v := reports.Pass
					if slices.Contains(c.broken[p], id) {
						v = reports.Fail
						if p == "srs8" {
							v = reports.Warn
						}
					}
					run.Scenarios = append(run.Scenarios, reports.Scenario{ID: id, Profile: p, Verdict: v,
						Unscored: p == "srs8", Requirements: []string{id}})
				}
			}
			if got := Versions(run); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
