package mutant

import (
	"context"
	"path"
	"slices"

	"hookproof/hook"
	"hookproof/internal/scenario"
)

// Peer is what a row runs in place of the software under test.
type Peer interface {
	// Role returns features.RoleServer or features.RoleHookServer.
	Role() string
	// Open starts the peer and returns it as a target, whose Close stops it.
	// Its time-outs are multiplied by scale.
	Open(ctx context.Context, p *hook.Profile, scale float64) (scenario.Target, error)
}

// A Row is one peer and what the suite must say of it. A mutant has one planted
// defect, which the suite must catch; a variant differs in a legal way, of
// which the suite must not accuse it.
type Row struct {
	Name   string // unique within its role; lower case, words joined by hyphens
	Defect string // what the mutant does wrong, or the variant differently; one sentence
	// Variant says that the row is a variant: Expected are warnings then.
	Variant bool
	// Profiles are the profiles in which the difference can be seen; none: all.
	Profiles []*hook.Profile
	// Expected are the requirements that must fail (or be missed, where they
	// are no MUST).
	Expected []string
	// May are those that can fail along with them: ids, or patterns as in
	// path.Match ("S-ORD-*").
	May []string
	// NotRun are those that must not be judged, since what they need does not
	// hold: ids or patterns.
	NotRun []string
	// Headline is part of the sentence that heads the report.
	Headline string
	// Slow says that scenarios that wait long (@slow) are among those that show
	// the defect; Memory, those that look at the server's memory (@memory).
	Slow, Memory bool
	// Silent says that what scenarios wait for does not come: the first look has
	// half as much patience. Patient rows need the full time limits at once.
	Silent, Patient bool
	// Crowd is how many clients show the defect under load, at least.
	Crowd int
	Peer  Peer
}

// Sound is the name of the rows without a difference: everything must pass.
const Sound = "none"

// sound reports whether the row has no difference.
func (r *Row) sound() bool { return r.Name == Sound }

// In reports whether the row can be seen in a profile.
func (r *Row) In(p *hook.Profile) bool {
	return len(r.Profiles) == 0 || slices.Contains(r.Profiles, p)
}

// Allows reports whether a requirement may fail on the peer: one that must, or
// one that can along with it.
func (r *Row) Allows(id string) bool {
	return slices.Contains(r.Expected, id) || matches(r.May, id)
}

// matches reports whether an id matches one of the patterns.
func matches(patterns []string, id string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, _ := path.Match(pattern, id) // a test checks the patterns
		return ok
	})
}
