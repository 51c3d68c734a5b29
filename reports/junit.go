package reports

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"hookproof/internal/redact"
)

// The elements of junit.xml: those that the schema of Jenkins' xUnit plugin
// (junit-10.xsd) has, where it has them. GitLab and GitHub read the same ones.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
		took     time.Duration
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
		took       time.Duration
	}
	junitCase struct {
		Name      string        `xml:"name,attr"`
		Class     string        `xml:"classname,attr"`
		Time      string        `xml:"time,attr"`
		Skipped   *junitOutcome `xml:"skipped"`
		Error     *junitOutcome `xml:"error"`
		Failure   *junitOutcome `xml:"failure"`
		SystemOut string        `xml:"system-out,omitempty"`
		took      time.Duration
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitOutcome struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
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
	doc := junitSuites{Name: xmlText(run.Tool)}
	if run.Error != "" {
		doc.add(run, "run", []junitCase{{Name: "the run", Class: "run", Time: junitSeconds(0),
			Error: &junitOutcome{Type: string(Error), Message: xmlText(run.Error), Text: xmlText(run.Error)}}})
	}
	for _, p := range run.Profiles {
		var cases []junitCase
		for i := range run.Scenarios {
			if s := &run.Scenarios[i]; s.Profile == p {
				cases = append(cases, junitTestCase(s, section))
			}
		}
		if len(cases) > 0 || run.Mutants == nil {
			doc.add(run, p, cases)
		}
	}
	if m := run.Mutants; m != nil {
		doc.add(run, "mutants", m.junitCases())
	}
	return doc.write(w)
}

// add adds a suite, and what it comes to, to the whole.
func (d *junitSuites) add(run *Run, name string, cases []junitCase) {
	suite := junitSuite{Name: xmlText(run.Tool + " " + name), Timestamp: run.Started.UTC().Format("2006-01-02T15:04:05"),
		Properties: runProperties(run, name), Cases: cases}
	for i := range cases {
		suite.count(&cases[i])
	}
	suite.Time = junitSeconds(suite.took)
	d.Tests += suite.Tests
	d.Failures += suite.Failures
	d.Errors += suite.Errors
	d.took += suite.took
	d.Suites = append(d.Suites, suite)
}

func (d *junitSuites) write(w io.Writer) error {
	d.Time = junitSeconds(d.took)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(d); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func runProperties(run *Run, suite string) []junitProperty {
	sum := Summarize(run)
	return []junitProperty{
		{"target", xmlText(strings.TrimSpace(string(run.Target.Kind) + " " + run.Target.URL))},
		{"suite", xmlText(suite)},
		{"version", xmlText(run.Version)},
		{"seed", fmt.Sprint(run.Options.Seed)},
		{"result", xmlText(sum.heading(run).Words)},
	}
}

// junitCases are the trials: a test case for each planted defect.
func (m *Mutants) junitCases() []junitCase {
	var cases []junitCase
	for _, r := range m.Rows {
		c := junitCase{Name: xmlText(r.Name), Class: xmlText(strings.TrimSpace(r.Profile + ".mutants")), took: r.Duration, Time: junitSeconds(r.Duration),
			SystemOut: xmlText(fmt.Sprintf("defect: %s\nmust fail: %s\nfailed: %s\n", r.Defect, strings.Join(r.Expected, " "), orDash(strings.Join(r.Failed, " "))))}
		if !r.Caught {
			c.Failure = &junitOutcome{Type: "lived", Message: xmlText(fmt.Sprintf("lived: want %s to fail, got %s",
				strings.Join(r.Expected, " "), orDash(strings.Join(r.Failed, " ")))), Text: xmlText(r.Detail)}
		}
		cases = append(cases, c)
	}
	return cases
}

func junitTestCase(s *Scenario, section map[string]string) junitCase {
	class := ""
	if len(s.Requirements) > 0 {
		class = section[s.Requirements[0]]
	}
	if class == "" {
		class = className(uncatalogued)
	}
	c := junitCase{
		Name:      xmlText(strings.Join(s.Requirements, " ") + " " + s.Title()),
		Class:     xmlText(s.Profile + "." + class),
		Time:      junitSeconds(s.Duration),
		SystemOut: xmlText(fmt.Sprintf("id: %s\nverdict: %s\nat: %s\n", s.ID, s.Verdict, orDash(s.Location))),
		took:      s.Duration,
	}
	switch s.Verdict {
	case Pass:
	case Warn:
		c.SystemOut += xmlText("warning: " + s.Reason + "\n" + explain(s))
	case NotRun, NotApplicable:
		c.Skipped = &junitOutcome{Message: xmlText(string(s.Verdict) + ": " + s.Reason)}
	case KnownFailing:
		c.Skipped = &junitOutcome{Message: xmlText("known failing: " + s.Reason), Text: xmlText(explain(s))}
	case UnexpectedPass:
		c.Failure = &junitOutcome{Type: string(s.Verdict), Message: "passed, but is listed as known failing"}
	case Fail:
		c.Failure = &junitOutcome{Type: xmlText(s.broken()), Message: xmlText(headline(s)), Text: xmlText(explain(s))}
	default:
		c.Error = &junitOutcome{Type: xmlText(string(s.Verdict)), Message: xmlText(string(s.Verdict) + ": " + headline(s)), Text: xmlText(explain(s))}
	}
	return c
}

func (u *junitSuite) count(c *junitCase) {
	u.Tests++
	u.took += c.took
	switch {
	case c.Failure != nil:
		u.Failures++
	case c.Error != nil:
		u.Errors++
	case c.Skipped != nil:
		u.Skipped++
	}
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

func junitSeconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// xmlText replaces what XML 1.0 cannot hold, by escapes that can be read.
func xmlText(s string) string {
	bad := func(r rune) bool {
		return r == utf8.RuneError || r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff
	}
	if strings.IndexFunc(s, bad) < 0 {
		return s
	}
	return visible(strings.ReplaceAll(s, "\t", "    "), true)
}
