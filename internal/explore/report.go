package explore

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hookproof/features"
	"hookproof/internal/explore/oracle"
	"hookproof/internal/explore/program"
	"hookproof/reports"
)

// Tool is the name of the exploration in its reports.
const Tool = "hookproof conformance explore"

// Done is what an exploration in one profile came to.
type Done struct {
	Profile    string
	Counters   Counters
	Undecided  string // why nothing can be said of some programs
	Violations []*Violation
}

// Report makes the result of explorations: a scenario for each violation, and one for
// each requirement that no program broke.
func Report(o Options, scale float64, all []Done) *reports.Run {
	run := &reports.Run{SchemaVersion: reports.SchemaVersion, Tool: Tool, Started: o.Started, Ended: time.Now(),
		RequirementSet: features.Version(), Options: reports.Options{Seed: o.Seed, Clients: o.Clients,
			TimeoutScale: scale, Parallel: o.Parallel}}
	for _, id := range oracle.IDs {
		if r := features.Requirement(id); r != nil {
			run.Requirements = append(run.Requirements, *r)
		}
	}
	for _, d := range all {
		run.Profiles = append(run.Profiles, d.Profile)
		for _, r := range run.Requirements {
			if r.Holds(d.Profile) {
				run.Scenarios = append(run.Scenarios, d.scenarios(&r)...)
			}
		}
	}
	return run
}

// scenarios returns what became of a requirement.
func (d *Done) scenarios(r *reports.Requirement) (all []reports.Scenario) {
	for _, v := range d.Violations {
		if v.Requirement == r.ID {
			all = append(all, v.scenario(r))
		}
	}
	if len(all) > 0 {
		return all
	}
	s := reports.Scenario{ID: "explore/" + r.ID, Profile: d.Profile, Requirements: []string{r.ID}, Feature: feature,
		Rule: r.Sentence, Name: fmt.Sprintf("none of %d programs breaks it", d.Counters.Programs),
		Verdict: reports.Pass}
	if d.Counters.Programs == d.Counters.Undecided {
		s.Verdict, s.Reason = reports.NotRun, "no program was played and judged"
		if d.Undecided != "" {
			s.Reason += ": " + d.Undecided
		}
	}
	return []reports.Scenario{s}
}

const feature = "Found by conformance explore"

// scenario is a violation as reports show it.
func (v *Violation) scenario(r *reports.Requirement) reports.Scenario {
	s := reports.Scenario{ID: "explore/" + v.Name(), Profile: v.Profile, Requirements: []string{r.ID}, Feature: feature,
		Rule: r.Sentence, Name: fmt.Sprintf("%s, by program %d (seed %d), made %d steps small", v.Cause, v.Number,
			v.Seed, len(v.Program)), Started: v.Started, Duration: v.Took, Failure: v.Finding.Failure(),
		Actors: v.Actors, Observations: v.Evidence, Verdict: reports.Fail}
	s.Failure.Requirement = r.ID
	if r.LevelFor(v.Profile) != reports.Must {
		s.Verdict = reports.Warn
	}
	if v.Unstable() {
		s.Verdict, s.Reason = reports.Unstable, fmt.Sprintf("failed %d of %d times when it was played again", v.Failed,
			v.Replays)
	}
	for _, st := range slices.Concat(v.Program, program.Ending) {
		s.Steps = append(s.Steps, reports.Step{Keyword: "When", Text: st.String(), Status: reports.StepPassed})
	}
	last := &s.Steps[len(s.Steps)-1]
	last.Keyword, last.Status, last.Error = "Then", reports.StepFailed, v.Finding.Error()
	return s
}

// Name names a violation, fit for a file: "S-CON-04-two-live".
func (v *Violation) Name() string {
	return v.Requirement + "-" + strings.ReplaceAll(strings.ToLower(v.Cause), " ", "-")
}

// Scenario returns a violation as a feature that the suite runs.
func (v *Violation) Scenario(command string) *program.Scenario {
	s := &program.Scenario{Program: v.Program, Requirement: v.Requirement, Profile: v.Profile, Level: "must"}
	if r := features.Requirement(v.Requirement); r != nil {
		s.Sentence, s.Level = r.Sentence, string(r.LevelFor(v.Profile))
	}
	how := fmt.Sprintf("Failed %d of %d times when it was played again.", v.Failed, v.Replays)
	if v.Unstable() {
		how = "Unstable: f" + how[1:]
	}
	s.Comment = []string{"Found by: " + command, fmt.Sprintf("Program %d, seed %d, %d steps as it was drawn.", v.Number,
		v.Seed, len(v.Drawn)), how, "As it was drawn, seen first: " + v.First.Error(),
		"Expected " + v.Finding.Expected, "Seen: " + v.Finding.Seen,
		"Play it again: conformance explore -replay FILE, or conformance -feature FILE"}
	for i, line := range s.Comment {
		s.Comment[i] = strings.Join(strings.Fields(line), " ")
	}
	return s
}
