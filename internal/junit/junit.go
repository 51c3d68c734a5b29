// Package junit writes junit.xml: the elements that the schema of Jenkins'
// xUnit plugin (junit-10.xsd) has, where it has them. GitLab and GitHub read
// the same ones.
package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"hookproof/internal/redact"
)

// Suites is the whole document.
type Suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     Text     `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Time     Seconds  `xml:"time,attr"`
	Suites   []Suite  `xml:"testsuite"`
}

// Suite is a group of test cases.
type Suite struct {
	Name       Text       `xml:"name,attr"`
	Tests      int        `xml:"tests,attr"`
	Failures   int        `xml:"failures,attr"`
	Errors     int        `xml:"errors,attr"`
	Skipped    int        `xml:"skipped,attr"`
	Time       Seconds    `xml:"time,attr"`
	Timestamp  string     `xml:"timestamp,attr"`
	Properties []Property `xml:"properties>property"`
	Cases      []Case     `xml:"testcase"`
}

// Case is one test: it passed unless it has an outcome.
type Case struct {
	Name      Text     `xml:"name,attr"`
	Class     Text     `xml:"classname,attr"`
	Time      Seconds  `xml:"time,attr"`
	Skipped   *Outcome `xml:"skipped"`
	Error     *Outcome `xml:"error"`
	Failure   *Outcome `xml:"failure"`
	SystemOut Text     `xml:"system-out,omitempty"`
}

// Property is something known of a suite.
type Property struct {
	Name  string `xml:"name,attr"`
	Value Text   `xml:"value,attr"`
}

// Outcome is why a test case did not pass.
type Outcome struct {
	Message Text `xml:"message,attr"`
	Type    Text `xml:"type,attr,omitempty"`
	Text    Text `xml:",chardata"`
}

// Add adds a suite, and what it comes to, to the whole.
func (d *Suites) Add(name string, started time.Time, properties []Property, cases []Case) {
	s := Suite{Name: Text(name), Timestamp: started.UTC().Format("2006-01-02T15:04:05"), Properties: properties,
		Cases: cases}
	for i := range cases {
		s.count(&cases[i])
	}
	d.Tests += s.Tests
	d.Failures += s.Failures
	d.Errors += s.Errors
	d.Time += s.Time
	d.Suites = append(d.Suites, s)
}

func (s *Suite) count(c *Case) {
	s.Tests++
	s.Time += c.Time
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
}

// Write writes the document.
func (d *Suites) Write(w io.Writer) error {
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

// Seconds is a duration as the schema has it.
type Seconds time.Duration

// MarshalText writes three digits after the point.
func (s Seconds) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%.3f", time.Duration(s).Seconds()), nil
}

// UnmarshalText reads what MarshalText writes.
func (s *Seconds) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text) + "s")
	*s = Seconds(d)
	return err
}

// Text is any text. What XML 1.0 cannot hold is written as escapes that can be read.
type Text string

// MarshalText replaces what XML cannot hold.
func (t Text) MarshalText() ([]byte, error) {
	s := string(t)
	bad := func(r rune) bool {
		return r == utf8.RuneError || r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0xfffe ||
			r == 0xffff
	}
	if strings.IndexFunc(s, bad) >= 0 {
		s = redact.Lines(strings.ReplaceAll(s, "\t", "    "))
	}
	return []byte(s), nil
}
