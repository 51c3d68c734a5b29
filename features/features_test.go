package features

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"hookproof/hook"
	"hookproof/reports"
)

// TestProfiles: the suite runs in every profile that there is.
func TestProfiles(t *testing.T) {
	if got, want := strings.Join(scored, ", "), hook.ProfileNames(); got != want {
		t.Errorf("want the profiles of package hook, %s, got %s", want, got)
	}
	for i, p := range hook.Previews() {
		if len(previews) != len(hook.Previews()) || previews[i] != p.Name {
			t.Errorf("want the previews of package hook, %v, got %v", hook.Previews(), previews)
		}
	}
}

func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Requirements() {
		if seen[r.ID] {
			t.Errorf("%s stands there twice", r.ID)
		}
		seen[r.ID] = true
		if !slices.Contains([]reports.Level{reports.Must, reports.Should, reports.May}, r.Level) {
			t.Errorf("%s: level %q", r.ID, r.Level)
		}
		if r.Origin != reports.Document && r.Origin != reports.Observed {
			t.Errorf("%s: origin %q", r.ID, r.Origin)
		}
		if r.Sentence == "" || r.Source == "" || r.Role == "" {
			t.Errorf("%s: sentence, source and role must be there: %+v", r.ID, r)
		}
		if !strings.HasPrefix(r.ID, strings.SplitN(r.Section, ":", 2)[0]+"-") {
			t.Errorf("%s stands in the section %q", r.ID, r.Section)
		}
	}
	if len(seen) < 70 {
		t.Errorf("only %d requirements", len(seen))
	}
}

// Every requirement has a scenario in each profile that it holds in, and no
// scenario is outside a rule: what an id promises is tested.
func TestEveryRequirementHasAScenario(t *testing.T) {
	for _, role := range []string{RoleServer, RoleHookServer} {
		cases, err := Cases(role)
		if err != nil {
			t.Fatal(err)
		}
		covered := map[string]bool{}
		for _, c := range cases {
			for _, id := range c.Requirements {
				covered[id+" "+c.Profile] = true
				r := Requirement(id)
				if r.Role != role {
					t.Errorf("%s: %s is of role %s", c.ID, id, r.Role)
				}
				if !r.Holds(c.Profile) && !slices.Contains(previews, c.Profile) {
					t.Errorf("%s runs in %s, where %s does not hold", c.ID, c.Profile, id)
				}
			}
		}
		for _, r := range Requirements() {
			for _, p := range Profiles {
				if r.Role == role && r.Holds(p) && !covered[r.ID+" "+p] {
					t.Errorf("%s has no scenario in profile %s", r.ID, p)
				}
			}
		}
	}
}

var ruleForm = regexp.MustCompile(`^([SH]-[A-Z]{2,3}-\d\d) (MUST|SHOULD|MAY): \S`)

func TestRulesStateTheirRequirement(t *testing.T) {
	for _, role := range []string{RoleServer, RoleHookServer} {
		cases, err := Cases(role)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			m := ruleForm.FindStringSubmatch(c.Rule)
			if m == nil {
				t.Errorf("%s:%d: the rule %q does not have the form \"S-ORD-01 MUST: …\"", c.URI, c.Line, c.Rule)
				continue
			}
			if m[1] != c.Requirements[0] || strings.ToLower(m[2]) != string(c.Level) {
				t.Errorf("%s:%d: the rule %q is tagged %s %s", c.URI, c.Line, c.Rule, c.Requirements[0], c.Level)
			}
			if want := Requirement(m[1]).LevelFor(c.Profile); c.Level == reports.Must && want != reports.Must {
				t.Errorf("%s:%d: tagged %s; the catalogue says %s in %s", c.URI, c.Line, c.Level, want, c.Profile)
			}
		}
	}
}

func TestScenarioNamesAreUniqueInAFile(t *testing.T) {
	for _, role := range []string{RoleServer, RoleHookServer} {
		cases, err := Cases(role)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]string{}
		for _, c := range cases {
			k := c.Key + c.Profile
			if other, ok := seen[k]; ok {
				t.Errorf("%s and %s have the same name and tags in one file: %q", other, c.ID, c.Name)
			}
			seen[k] = c.ID
		}
	}
}

func TestCatalogueHasAVersion(t *testing.T) {
	if v := Version(); v < "2026-11" {
		t.Errorf("the set of requirements has the version %q", v)
	}
	for _, text := range []string{"sections: []", "version: eleven\nsections: []", "version: 2026-13\nsections: []",
		"version: 2026-11\nearlier: [2026-11]\nsections: []", "version: 2026-11\nearlier: [2026-12]\nsections: []",
		"version: 2026-11\nsections: [{id: S, requirements: [{id: S-X-01, since: 2026-10}]}]"} {
		if _, err := parseCatalogue([]byte(text)); err == nil {
			t.Errorf("%q is taken for a catalogue", text)
		}
	}
}

// TestLater: what came with a later set of requirements is no part of an earlier one.
func TestLater(t *testing.T) {
	first := Requirements()[0].ID
	for _, c := range []struct {
		tags []string
		set  string
		want bool
	}{
		{nil, "2026-11", false}, {[]string{"since-2026-12"}, "2026-11", true},
		{[]string{"since-2026-12"}, "2026-12", false},
		{[]string{"since-2026-12"}, "2027-01", false},
	} {
		k := Case{Tags: c.tags, Requirements: []string{first}}
		if got := k.Later(c.set); got != c.want {
			t.Errorf("tags %v in the set %s: later is %v, want %v", c.tags, c.set, got, c.want)
		}
	}
}

// TestSinceTags: a scenario's set is one that can be asked for.
func TestSinceTags(t *testing.T) {
	for _, role := range []string{RoleServer, RoleHookServer} {
		cases, err := Cases(role)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			for _, tag := range c.Tags {
				if v, ok := strings.CutPrefix(tag, sinceTag); ok && !slices.Contains(Versions(), v) {
					t.Errorf("%s: @%s: want one of %v", c.ID, tag, Versions())
				}
			}
		}
	}
}
