package mutantrun

import (
	"bytes"
	"context"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/mutant"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/reports"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	rtmptarget.ServeAsChild()
	goleak.VerifyTestMain(m)
}

// trial gives the trial of the mutant with that name.
func trial(t *testing.T, name string, p *hook.Profile) *Trial {
	t.Helper()
	trials, err := Trials(Options{Name: name, Profiles: []string{p.Name}})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(trials, func(tr *Trial) bool { return tr.Mutant.Name == name })
	if i < 0 {
		t.Fatalf("no mutant %s in %s", name, p)
	}
	return trials[i]
}

// Defects of each kind: of the requests, of the answers, of the RTMP side.
func TestRun(t *testing.T) {
	trials := []*Trial{trial(t, "no-content-type", hook.SRS7), trial(t, "admits-empty", hook.SRS1), trial(t, "pending-player-served", hook.SRS7)}
	var done []*Trial
	run, err := Run(t.Context(), Options{Parallel: 2, Clients: 8, Scale: 1, Seed: 1, Done: func(tr *Trial) { done = append(done, tr) }}, trials)
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

// What 100 clients leave behind need not be much to be seen: the memory of the
// server is looked at until it decides.
func TestSmallLeak(t *testing.T) {
	cases, err := features.Cases(features.RoleServer)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		leak int // bytes a client
		want reports.Verdict
	}{{0, reports.Pass}, {16 << 10, reports.Fail}} {
		tr := trial(t, "memory-left", hook.SRS7)
		tr.Mutant.Leak = c.leak
		chosen := map[string]bool{}
		for _, k := range cases {
			chosen[k.ID] = k.Has(size)
		}
		o := Options{Clients: 100}
		if err := tr.look(t.Context(), &o, chosen, 1); err != nil {
			t.Fatal(err)
		}
		for _, s := range tr.scenarios() {
			if s.Verdict != c.want {
				t.Errorf("%d bytes a client: %s", c.leak, reports.FailureText(&s, reports.Style{}))
			}
		}
		if len(tr.order) != 1 {
			t.Errorf("%d scenarios", len(tr.order))
		}
	}
}

// A defect that its row does not tell of right lives, however often it is
// looked at.
func TestRunOfWrongRow(t *testing.T) {
	tr := trial(t, "no-content-type", hook.SRS7)
	tr.Mutant.Expected = []string{"S-REQ-05"}
	run, err := Run(t.Context(), Options{Clients: 8, Scale: 1, Seed: 1}, []*Trial{tr})
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
	trials := []*Trial{trial(t, "no-content-type", hook.SRS7), trial(t, "admits-empty", hook.SRS1)}
	run, err := Run(ctx, Options{Parallel: 1, Clients: 8, Scale: 1, Seed: 1, Done: func(*Trial) { cancel() }}, trials)
	if err != nil || !run.Interrupted || len(run.Mutants.Rows) != 1 || !run.Mutants.Rows[0].Caught {
		t.Errorf("%+v, %v", run.Mutants, err)
	}
}

func TestTrials(t *testing.T) {
	all, err := Trials(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(mutant.Table); len(all) < n+2 || len(all) > 2*n+2 || !all[0].unmutated() || !all[1].unmutated() {
		t.Errorf("%d trials of %d mutants, the first of %s", len(all), n, all[0].Mutant.Name)
	}
	for _, c := range []struct {
		name string
		o    Options
		want string
	}{
		{"no such mutant", Options{Name: "no-such"}, `no mutant matches "no-such"`},
		{"not in that profile", Options{Name: "param-cut", Profiles: []string{"srs1"}}, "no mutant matches"},
		{"no such profile", Options{Profiles: []string{"srs2"}}, "want one of srs1, srs7"},
	} {
		if _, err := Trials(c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q in it", c.name, err, c.want)
		}
	}
	if none, err := Trials(Options{Name: "none"}); err != nil || len(none) != 2 {
		t.Errorf("the proxies alone: %d trials, %v", len(none), err)
	}
}

func TestChoose(t *testing.T) {
	cases, err := features.Cases(features.RoleServer)
	if err != nil {
		t.Fatal(err)
	}
	tr := trial(t, "no-content-type", hook.SRS7)
	tr.Mutant.Expected = []string{"S-ANS-02"}
	count := map[string]int{}
	total := map[string]int{}
	chosen := tr.choose(cases, false)
	for _, c := range cases {
		if c.Profile != "srs7" || c.Has(slow) || c.Has(own) || c.Has(size) {
			continue
		}
		total[c.Requirements[0]]++
		if chosen[c.ID] {
			count[c.Requirements[0]]++
		}
	}
	for id, n := range total {
		want := 1
		if id == "S-ANS-02" {
			want = n
		}
		if count[id] != want {
			t.Errorf("%s: %d cases chosen of %d, want %d", id, count[id], n, want)
		}
	}
	tr.Mutant.Slow = true
	for id := range tr.choose(cases, false) {
		i := slices.IndexFunc(cases, func(c features.Case) bool { return c.ID == id })
		if !chosen[id] && !cases[i].Has(slow) {
			t.Errorf("a slow mutant alone faces %s, which is not slow", id)
		}
		delete(chosen, id)
	}
	if len(chosen) > 0 {
		t.Errorf("a slow mutant does not face %v, another does", chosen)
	}
}

// What came out wrong is looked at again, and with what looks back at the
// others the others.
func TestDoubtful(t *testing.T) {
	cases, err := features.Cases(features.RoleServer)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		wrong string // tag of the case that did not pass
		want  int    // cases to look at again
	}{{last, 3}, {own, 1}} {
		tr := trial(t, "no-content-type", hook.SRS7)
		tr.results, tr.Failed = map[string]reports.Scenario{}, []string{"S-REQ-04"}
		for _, tag := range []string{last, own, size} {
			i := slices.IndexFunc(cases, func(k features.Case) bool { return k.Profile == "srs7" && k.Has(tag) })
			s := reports.Scenario{ID: cases[i].ID, Requirements: cases[i].Requirements, Verdict: reports.Pass}
			if tag == c.wrong {
				s.Verdict = reports.Fail
			}
			tr.results[s.ID], tr.order = s, append(tr.order, s.ID)
		}
		if got := tr.doubtful(cases); len(got) != c.want {
			t.Errorf("%s: %v", c.wrong, got)
		}
	}
}

// judged makes a trial of results given as "ID" or "ID verdict".
func judged(m mutant.Mutant, results ...string) *Trial {
	tr := &Trial{Mutant: m, Profile: hook.SRS7, results: map[string]reports.Scenario{}}
	for _, r := range results {
		id, verdict, _ := strings.Cut(r, " ")
		s := reports.Scenario{ID: r, Requirements: []string{id}, Verdict: reports.Verdict(verdict)}
		if verdict == "" {
			s.Verdict = reports.Pass
		}
		tr.results[r] = s
		tr.order = append(tr.order, r)
	}
	tr.judge()
	return tr
}

func TestJudge(t *testing.T) {
	m := mutant.Mutant{Name: "m", Expected: []string{"S-REQ-01", "S-REQ-04"}, May: []string{"S-ORD-*"}}
	for _, c := range []struct {
		name    string
		results []string
		detail  string // "" is caught
	}{
		{"as it must", []string{"S-REQ-01 fail", "S-REQ-04 warn", "S-ANS-01"}, ""},
		{"one of several cases", []string{"S-REQ-01 fail", "S-REQ-01", "S-REQ-04 warn"}, ""},
		{"and as it may", []string{"S-REQ-01 fail", "S-REQ-04 warn", "S-ORD-01 fail", "S-ORD-02 inconclusive"}, ""},
		{"unseen", []string{"S-REQ-01", "S-REQ-04 warn"}, "did not fail: S-REQ-01"},
		{"not run", []string{"S-REQ-04 warn"}, "did not fail: S-REQ-01"},
		{"undecided", []string{"S-REQ-01 inconclusive", "S-REQ-04 warn"}, "did not fail: S-REQ-01"},
		{"another, too", []string{"S-REQ-01 fail", "S-REQ-04 warn", "S-ANS-01 fail"}, "S-ANS-01 fail: fail"},
		{"another undecided", []string{"S-REQ-01 fail", "S-REQ-04 warn", "S-ANS-01 inconclusive"}, "inconclusive"},
		{"an error of the harness", []string{"S-REQ-01 fail", "S-REQ-04 warn", "S-ORD-01 error"}, "S-ORD-01 error"},
	} {
		tr := judged(m, c.results...)
		if tr.Caught != (c.detail == "") || !strings.Contains(tr.Detail, c.detail) {
			t.Errorf("%s: caught: %v, %q; want %q", c.name, tr.Caught, tr.Detail, c.detail)
		}
	}
}

func TestMatrix(t *testing.T) {
	m := mutant.Mutant{Name: "loses-things", Expected: []string{"S-ORD-01", "S-ORD-10"}, May: []string{"S-CON-*"}}
	trials := []*Trial{
		judged(mutant.Unmutated, "S-REQ-01", "S-KEY-12", "S-CON-06"),
		judged(m, "S-ORD-01 fail", "S-ORD-10", "S-ORD-13", "S-CON-01 fail", "S-CON-02", "S-ANS-10 fail"),
	}
	var b bytes.Buffer
	if err := WriteMatrix(&b, trials); err != nil {
		t.Fatal(err)
	}
	golden := "testdata/matrix.txt"
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("got\n%swant\n%s", b.Bytes(), want)
	}
}
