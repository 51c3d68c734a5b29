package hookmutant

import (
	"path"
	"slices"

	"hookproof/hook"
)

// A Mutant is one row of Table: a hook server with a planted defect.
type Mutant struct {
	Name   string // unique; lower case, words joined by hyphens
	Defect string // what it does wrong, one sentence
	// Profiles are the profiles in which the defect can be seen; none: both.
	Profiles []*hook.Profile
	// Expected are the requirements that must fail.
	Expected []string
	// May are those that can fail along with them: ids, or patterns as in
	// path.Match ("H-RSP-*").
	May []string

	plant func(*parts)
	// silent: what is waited for does not come, so little time is given to it.
	silent bool
}

// In reports whether the mutant can be seen in a profile.
func (m *Mutant) In(p *hook.Profile) bool {
	return len(m.Profiles) == 0 || slices.Contains(m.Profiles, p)
}

// Allows reports whether a requirement may fail on the mutant: one that must,
// or one that can along with it.
func (m *Mutant) Allows(id string) bool {
	return slices.Contains(m.Expected, id) || slices.ContainsFunc(m.May, func(pattern string) bool {
		ok, _ := path.Match(pattern, id) // a test checks the patterns
		return ok
	})
}

// Unmutated is no defect at all.
var Unmutated = Mutant{Name: "none", Defect: "none: a hook server that conforms", plant: func(*parts) {}}
