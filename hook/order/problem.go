package order

import (
	"fmt"
	"time"

	"hookproof/hook"
)

// Verdict says whether the evidence decides.
type Verdict uint8

// The verdicts of a Problem.
const (
	Fail         Verdict = iota
	Inconclusive         // times touch within the clocks' uncertainty
)

// String names the verdict.
func (v Verdict) String() string {
	if v == Inconclusive {
		return "inconclusive"
	}
	return "fail"
}

// Kind is the sort of a problem.
type Kind uint8

// The kinds.
const (
	Missing      Kind = iota + 1 // an event that lies before this one, or ends the client, did not come
	Doubled                      // the event came before, and is due once
	AfterRefusal                 // the client was refused: only on_close may follow
	AfterClose                   // on_close was the last event
	Overlap                      // sent before the event before it was answered
	Late                         // closing events came, but too late
	NoID                         // client_id is empty
	URLMissed                    // not all URLs of an event were called
)

var kindNames = [...]string{
	Missing: "missing", Doubled: "doubled", AfterRefusal: "after refusal", AfterClose: "after close",
	Overlap: "overlap", Late: "late", NoID: "no client_id", URLMissed: "URL not called",
}

// String names the kind.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Problem is one breach of one client's order.
type Problem struct {
	ID      string // requirement: "S-ORD-01"
	Also    string // a further requirement that it breaks; may be empty
	Client  string // client_id
	Verdict Verdict
	Kind    Kind
	Event   hook.Event // the event that showed it; at the end of a run on_close, which is due
	At      time.Time  // that event's arrival; zero at the end of a run

	Expected, Seen string // for people

	byRole bool // ID follows from whether the client turns out to publish or to play
}

// Concerns reports whether the problem breaks that requirement.
func (p *Problem) Concerns(id string) bool { return p.ID == id || p.Also == id }

// String gives all of it in one line.
func (p Problem) String() string {
	mark := ""
	if p.Verdict == Inconclusive {
		mark = " (inconclusive)"
	}
	return fmt.Sprintf("%s%s: client %q: expected %s, seen %s", p.ID, mark, p.Client, p.Expected, p.Seen)
}
