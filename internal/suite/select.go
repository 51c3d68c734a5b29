package suite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hookproof/features"
)

// Selection says which cases are run. Its zero value is all of them.
type Selection struct {
	Profiles []string // none: all
	IDs      []string // of requirements; none: all
	Tags     string   // tag expression; "" is all
	Name     string   // part of a case's id; "" is all
	// Feature is a feature file to run in place of the suite's own; nil: those.
	Feature *Feature
	// Set is the version of the set of requirements; "" is the newest. What came later is played and not scored.
	Set string
	// Only, when not nil, is asked last.
	Only func(*features.Case) bool
}

// Feature is a feature file: its scenarios are made of the suite's steps.
type Feature struct {
	Name string // as reports show it
	Text []byte
}

// String returns the selection as it was asked for; "" for everything.
func (s Selection) String() string {
	var parts []string
	if s.Feature != nil {
		parts = append(parts, "-feature "+s.Feature.Name)
	}
	if len(s.IDs) > 0 {
		parts = append(parts, "-id "+strings.Join(s.IDs, ","))
	}
	if s.Tags != "" {
		parts = append(parts, fmt.Sprintf("-tags %q", s.Tags))
	}
	if s.Name != "" {
		parts = append(parts, fmt.Sprintf("-name %q", s.Name))
	}
	return strings.Join(parts, " ")
}

// Select returns the cases of a role that are asked for. An id, tag or profile
// that does not exist is an error, and so is a selection of nothing.
func (s Selection) Select(role string) ([]features.Case, error) {
	all, err := s.cases(role)
	if err != nil {
		return nil, err
	}
	for _, p := range s.Profiles {
		if !slices.Contains(features.Profiles, p) {
			return nil, fmt.Errorf("profile %q: want one of %s", p, strings.Join(features.Profiles, ", "))
		}
	}
	if err := knownIDs(s.IDs); err != nil {
		return nil, err
	}
	holds, err := s.tags(all)
	if err != nil {
		return nil, err
	}
	var picked []features.Case
	for _, c := range all {
		c.Unscored = c.Later(s.set())
		if (len(s.Profiles) == 0 || slices.Contains(s.Profiles, c.Profile)) && s.wants(&c) && holds(c.Has) {
			picked = append(picked, c)
		}
	}
	if len(picked) == 0 {
		return nil, fmt.Errorf("no scenario matches %s%s", cmp.Or(s.String(), "what is tested"), s.of())
	}
	return picked, nil
}

// of names the profiles, if any; srs8, say, has scenarios for hook servers only.
func (s Selection) of() string {
	if len(s.Profiles) == 0 {
		return ""
	}
	return " in " + strings.Join(s.Profiles, ", ")
}

// set is the version of the set of requirements.
func (s Selection) set() string { return cmp.Or(s.Set, features.Version()) }

// cases lists what is selected from.
func (s Selection) cases(role string) ([]features.Case, error) {
	if s.Feature == nil {
		return features.Cases(role)
	}
	return features.CasesOf(s.Feature.Name, s.Feature.Text, role)
}

func (s Selection) wants(c *features.Case) bool {
	if !strings.Contains(c.ID, s.Name) || s.Only != nil && !s.Only(c) {
		return false
	}
	return len(s.IDs) == 0 || slices.ContainsFunc(c.Requirements,
		func(id string) bool { return slices.Contains(s.IDs, id) })
}

func knownIDs(ids []string) error {
	for _, id := range ids {
		if features.Requirement(id) == nil {
			return fmt.Errorf("no requirement %q (-list shows them)", id)
		}
	}
	return nil
}

func (s Selection) tags(all []features.Case) (tagExpr, error) {
	if strings.TrimSpace(s.Tags) == "" {
		return func(func(string) bool) bool { return true }, nil
	}
	expr, named, err := parseTags(s.Tags)
	if err != nil {
		return nil, err
	}
	for _, tag := range named {
		if !slices.ContainsFunc(all, func(c features.Case) bool { return c.Has(tag) }) {
			return nil, fmt.Errorf("no scenario carries the tag @%s", tag)
		}
	}
	return expr, nil
}
