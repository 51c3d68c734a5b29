package suite

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"hookproof/features"
	"hookproof/reports"
)

// scenariosOf are scenarios of the verdicts, each named REQUIREMENT/NAME PROFILE.
func scenariosOf(verdicts map[string]reports.Verdict) []reports.Scenario {
	var all []reports.Scenario
	for _, name := range slices.Sorted(maps.Keys(verdicts)) {
		id, profile, _ := strings.Cut(name, " ")
		req, _, _ := strings.Cut(id, "/")
		s := reports.Scenario{ID: id, Profile: profile, Requirements: []string{req}, Verdict: verdicts[name]}
		if s.Verdict == reports.Unstable {
			s.Attempts = []reports.Verdict{reports.Fail, reports.Pass, reports.Pass}
		}
		all = append(all, s)
	}
	return all
}

func TestKnown(t *testing.T) {
	const pass, fail, warn, unstable = reports.Pass, reports.Fail, reports.Warn, reports.Unstable
	const known, unexpected, notRun = reports.KnownFailing, reports.UnexpectedPass, reports.NotRun
	for _, c := range []struct {
		name, list string
		was, want  map[string]reports.Verdict
	}{
		{"a requirement as a whole", "S-REQ-03 # control bytes",
			map[string]reports.Verdict{"S-REQ-03/a srs6": fail, "S-REQ-03/b srs6": pass, "S-REQ-04/a srs6": warn},
			map[string]reports.Verdict{"S-REQ-03/a srs6": known, "S-REQ-03/b srs6": pass, "S-REQ-04/a srs6": warn}},
		{"all of it passes", "S-REQ-03",
			map[string]reports.Verdict{"S-REQ-03/a srs6": pass, "S-REQ-03/b srs6": pass},
			map[string]reports.Verdict{"S-REQ-03/a srs6": unexpected, "S-REQ-03/b srs6": unexpected}},
		{"not all of it was run", "S-REQ-03",
			map[string]reports.Verdict{"S-REQ-03/a srs6": pass, "S-REQ-03/b srs6": notRun},
			map[string]reports.Verdict{"S-REQ-03/a srs6": pass, "S-REQ-03/b srs6": notRun}},
		{"a profile", "S-REQ-03 srs1",
			map[string]reports.Verdict{"S-REQ-03/a srs1": warn, "S-REQ-03/a srs6": fail},
			map[string]reports.Verdict{"S-REQ-03/a srs1": known, "S-REQ-03/a srs6": fail}},
		{"all of it passes, but not all was selected", "S-REQ-04",
			map[string]reports.Verdict{"S-REQ-04/a srs6": pass}, map[string]reports.Verdict{"S-REQ-04/a srs6": pass}},
		{"a profile alone", "srs1",
			map[string]reports.Verdict{"S-REQ-03/a srs1": fail, "S-REQ-03/a srs6": fail},
			map[string]reports.Verdict{"S-REQ-03/a srs1": known, "S-REQ-03/a srs6": fail}},
		{"flaky", "flaky S-REQ-03",
			map[string]reports.Verdict{"S-REQ-03/a srs6": pass, "S-REQ-03/b srs6": unstable, "S-REQ-03/c srs6": fail},
			map[string]reports.Verdict{"S-REQ-03/a srs6": pass, "S-REQ-03/b srs6": known, "S-REQ-03/c srs6": known}},
		{"flaky, and all passes", "flaky S-REQ-03",
			map[string]reports.Verdict{"S-REQ-03/a srs6": pass}, map[string]reports.Verdict{"S-REQ-03/a srs6": pass}},
		{"unstable", "", map[string]reports.Verdict{"S-REQ-03/a srs6": unstable},
			map[string]reports.Verdict{"S-REQ-03/a srs6": unstable}},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, err := ReadKnown("k", strings.NewReader(c.list))
			if err != nil {
				t.Fatal(err)
			}
			all := scenariosOf(c.was)
			for i := range all {
				list.apply(&all[i])
			}
			list.unexpected(all, []features.Case{{ID: "S-REQ-04/b", Profile: "srs6",
				Requirements: []string{"S-REQ-04"}}})
			got := map[string]reports.Verdict{}
			for i := range all {
				got[all[i].ID+" "+all[i].Profile] = all[i].Verdict
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("want %v, got %v", c.want, got)
			}
		})
	}
}

// TestReadKnown: entries are checked against what there is.
func TestReadKnown(t *testing.T) {
	cases, err := features.Cases(features.RoleServer)
	if err != nil {
		t.Fatal(err)
	}
	id := cases[0].ID
	k, err := ReadKnown("k", strings.NewReader("# SRS\n"+id+" srs6\n\nflaky "+id[:len(id)-3]+"*\n"))
	if err != nil || len(k.entries) != 2 || !k.entries[1].flaky ||
		!k.entries[1].names(&reports.Scenario{ID: id, Profile: "srs1"}) {
		t.Errorf("got %+v, %v", k, err)
	}
	for text, want := range map[string]string{
		"S-REQ-03\nS-FOO-01\n":   `k:2: no requirement and no scenario "S-FOO-01"`,
		"S-REQ-03 srs9\n":        "k:1: want an id",
		"S-REQ-03 srs1 because ": "k:1: want an id",
		"flaky":                  "k:1: want an id",
		"nothing/*":              `no scenario "nothing/*"`,
	} {
		if _, err := ReadKnown("k", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: want %q, got %v", text, want, err)
		}
	}
}

func FuzzReadKnown(f *testing.F) {
	for _, s := range []string{"flaky S-REQ-03 srs6", "*", "a*b(", "flaky flaky"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		k, err := ReadKnown("k", strings.NewReader(text))
		if err == nil {
			k.apply(&reports.Scenario{Verdict: reports.Fail, ID: text, Requirements: []string{"S-REQ-03"}})
		}
	})
}

// TestWriteKnown: what is written of a run makes the next one like it come out clean.
func TestWriteKnown(t *testing.T) {
	cases, err := features.Cases(features.RoleServer)
	if err != nil {
		t.Fatal(err)
	}
	run := &reports.Run{}
	for i := range cases {
		c := &cases[i]
		s := reports.Scenario{ID: c.ID, Profile: c.Profile, Requirements: c.Requirements, Verdict: reports.Pass}
		switch {
		case c.Requirements[0] == "S-KEY-12", i%7 == 0:
			s.Verdict = reports.Fail
		case i%11 == 0:
			s.Verdict, s.Attempts = reports.Unstable, []reports.Verdict{reports.Fail, reports.Pass}
		}
		run.Scenarios = append(run.Scenarios, s)
	}
	var b strings.Builder
	if err := WriteKnown(&b, run); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "\nS-KEY-12 srs6\n") || !strings.Contains(b.String(), "\nflaky ") {
		t.Errorf("want S-KEY-12 as a whole and something flaky, got:\n%s", b.String())
	}
	k, err := ReadKnown("k", strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	for i := range run.Scenarios {
		k.apply(&run.Scenarios[i])
	}
	k.unexpected(run.Scenarios, nil)
	for _, s := range run.Scenarios {
		if s.Verdict != reports.Pass && s.Verdict != reports.KnownFailing {
			t.Errorf("%s %s: %s", s.ID, s.Profile, s.Verdict)
		}
	}
}
