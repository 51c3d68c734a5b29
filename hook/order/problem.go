package order

import (
	"fmt"
	"time"

	"hookproof/hook"
)

// Verdict says whether the evidence is conclusive.
type Verdict uint8

// The verdicts of a Problem.
const (
	Fail         Verdict = iota
	Inconclusive         // the times are closer than the clocks' uncertainty
)

// String names the verdict.
func (v Verdict) String() string {
	if v == Inconclusive {
		return "inconclusive"
	}
	return "fail"
}

// Kind is the kind of a problem.
type Kind uint8

// The kinds.
const (
	Missing      Kind = iota + 1 // an event that must precede this one, or end the client, did not come
	Doubled                      // the event came again, and is due once
	AfterRefusal                 // an event other than on_close after a refusal
	AfterClose                   // an event after on_close
	Overlap                      // sent before the event before it was answered
	Late                         // a closing event came too late
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
	ID      string // requirement, as in "S-ORD-01"
	Also    string // a second requirement that it breaks; may be empty
	Client  string // client_id
	Verdict Verdict
	Kind    Kind
	Event   hook.Event // the event that revealed it; at the end of a run on_close, which is due
	At      time.Time  // arrival of that event; zero at the end of a run

	Expected, Seen string // in words

	byRole bool // ID depends on whether the client turns out to publish or to play
}

// Concerns reports whether the problem breaks that requirement.
func (p *Problem) Concerns(id string) bool { return p.ID == id || p.Also == id }

// String describes the problem on one line.
func (p Problem) String() string {
	mark := ""
	if p.Verdict == Inconclusive {
		mark = " (inconclusive)"
	}
	return fmt.Sprintf("%s%s: client %q: expected %s, seen %s", p.ID, mark, p.Client, p.Expected, p.Seen)
}
