package reports

import (
	"reflect"
	"strings"
	"testing"
)

func TestVerdictFor(t *testing.T) {
	named := &Failure{Requirement: "A"}
	skipped := []Step{{Status: StepFailed}, {Status: StepSkipped}}
	whole := []Step{{Status: StepPassed}, {Status: StepFailed}}
	tests := []struct {
		name  string
		s     Scenario
		id    string
		level Level
		want  Verdict
	}{
		{"a pass is a pass", Scenario{Verdict: Pass}, "A", Must, Pass},
		{"a must fails", Scenario{Verdict: Fail}, "A", Must, Fail},
		{"a should is missed", Scenario{Verdict: Fail}, "A", Should, Warn},
		{"a may is missed", Scenario{Verdict: Fail}, "A", May, Warn},
		{"a failure names this id", Scenario{Verdict: Fail, Failure: named, Requirements: []string{"A", "B"},
			Steps: skipped},
			"A", Must, Fail},
		{"a failure of another id leaves steps out",
			Scenario{Verdict: Fail, Failure: named, Requirements: []string{"A", "B"},
				Steps: skipped}, "B", Must, Inconclusive},
		{"a failure of another id at the last step",
			Scenario{Verdict: Fail, Failure: named, Requirements: []string{"A", "B"}, Steps: whole}, "B", Must, Pass},
		{"a failure of an id that is not the scenario's",
			Scenario{Verdict: Fail, Failure: named, Requirements: []string{"B"}, Steps: skipped}, "B", Must, Fail},
		{"known failing of a should", Scenario{Verdict: KnownFailing}, "A", Should, KnownFailing},
		{"a verdict nobody knows", Scenario{Verdict: "fine"}, "A", Must, Error},
		{"no verdict", Scenario{}, "A", Must, Error},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.s.VerdictFor(tt.id, tt.level); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// run2 is a run with a MUST A and a SHOULD B in one profile.
func run2(edit func(*Run), verdicts ...Verdict) *Run {
	run := &Run{Profiles: []string{"srs1"}, Requirements: []Requirement{{ID: "A", Level: Must},
		{ID: "B", Level: Should}}}
	for i, v := range verdicts {
		run.Scenarios = append(run.Scenarios, Scenario{ID: string(rune('0' + i)), Profile: "srs1",
			Requirements: []string{[]string{"A", "B"}[i%2]}, Verdict: v})
	}
	if edit != nil {
		edit(run)
	}
	return run
}

func TestConclusionAndExitCode(t *testing.T) {
	tests := []struct {
		name string
		run  *Run
		want Conclusion
		exit int
	}{
		{"all pass", run2(nil, Pass, Pass), Conformant, ExitPass},
		{"a should is missed", run2(nil, Pass, Fail), Conformant, ExitPass},
		{"a should was not run", run2(nil, Pass, NotRun), Conformant, ExitPass},
		{"a must fails", run2(nil, Fail, Pass), NotConformant, ExitFailed},
		{"a must fails as known", run2(nil, KnownFailing, Pass), NotConformant, ExitPass},
		{"a must fails and the harness errs", run2(nil, Fail, Error), NotConformant, ExitFailed},
		{"one scenario of a must was not run", run2(nil, Pass, Pass, NotRun), Partial, ExitPass},
		{"one scenario of a must is not applicable", run2(nil, Pass, Pass, NotApplicable), Conformant, ExitPass},
		{"a must is not applicable", run2(nil, NotApplicable, Pass), Conformant, ExitPass},
		{"nothing is applicable", run2(nil, NotApplicable, NotApplicable), RunError, ExitCannot},
		{"a must has no scenario", run2(func(r *Run) { r.Scenarios[0].Requirements = []string{"B"} }, Pass, Pass),
			Partial,
			ExitPass},
		{"a must is inconclusive", run2(nil, Inconclusive, Pass), Partial, ExitCannot},
		{"a should is inconclusive", run2(nil, Pass, Inconclusive), Conformant, ExitPass},
		{"interrupted", run2(func(r *Run) { r.Interrupted = true }, Pass, Pass), Partial, ExitCannot},
		{"the harness errs", run2(nil, Pass, Error), RunError, ExitCannot},
		{"nothing ran", run2(nil, NotRun, NotRun), RunError, ExitCannot},
		{"no scenarios", run2(nil), RunError, ExitCannot},
		{"an unexpected pass", run2(nil, UnexpectedPass, Pass), Conformant, ExitFailed},
		{"an id that is not in the catalogue fails",
			run2(func(r *Run) { r.Scenarios[0].Requirements = []string{"X", "A"} }, Fail,
				Pass), NotConformant, ExitFailed},
		{"mutants all caught", run2(func(r *Run) {
			r.Mutants = &Mutants{Unmutated: Pass,
				Rows: []Mutant{{Caught: true}}}
		},
			Pass, Pass), Conformant, ExitPass},
		{"a mutant lived", run2(func(r *Run) { r.Mutants = &Mutants{Unmutated: Pass, Rows: []Mutant{{}}} }, Pass, Pass),
			Conformant, ExitFailed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Summarize(tt.run); got.Conclusion != tt.want || got.ExitCode != tt.exit {
				t.Errorf("got %q, exit %d; want %q, exit %d (%s)", got.Conclusion, got.ExitCode, tt.want, tt.exit,
					got.Sentence())
			}
		})
	}
}

func TestMatrixCells(t *testing.T) {
	run := run2(func(r *Run) {
		r.Profiles = []string{"srs1", "srs6"}
		r.Requirements = append(r.Requirements, Requirement{ID: "C", Level: Must, Profiles: []string{"srs6"}},
			Requirement{ID: "D", Level: Must, LevelIn: map[string]Level{"srs1": Should}})
		r.Scenarios = append(r.Scenarios, Scenario{Profile: "srs1", Requirements: []string{"D"}, Verdict: Fail},
			Scenario{Profile: "srs6", Requirements: []string{"D"}, Verdict: Fail}, Scenario{Profile: "other",
				Requirements: []string{"A"}, Verdict: Fail})
		// A scenario that came later decides nothing beside others, and a later requirement is a MAY.
		r.Requirements = append(r.Requirements, Requirement{ID: "E", Level: Must, Profiles: []string{"srs6"}},
			Requirement{ID: "F", Level: May, Profiles: []string{"srs6"}})
		for id, v := range map[string]Verdict{"E": NotRun, "F": Fail} {
			r.Scenarios = append(r.Scenarios, Scenario{Profile: "srs6", Requirements: []string{id}, Verdict: v,
				Unscored: true})
		}
		r.Scenarios = append(r.Scenarios, Scenario{Profile: "srs6", Requirements: []string{"E"}, Verdict: Pass})
	}, Pass, Warn, NotRun)
	got := map[string][]Verdict{}
	for _, r := range Matrix(run) {
		for _, c := range r.Cells {
			got[r.ID] = append(got[r.ID], c.Verdict)
		}
	}
	want := map[string][]Verdict{"A": {NotRun, NotRun}, "B": {Warn, NotRun}, "C": {"", NotRun}, "D": {Warn, Fail},
		"E": {"", Pass}, "F": {"", Warn}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestDiffOfSets: a change of verdict may come from a change of requirements.
func TestDiffOfSets(t *testing.T) {
	of := func(set string) *Run { return run2(func(r *Run) { r.RequirementSet = set }, Pass, Fail) }
	for _, c := range []struct{ a, b, want string }{
		{"2026-11", "2026-11", ""}, {"2026-11", "2027-03", "those of 2026-11, then of 2027-03"}, {"", "2026-11",
			"those of an older set, then of 2026-11"},
	} {
		var out strings.Builder
		if err := WriteDiff(&out, of(c.a), of(c.b)); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); strings.Contains(got, "The requirements") != (c.want != "") ||
			!strings.Contains(got, c.want) {
			t.Errorf("%q and %q: got %s", c.a, c.b, got)
		}
	}
}

func TestDiff(t *testing.T) {
	a, b := run2(nil, Pass, Fail), run2(func(r *Run) { r.Profiles = append(r.Profiles, "srs6") }, Fail, Pass)
	want := []Change{
		{"A", "srs1", Must, Pass, Fail, []ScenarioChange{{a.Scenarios[0].ID, Pass, Fail}}}, {"A", "srs6", Must, "",
			NotRun, nil},
		{"B", "srs1", Should, Warn, Pass, []ScenarioChange{{a.Scenarios[1].ID, Fail, Pass}}}, {"B", "srs6", Should, "",
			NotRun, nil},
	}
	got := Diff(a, b)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for i, worse := range []bool{true, true, false, true} {
		if got[i].Worse() != worse {
			t.Errorf("%v: Worse is %t", got[i], !worse)
		}
	}
	if back := Diff(b, a); len(back) != 4 || back[3].After != "" {
		t.Errorf("the other way: %v, want what only the first run has at the end", back)
	}
	swapped := Diff(run2(nil, Pass, Pass, Fail), run2(nil, Fail, Pass, Pass))
	if len(swapped) != 1 || swapped[0].Before != Fail || swapped[0].After != Fail || len(swapped[0].Scenarios) != 2 ||
		!swapped[0].Worse() {
		t.Errorf("another scenario of the same requirement fails: %v, want the two scenarios, for the worse", swapped)
	}
	if same := Diff(a, a); len(same) != 0 {
		t.Errorf("a run differs from itself: %v", same)
	}
}
