package reports

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"hookproof/internal/junit"
	"hookproof/internal/redact"
)

// WriteJUnit writes junit.xml as GitHub, GitLab and Jenkins read it: a suite for
// each profile, a test case for each scenario, its class the section of the
// protocol. What was not run and what is known to fail is skipped; inconclusive
// scenarios are errors, for they make the run fail and are no verdict on the
// target. A run that could not be done is a test case with an error; of mutants
// each trial is a test case. Characters that XML cannot hold are written as escapes.
func WriteJUnit(w io.Writer, run *Run) error {
	section := map[string]string{}
	for _, q := range run.Requirements {
		section[q.ID] = className(q.Section)
	}
	doc := junit.Suites{Name: junit.Text(run.Tool)}
	add := func(name string, cases []junit.Case) {
		doc.Add(run.Tool+" "+name, run.Started, runProperties(run, name), cases)
	}
	if run.Error != "" {
		add("run", []junit.Case{{Name: "the run", Class: "run",
			Error: &junit.Outcome{Type: junit.Text(Error), Message: junit.Text(run.Error),
				Text: junit.Text(run.Error)}}})
	}
	for _, p := range run.Profiles {
		var cases []junit.Case
		for i := range run.Scenarios {
			if s := &run.Scenarios[i]; s.Profile == p {
				cases = append(cases, junitTestCase(s, section))
			}
		}
		if len(cases) > 0 || run.Mutants == nil {
			add(p, cases)
		}
	}
	if m := run.Mutants; m != nil {
		add("mutants", m.junitCases())
	}
	return doc.Write(w)
}

func runProperties(run *Run, suite string) []junit.Property {
	sum := Summarize(run)
	return []junit.Property{
		{Name: "target", Value: junit.Text(strings.TrimSpace(string(run.Target.Kind) + " " + run.Target.URL))},
		{Name: "suite", Value: junit.Text(suite)},
		{Name: "version", Value: junit.Text(run.Version)},
		{Name: "seed", Value: junit.Text(fmt.Sprint(run.Options.Seed))},
		{Name: "result", Value: junit.Text(sum.heading(run).Words)},
	}
}

// junitCases are the trials: a test case for each planted defect.
func (m *Mutants) junitCases() []junit.Case {
	var cases []junit.Case
	for _, r := range m.Rows {
		c := junit.Case{Name: junit.Text(r.Name), Class: junit.Text(strings.TrimSpace(r.Profile + ".mutants")),
			Time: junit.Seconds(r.Duration),
			SystemOut: junit.Text(fmt.Sprintf("defect: %s\nmust fail: %s\nfailed: %s\n", r.Defect,
				strings.Join(r.Expected, " "),
				orDash(strings.Join(r.Failed, " "))))}
		if !r.Caught {
			c.Failure = &junit.Outcome{Type: "lived", Message: junit.Text(fmt.Sprintf("lived: want %s to fail, got %s",
				strings.Join(r.Expected, " "), orDash(strings.Join(r.Failed, " ")))), Text: junit.Text(r.Detail)}
		}
		cases = append(cases, c)
	}
	return cases
}

func junitTestCase(s *Scenario, section map[string]string) junit.Case {
	class := ""
	if len(s.Requirements) > 0 {
		class = section[s.Requirements[0]]
	}
	if class == "" {
		class = className(uncatalogued)
	}
	c := junit.Case{
		Name:      junit.Text(strings.Join(s.Requirements, " ") + " " + s.Title()),
		Class:     junit.Text(s.Profile + "." + class),
		Time:      junit.Seconds(s.Duration),
		SystemOut: junit.Text(fmt.Sprintf("id: %s\nverdict: %s\nat: %s\n", s.ID, s.Verdict, orDash(s.Location))),
	}
	switch s.Verdict {
	case Pass:
	case Warn:
		c.SystemOut += junit.Text("warning: " + s.Reason + "\n" + explain(s))
	case NotRun, NotApplicable:
		c.Skipped = &junit.Outcome{Message: junit.Text(string(s.Verdict) + ": " + s.Reason)}
	case KnownFailing:
		c.Skipped = &junit.Outcome{Message: junit.Text("known failing: " + s.Reason), Text: junit.Text(explain(s))}
	case UnexpectedPass:
		c.Failure = &junit.Outcome{Type: junit.Text(s.Verdict), Message: "passed, but is listed as known failing"}
	case Fail, Unstable:
		c.Failure = &junit.Outcome{Type: junit.Text(s.broken()), Message: junit.Text(headline(s)),
			Text: junit.Text(explain(s))}
	default:
		c.Error = &junit.Outcome{Type: junit.Text(string(s.Verdict)),
			Message: junit.Text(string(s.Verdict) + ": " + headline(s)), Text: junit.Text(explain(s))}
	}
	return c
}

// headline is why a scenario did not pass, in one line: what was seen first.
func headline(s *Scenario) string {
	if f := s.Failure; f != nil && f.Expected != "" {
		return s.broken() + ": " + redact.Clip(f.Seen, 1000) + "; expected " + redact.Clip(f.Expected, 1000)
	}
	return cmp.Or(redact.Clip(s.saw(), 1000), s.broken())
}

// explain is everything that is known of a scenario that did not pass, in lines.
func explain(s *Scenario) string {
	var b strings.Builder
	if f := s.Failure; f != nil {
		fmt.Fprintf(&b, "seen: %s\nexpected (%s): %s\n", f.Seen, s.broken(), f.Expected)
		for _, e := range s.evidence() {
			b.WriteString("evidence: " + e + "\n")
		}
		if f.Detail != "" {
			b.WriteString(strings.TrimRight(f.Detail, "\n") + "\n")
		}
	}
	for _, st := range s.Steps {
		fmt.Fprintf(&b, "%-9s %s %s\n", st.Status, st.Keyword, st.Text)
		if st.Error != "" && s.Failure == nil {
			b.WriteString("          " + st.Error + "\n")
		}
	}
	return b.String()
}

// className makes a section's name fit for a class: without its number and dots.
func className(section string) string {
	section = strings.TrimLeft(section, "0123456789. ")
	if section = strings.ReplaceAll(section, ".", " "); section == "" {
		return "Requirements"
	}
	return section
}
