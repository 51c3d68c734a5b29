package reports

// Verdict is what a scenario, or a requirement in one profile, came to.
type Verdict string

// The verdicts. Pass and Fail speak of the target; Inconclusive speaks of the
// evidence, Error of the harness.
const (
	Pass           Verdict = "pass"
	Fail           Verdict = "fail"            // a MUST was broken
	Warn           Verdict = "warn"            // a SHOULD or MAY was missed
	Unstable       Verdict = "unstable"        // failed, and passed when it was played again; Reason has the share
	NotRun         Verdict = "not run"         // Reason says why
	NotApplicable  Verdict = "not applicable"  // the target has nothing that it could be about; Reason says what
	KnownFailing   Verdict = "known failing"   // failed, and was listed as such
	UnexpectedPass Verdict = "unexpected pass" // passed, but was listed as failing
	Inconclusive   Verdict = "inconclusive"    // the evidence does not decide
	Error          Verdict = "error"           // the harness itself went wrong
)

// NoEvidence is the reason of a recorded scenario that cannot be judged again,
// since nothing was kept of what happened in it.
const NoEvidence = "no evidence"

// Verdicts lists all verdicts, worst first. Where several scenarios speak of
// one requirement, the first of this list that one of them has is taken. A
// requirement that was only partly run is therefore "not run", never "pass".
var Verdicts = []Verdict{Fail, Unstable, Error, KnownFailing, Inconclusive, UnexpectedPass, Warn, NotRun, Pass,
	NotApplicable}

// Valid reports whether v is one of Verdicts.
func (v Verdict) Valid() bool { return v.rank() < len(Verdicts) }

// rank is v's place in Verdicts, len(Verdicts) for an unknown one.
func (v Verdict) rank() int {
	for i, w := range Verdicts {
		if v == w {
			return i
		}
	}
	return len(Verdicts)
}

// worse returns the worse of two verdicts; the empty verdict is better than all.
func worse(a, b Verdict) Verdict {
	if b.rank() < a.rank() {
		return b
	}
	return a
}

// Conclusion is the verdict on the whole run.
type Conclusion string

// The conclusions. Only a run in which every MUST of every profile was decided
// and held is Conformant.
const (
	Conformant    Conclusion = "conformant"
	NotConformant Conclusion = "not conformant" // a MUST failed, listed as known or not
	Partial       Conclusion = "partial"        // nothing failed, but a MUST was not run or not decided
	RunError      Conclusion = "error"          // the harness went wrong, or nothing ran
)

// Level is RFC 2119's word for a requirement.
type Level string

// The levels.
const (
	Must   Level = "must"
	Should Level = "should"
	May    Level = "may"
)

// Origin says where a requirement comes from.
type Origin string

// The origins: written in the protocol document, or observed on a real server.
const (
	Document Origin = "document"
	Observed Origin = "observed"
)
