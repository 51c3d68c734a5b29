package mutant

import (
	"bytes"
	"context"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/scenario"
	"hookproof/reports"
)

var update = flag.Bool("update", false, "write the golden files anew")

// rtmpPeer is an RTMP server that is never opened.
type rtmpPeer struct{}

func (rtmpPeer) Role() string { return features.RoleServer }

func (rtmpPeer) Open(context.Context, *hook.Profile, float64) (scenario.Target, error) {
	return nil, nil
}

func TestChoose(t *testing.T) {
	cases, err := features.Cases(features.RoleServer)
	if err != nil {
		t.Fatal(err)
	}
	tr := &Trial{Row: Row{Name: "m", Expected: []string{"S-REQ-04"}, Peer: rtmpPeer{}}, Profile: hook.SRS6}
	tr.Row.Expected = []string{"S-ANS-02"}
	count := map[string]int{}
	total := map[string]int{}
	chosen := tr.choose(cases, false)
	for _, c := range cases {
		if c.Profile != "srs6" || c.Has(slow) || c.Has(own) || c.Has(size) || c.Has(viewers) {
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
	tr.Row.Slow = true
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
		tr := &Trial{Row: Row{Name: "m", Expected: []string{"S-REQ-04"}, Peer: rtmpPeer{}}, Profile: hook.SRS6}
		tr.results, tr.Failed = map[string]reports.Scenario{}, []string{"S-REQ-04"}
		for _, tag := range []string{last, own, size} {
			i := slices.IndexFunc(cases, func(k features.Case) bool { return k.Profile == "srs6" && k.Has(tag) })
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

// judged makes a trial of results given as "ID", "ID verdict" or "ID verdict (reason".
func judged(m Row, results ...string) *Trial {
	m.Peer = rtmpPeer{}
	tr := &Trial{Row: m, Profile: hook.SRS6, results: map[string]reports.Scenario{}}
	for _, r := range results {
		id, verdict, _ := strings.Cut(r, " ")
		verdict, reason, _ := strings.Cut(verdict, " (")
		s := reports.Scenario{ID: r, Requirements: []string{id}, Verdict: reports.Verdict(verdict), Reason: reason}
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
	m := Row{Name: "m", Expected: []string{"S-REQ-01", "S-REQ-04"}, May: []string{"S-ORD-*"},
		NotRun: []string{"S-CFG-*"}}
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
		{"not judged for what must fail", []string{"S-REQ-01 fail", "S-REQ-04 warn",
			"S-ANS-01 not run (needs S-REQ-01"}, ""},
		{"not judged for something else", []string{"S-REQ-01 fail", "S-REQ-04 warn",
			"S-ANS-01 not run (needs S-ORD-01"}, "needs S-ORD-01"},
		{"not to be judged", []string{"S-REQ-01 fail", "S-REQ-04 warn", "S-CFG-01 not run (because"}, ""},
		{"judged all the same", []string{"S-REQ-01 fail", "S-REQ-04 warn", "S-CFG-01"}, "S-CFG-01: pass"},
		{"not applicable", []string{"S-REQ-01 fail", "S-REQ-04 warn", "S-ANS-01 not applicable"}, ""},
		{"an error of the harness", []string{"S-REQ-01 fail", "S-REQ-04 warn", "S-ORD-01 error"}, "S-ORD-01 error"},
	} {
		tr := judged(m, c.results...)
		if tr.Caught != (c.detail == "") || !strings.Contains(tr.Detail, c.detail) {
			t.Errorf("%s: caught: %v, %q; want %q", c.name, tr.Caught, tr.Detail, c.detail)
		}
	}
}

func TestMatrix(t *testing.T) {
	m := Row{Name: "loses-things", Expected: []string{"S-ORD-01", "S-ORD-10"}, May: []string{"S-CON-*"}}
	trials := []*Trial{
		judged(Row{Name: Sound}, "S-REQ-01", "S-KEY-12", "S-CON-06"),
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
