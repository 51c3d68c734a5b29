package reports

import "time"

// SchemaVersion is the version of report.json and events.ndjson that this
// package writes. It grows when a field changes its meaning or goes; new fields
// do not change it.
const SchemaVersion = 1

// Run is one run of the suite: what was tested, how, and what came out.
// Durations in it are nanoseconds in JSON (fields named …_ns).
type Run struct {
	SchemaVersion int    `json:"schema_version"`
	Tool          string `json:"tool"`    // "hookproof conformance"
	Version       string `json:"version"` // of the tool
	Command       string `json:"command,omitempty"`
	// Repeat is the command's arguments without those that select scenarios;
	// credentials are ***.
	Repeat      []string  `json:"repeat,omitempty"`
	Started     time.Time `json:"started"`
	Ended       time.Time `json:"ended"`
	Interrupted bool      `json:"interrupted,omitempty"` // ended by a signal or a deadline
	Error       string    `json:"error,omitempty"`       // why the run could not be done, or not to its end

	// Headline is one sentence that says more of the target than the counts do:
	// "refuses nobody: …", "the server died of …". It is on the first screen of
	// every report; "" if there is nothing to say.
	Headline string `json:"headline,omitempty"`

	Target       Target        `json:"target"`
	Profiles     []string      `json:"profiles"` // that the run asked for, in the order shown
	Options      Options       `json:"options"`
	Requirements []Requirement `json:"requirements"` // the catalogue, in the order shown
	// RequirementSet is the version of the catalogue: "2026-11".
	RequirementSet string `json:"requirement_set,omitempty"`

	Scenarios []Scenario `json:"scenarios"`
	Mutants   *Mutants   `json:"mutants,omitempty"`
	Evidence  []Evidence `json:"evidence,omitempty"` // the files that the writers of a directory made

	// Observations are those that belong to no scenario: the probe before the
	// suite, the harness starting and stopping. They go to events.ndjson.
	Observations []Observation `json:"-"`
}

// TargetKind is what kind of target was tested.
type TargetKind string

// The kinds of targets.
const (
	TargetBuiltIn TargetKind = "built-in" // our own server
	TargetRTMP    TargetKind = "rtmp"     // somebody's RTMP server (role S)
	TargetHooks   TargetKind = "hooks"    // somebody's hook server (role H)
)

// Target says what was tested.
type Target struct {
	Kind        TargetKind `json:"kind"`
	URL         string     `json:"url,omitempty"`
	Description string     `json:"description,omitempty"` // version banner, say
	// Covers lists the events that the verdict speaks of, where the target does not take all of them.
	Covers []string `json:"covers,omitempty"`
}

// Options are the settings that a run depends on, enough to repeat it.
type Options struct {
	Seed    int64 `json:"seed"`
	Clients int   `json:"clients"` // in scenarios under load
	// Between is likewise, in the profiles between the oldest and the newest of the run; 0: as many.
	Between      int     `json:"clients_between,omitempty"`
	TimeoutScale float64 `json:"timeout_scale"` // 1 is the default
	Parallel     int     `json:"parallel"`
	Selection    string  `json:"selection,omitempty"` // "" is all; else as asked for: "-id S-ANS-04"
}

// Requirement is one row of the catalogue.
type Requirement struct {
	ID       string   `json:"id"`      // "S-ANS-04"
	Section  string   `json:"section"` // "3. Answers"
	Level    Level    `json:"level"`
	Role     string   `json:"role"`     // "S" the RTMP server, "H" the hook server
	Profiles []string `json:"profiles"` // that it holds in
	Sentence string   `json:"sentence"`
	Source   string   `json:"source,omitempty"`
	Origin   Origin   `json:"origin,omitempty"`
	Since    string   `json:"since,omitempty"` // the set of requirements that it came with; "" is the first

	// LevelIn overrides Level in single profiles (S-KEY-09 is a MUST in srs6
	// and a SHOULD in srs1).
	LevelIn map[string]Level `json:"level_in,omitempty"`
}

// LevelFor returns the requirement's level in a profile.
func (r *Requirement) LevelFor(profile string) Level {
	if l, ok := r.LevelIn[profile]; ok {
		return l
	}
	return r.Level
}

// Holds reports whether the requirement holds in a profile. One that names no
// profile holds in all.
func (r *Requirement) Holds(profile string) bool {
	for _, p := range r.Profiles {
		if p == profile {
			return true
		}
	}
	return len(r.Profiles) == 0
}

// Mutants is what the suite's proof of itself came to: each planted defect and
// the requirements that noticed it.
type Mutants struct {
	Unmutated Verdict  `json:"unmutated"` // of the same scenarios with no defect
	Rows      []Mutant `json:"rows"`
}

// Mutant is one planted defect. It is caught if exactly the expected
// requirements failed.
type Mutant struct {
	Name     string        `json:"name"`
	Defect   string        `json:"defect"`
	Profile  string        `json:"profile,omitempty"`
	Expected []string      `json:"expected"` // ids that must fail
	Failed   []string      `json:"failed"`   // ids that did
	Caught   bool          `json:"caught"`   // of a variant: it was not accused of anything else
	Variant  bool          `json:"variant,omitempty"`
	Detail   string        `json:"detail,omitempty"`
	Duration time.Duration `json:"duration_ns,omitempty"`
}
