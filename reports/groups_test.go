package reports

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// crowded is a run with one cause behind many scenarios, named and not, and
// with scenarios that were not run for two reasons.
func crowded() *Run {
	run := sampleRun()
	run.Headline = "refuses nobody: each of 12 clients that it says it refuses was let on"
	add := func(id, c, profile string, v Verdict, cause, reason string, f *Failure) {
		s := sampleScenario(Requirement{ID: id}, profile, c, 1)
		s.Verdict, s.Cause, s.Reason, s.Failure = v, cause, reason, f
		run.Scenarios = append(run.Scenarios, s)
	}
	for i := range 32 {
		add("S-ANS-02", fmt.Sprint("case ", i), "srs6", Fail, "", "",
			&Failure{Expected: "the client to be off", Seen: fmt.Sprintf("client %d stays", i)})
	}
	add("S-REQ-04", "warned", "srs6", Warn, "", "", &Failure{Expected: "Content-Type", Seen: "none"})
	add("S-ORD-01", "a", "srs1", Fail, "on_connect is sent twice", "", &Failure{Expected: "one", Seen: "two"})
	add("S-ORD-03", "b", "srs6", Fail, "on_connect is sent twice", "",
		&Failure{Expected: "none at once", Seen: "two at once"})
	for i := range 7 {
		add("S-ORD-06", fmt.Sprint(i), "srs6", NotRun, "", "no HTTP API was given (-api)", nil)
	}
	add("S-ORD-07", "x", "srs6", NotRun, "", "cannot be shut down from here", nil)
	return run
}

func TestGroups(t *testing.T) {
	var got []string
	groups := Groups(crowded())
	for _, g := range groups {
		got = append(got, fmt.Sprintf("%s %s +%d", g.Verdict, g.broken(), len(g.More)))
	}
	if s, want := strings.Join(got, ", "), "fail S-ORD-01 +1, fail S-ANS-02 +31, warn S-REQ-04 +0"; s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	if s, want := groups[0].alike(crowded()),
		"1 more alike: srs6 S-ORD-03 The b is told apart from others – b"; s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestSkips(t *testing.T) {
	var got []string
	for _, k := range Skips(crowded()) {
		got = append(got, k.Words())
	}
	want := "7 scenarios: no HTTP API was given (-api) (S-ORD-06)\n1 scenario: cannot be shut down from here (S-ORD-07)"
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("got:\n%s\nwant:\n%s", s, want)
	}
}

// TestOneCauseOnce: each report shows the headline on its first screen, a
// cause once, and an equal reason once.
func TestOneCauseOnce(t *testing.T) {
	run := crowded()
	for name, write := range map[string]func(*bytes.Buffer) error{
		"terminal": func(b *bytes.Buffer) error { return WriteResult(b, run, Style{}) },
		"markdown": func(b *bytes.Buffer) error { return WriteMarkdown(b, run) },
		"html":     func(b *bytes.Buffer) error { return WriteHTML(b, run) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if name == "html" {
			_, text, _ = strings.Cut(text, "<body>")
			text, _, _ = strings.Cut(text, "<main")
		}
		first := text
		if lines := strings.SplitAfterN(text, "\n", 25); len(lines) == 25 {
			first = strings.Join(lines[:24], "")
		}
		if !strings.Contains(first, "refuses nobody") {
			t.Errorf("%s: no headline on the first screen:\n%s", name, first)
		}
		for what, want := range map[string]int{"client 0 stays": 1, "client 1 stays": 0, "31 more alike": 1,
			"no HTTP API was given": 1} {
			if got := strings.Count(text, what); got != want {
				t.Errorf("%s: %q is there %d times, want %d", name, what, got, want)
			}
		}
		// After the matrix of tiles, which names every requirement.
		if order, cause := strings.Index(text, "two"), strings.Index(text, "client 0 stays"); order < 0 ||
			order > cause {
			t.Errorf("%s: the causes are not in the catalogue's order", name)
		}
	}
}
