package reports

import "time"

// Scenario is the result of one scenario, or of one row of an outline, in one
// profile. ID and Profile together name it in a run; both are the same in every
// run of the same suite, so that runs can be compared.
type Scenario struct {
	ID           string        `json:"id"` // stable key: "answers/S-ANS-02/refused-on_play/202"
	Profile      string        `json:"profile"`
	Requirements []string      `json:"requirements"` // ids; at least one
	Feature      string        `json:"feature"`
	Rule         string        `json:"rule,omitempty"` // the requirement's sentence as the feature has it
	Name         string        `json:"name"`
	Case         string        `json:"case,omitempty"` // the outline's case column
	Tags         []string      `json:"tags,omitempty"`
	Location     string        `json:"location,omitempty"` // "features/rtmpserver/answers.feature:41"
	Unscored     bool          `json:"unscored,omitempty"` // no part of the run's set of requirements: it came later
	Verdict      Verdict       `json:"verdict"`
	Reason       string        `json:"reason,omitempty"`   // why not run, inconclusive, error, known failing
	Attempts     []Verdict     `json:"attempts,omitempty"` // of each time that it was played, where it was repeated
	Started      time.Time     `json:"started"`
	Duration     time.Duration `json:"duration_ns"`
	// Cause is what the failure comes from: scenarios of one cause are shown as one.
	Cause   string   `json:"cause,omitempty"`
	Steps   []Step   `json:"steps,omitempty"`
	Failure *Failure `json:"failure,omitempty"`
	Actors  []Actor  `json:"actors,omitempty"`

	// Observations are the scenario's evidence in order of time. They are
	// written to events.ndjson, not to report.json.
	Observations []Observation `json:"-"`
}

// Title is the scenario's name with its outline case.
func (s *Scenario) Title() string {
	if s.Case == "" {
		return s.Name
	}
	return s.Name + " – " + s.Case
}

// StepStatus is how one step of a scenario ended.
type StepStatus string

// The step statuses.
const (
	StepPassed    StepStatus = "passed"
	StepFailed    StepStatus = "failed"
	StepSkipped   StepStatus = "skipped"
	StepUndefined StepStatus = "undefined"
)

// Step is one line of Gherkin and how it went.
type Step struct {
	Keyword   string        `json:"keyword"` // "Given", without blanks
	Text      string        `json:"text"`
	DocString string        `json:"doc_string,omitempty"`
	Table     [][]string    `json:"table,omitempty"` // rows of cells
	Status    StepStatus    `json:"status"`
	Duration  time.Duration `json:"duration_ns"`
	Error     string        `json:"error,omitempty"`
}

// Failure says what was expected and what was seen instead.
type Failure struct {
	Requirement string `json:"requirement,omitempty"` // the id that was broken; "" means all of the scenario's
	Expected    string `json:"expected"`
	Seen        string `json:"seen"`
	Evidence    []int  `json:"evidence,omitempty"` // numbers (Observation.N) of the scenario's observations
	Detail      string `json:"detail,omitempty"`   // more lines: the ten clients that mismatch, say
}

// Actor is one scripted client of a scenario.
type Actor struct {
	Name     string `json:"name"`
	ClientID string `json:"client_id,omitempty"` // as the server named it in its hooks
	Role     string `json:"role,omitempty"`      // "publisher", "player"
	// what the endpoint said and what became of it: "refused at on_publish"
	Verdict string `json:"verdict,omitempty"`
}
