package mutant_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/mutant"
	"hookproof/internal/mutant/hookdefect"
	"hookproof/internal/mutant/rtmpdefect"
	"hookproof/internal/scenario/rtmptarget"
)

func TestMain(m *testing.M) {
	rtmptarget.ServeAsChild()
	goleak.VerifyTestMain(m)
}

// rows are those of both roles.
func rows() []mutant.Row {
	return slices.Concat([]mutant.Row{rtmpdefect.Sound, hookdefect.Sound}, rtmpdefect.Table, hookdefect.Table)
}

// trial returns the trial of the row with that name.
func trial(t *testing.T, name string, p *hook.Profile) *mutant.Trial {
	t.Helper()
	trials, err := mutant.Trials(mutant.Options{Names: []string{name}, Profiles: []string{p.Name}}, rows())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(trials, func(tr *mutant.Trial) bool { return tr.Row.Name == name })
	if i < 0 {
		t.Fatalf("no mutant %s in %s", name, p)
	}
	return trials[i]
}

// Defects of each kind: of the requests, of the answers, of the RTMP side.
func TestRun(t *testing.T) {
	trials := []*mutant.Trial{trial(t, "no-content-type", hook.SRS6), trial(t, "admits-empty", hook.SRS1),
		trial(t, "pending-player-served", hook.SRS6)}
	var done []*mutant.Trial
	run, err := mutant.Run(t.Context(), mutant.Options{Parallel: 2, Clients: 8, Scale: 1, Seed: 1,
		Done: func(tr *mutant.Trial) { done = append(done, tr) }}, trials)
	if err != nil {
		t.Fatal(err)
	}
	if len(done) != len(trials) || len(run.Mutants.Rows) != len(trials) {
		t.Errorf("told of %d trials, %d rows; want %d", len(done), len(run.Mutants.Rows), len(trials))
	}
	for _, tr := range trials {
		if !tr.Caught {
			t.Errorf("%s", tr)
		}
	}
}

// A defect that its row does not tell of right lives, however often it is
// looked at.
func TestRunOfWrongRow(t *testing.T) {
	tr := trial(t, "no-content-type", hook.SRS6)
	tr.Row.Expected = []string{"S-REQ-05"}
	run, err := mutant.Run(t.Context(), mutant.Options{Clients: 8, Scale: 1, Seed: 1}, []*mutant.Trial{tr})
	if err != nil {
		t.Fatal(err)
	}
	if tr.Caught || !tr.Again || run.Mutants.AllCaught() || !slices.Equal(tr.Failed, []string{"S-REQ-04"}) {
		t.Errorf("caught: %v, a second look: %v, failed: %v", tr.Caught, tr.Again, tr.Failed)
	}
	for _, want := range []string{"did not fail: S-REQ-05", "S-REQ-04"} {
		if !strings.Contains(tr.Detail, want) {
			t.Errorf("%q is not in %q", want, tr.Detail)
		}
	}
}

// What an interrupted run did not get to is neither caught nor alive.
func TestInterruptedRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	trials := []*mutant.Trial{trial(t, "no-content-type", hook.SRS6), trial(t, "admits-empty", hook.SRS1)}
	run, err := mutant.Run(ctx, mutant.Options{Parallel: 1, Clients: 8, Scale: 1, Seed: 1,
		Done: func(*mutant.Trial) { cancel() }}, trials)
	if err != nil || !run.Interrupted || len(run.Mutants.Rows) != 1 || !run.Mutants.Rows[0].Caught {
		t.Errorf("%+v, %v", run.Mutants, err)
	}
}

func TestTrials(t *testing.T) {
	all, err := mutant.Trials(mutant.Options{}, rows())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(rows()); len(all) < n || len(all) > len(hook.Profiles())*n || all[0].Row.Name != mutant.Sound ||
		all[1].Row.Name != mutant.Sound {
		t.Errorf("%d trials of %d rows, the first of %s", len(all), n, all[0].Row.Name)
	}
	for _, c := range []struct {
		name string
		o    mutant.Options
		want string
	}{
		{"no such mutant", mutant.Options{Names: []string{"no-such"}}, `no mutant or variant matches "no-such"`},
		{"not in that profile", mutant.Options{Names: []string{"param-cut"}, Profiles: []string{"srs1"}},
			"no mutant or variant matches"},
		{"no such profile", mutant.Options{Profiles: []string{"srs2"}}, "want one of srs1, srs3"},
	} {
		if _, err := mutant.Trials(c.o, rows()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q in it", c.name, err, c.want)
		}
	}
	for _, c := range []struct {
		name string
		o    mutant.Options
		want int
	}{
		{"the sound servers alone", mutant.Options{Names: []string{"none"}}, 2 * len(hook.Profiles())},
		{"in their newest profile", mutant.Options{Names: []string{"none"}, Few: true}, 3},
		{"a variant in its newest profile", mutant.Options{Names: []string{"other-user-agent"}, Few: true}, 4},
		{"of one role", mutant.Options{Names: []string{"none"}, Role: features.RoleHookServer},
			len(hook.Profiles())},
		{"of several names", mutant.Options{Names: []string{"refuses-in-words", "no-content-type"},
			Profiles: []string{"srs6"}}, 4},
	} {
		if got, err := mutant.Trials(c.o, rows()); err != nil || len(got) != c.want {
			t.Errorf("%s: %d trials, %v; want %d", c.name, len(got), err, c.want)
		}
	}
}

// TestTable: each row is whole, each requirement is broken by one mutant at
// least, and in each profile that it holds in some row must be told by it.
func TestTable(t *testing.T) {
	seen, broken, told := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, r := range rows()[2:] {
		role := r.Peer.Role()
		switch key := role + " " + r.Name; {
		case r.Name == "" || r.Defect == "" || !r.Variant && len(r.Expected) == 0:
			t.Errorf("%q: a part of the row is missing", r.Name)
		case seen[key]:
			t.Errorf("%q: twice", r.Name)
		case strings.ToLower(r.Name) != r.Name || strings.ContainsAny(r.Name, " _"):
			t.Errorf("%q: want lower case and hyphens", r.Name)
		default:
			seen[key] = true
		}
		for _, id := range r.Expected {
			if q := features.Requirement(id); q == nil || q.Role != role || !r.Allows(id) {
				t.Errorf("%s: %q is no requirement of its role", r.Name, id)
			}
			broken[id] = broken[id] || !r.Variant
			for _, p := range hook.Profiles() {
				told[id+" in "+p.Name] = told[id+" in "+p.Name] || r.In(p)
			}
		}
	}
	for _, q := range features.Requirements() {
		if !broken[q.ID] {
			t.Errorf("no mutant breaks %s", q.ID)
		}
		for _, p := range hook.Profiles() {
			if q.Holds(p.Name) && !told[q.ID+" in "+p.Name] {
				t.Errorf("no mutant or variant is told by %s in %s", q.ID, p)
			}
		}
	}
}

// TestHookServers: a choice of hook servers; conformance mutants looks at all.
func TestHookServers(t *testing.T) {
	trials, err := mutant.Trials(mutant.Options{Role: features.RoleHookServer, Few: true,
		Names: []string{"accepts-all", "refuses-all", "zero-and-newline", "token-prefix", "token-optional",
			"one-key-of-two",
			"own-network-trusted", "dies-of-nesting", "one-url", "publishers-only", "players-only"}}, rows())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mutant.Run(t.Context(), mutant.Options{Seed: 1, Scale: 1, Clients: 24}, trials); err != nil {
		t.Fatal(err)
	}
	for _, tr := range trials {
		if !tr.Caught {
			t.Error(tr)
		}
	}
}
