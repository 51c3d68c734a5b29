package hookmutant

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	"hookproof/features"
	"hookproof/reports"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Table {
		switch {
		case m.Name == "" || m.Defect == "" || len(m.Expected) == 0 || m.plant == nil:
			t.Errorf("%q: a part of the row is missing", m.Name)
		case seen[m.Name]:
			t.Errorf("%q: twice", m.Name)
		case strings.ToLower(m.Name) != m.Name || strings.ContainsAny(m.Name, " _"):
			t.Errorf("%q: want lower case and hyphens", m.Name)
		}
		seen[m.Name] = true
		for _, id := range m.Expected {
			if r := features.Requirement(id); r == nil || r.Role != features.RoleHookServer || !m.Allows(id) {
				t.Errorf("%s: %q is no requirement of role H", m.Name, id)
			}
		}
	}
	if len(Table) < 25 {
		t.Errorf("%d mutants; want 25 at least", len(Table))
	}
}

// Every requirement of role H is broken by one mutant at least.
func TestTableCoversRequirements(t *testing.T) {
	broken := map[string]bool{}
	for _, m := range Table {
		for _, id := range m.Expected {
			broken[id] = true
		}
	}
	for _, r := range features.Requirements() {
		if r.Role == features.RoleHookServer && !broken[r.ID] {
			t.Errorf("no mutant breaks %s", r.ID)
		}
	}
}

// Each mutant is caught by the requirements that its row names, and by no
// others; the server without a defect passes.
// A choice of them: all are looked at by conformance hook-mutants.
func TestMutantsAreCaught(t *testing.T) {
	o := Options{Seed: 1, Parallel: 2, Newest: true, Clients: 20,
		Names: []string{"accepts-all", "zero-and-newline", "token-prefix", "dies-of-nesting"}}
	o.Done = func(m reports.Mutant, _ int) {
		if !m.Caught {
			t.Errorf("%s (%s): expected %v, failed %v\n%s", m.Name, m.Profile, m.Expected, m.Failed, m.Detail)
		}
		t.Logf("%s (%s): %v", m.Name, m.Profile, m.Duration)
	}
	got, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got.Unmutated != reports.Pass {
		t.Errorf("the server without a defect: %s", got.Unmutated)
	}
}
