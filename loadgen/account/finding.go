package account

import (
	"cmp"
	"fmt"
	"slices"
)

// Kind is a sort of finding.
type Kind string

// The kinds. Each is a counter of the same name in thresholds, as "hooks lost".
const (
	Lost           Kind = "lost"              // an event did not come
	Doubled        Kind = "doubled"           // it came more often than it should
	OutOfOrder     Kind = "out_of_order"      // the events are there, their order is wrong, or they overlap
	Unexpected     Kind = "unexpected"        // an event that should not have come at all
	Late           Kind = "late"              // answered late, or closing events that came late
	FalseAccept    Kind = "false_accepts"     // a client that was to be refused was let in
	FalseRefusal   Kind = "false_refusals"    // one that was to be let in was refused
	FrameToRefused Kind = "frames_to_refused" // a refused player got a frame, or a player one of a refused publisher
)

// Kinds lists all kinds in the order of reports.
var Kinds = []Kind{Lost, Doubled, OutOfOrder, Unexpected, Late, FalseAccept, FalseRefusal, FrameToRefused}

// Title says for people what a kind is.
func (k Kind) Title() string {
	switch k {
	case OutOfOrder:
		return "out of order"
	case FalseAccept:
		return "false accepts"
	case FalseRefusal:
		return "false refusals"
	case FrameToRefused:
		return "refused clients that got a frame"
	}
	return string(k)
}

// Finding is one thing that is wrong with one client's hooks.
type Finding struct {
	Client      string `json:"client"` // as Name returns it
	Kind        Kind   `json:"kind"`
	Event       string `json:"event,omitempty"` // on_unpublish
	Requirement string `json:"requirement,omitempty"`
	ClientID    string `json:"client_id,omitempty"` // as the server calls it
	Text        string `json:"text"`
}

// String returns the finding in one line.
func (f Finding) String() string {
	id := ""
	if f.Requirement != "" {
		id = " [" + f.Requirement + "]"
	}
	return fmt.Sprintf("%s: %s: %s%s", f.Client, f.Kind.Title(), f.Text, id)
}

// Bounds of the findings that are kept; all are counted.
const (
	maxFindings = 1000 // of one kind
	MaxFindings = maxFindings * 8
)

// Books are the result of the accounting.
type Books struct {
	Clients  int            `json:"clients"`  // that were accounted
	Expected map[string]int `json:"expected"` // events that had to come, by event
	Seen     map[string]int `json:"seen"`     // events that came, by event
	Counts   map[Kind]int   `json:"counts"`   // findings, by kind
	Findings []Finding      `json:"findings"` // the first 1,000 of each kind
	Foreign  int            `json:"foreign"`  // requests of nobody in this test
}

// add notes a finding.
func (b *Books) add(f Finding) {
	b.Counts[f.Kind]++
	if b.Counts[f.Kind] <= maxFindings {
		b.Findings = append(b.Findings, f)
	}
}

// Total is the number of all findings.
func (b *Books) Total() (n int) {
	for _, v := range b.Counts {
		n += v
	}
	return n
}

// sort puts findings in the order of kinds, then clients.
func (b *Books) sort() {
	slices.SortStableFunc(b.Findings, func(x, y Finding) int {
		return cmp.Or(
			cmp.Compare(slices.Index(Kinds, x.Kind), slices.Index(Kinds, y.Kind)),
			cmp.Compare(x.Client, y.Client))
	})
}
