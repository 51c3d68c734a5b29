package reports

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"hookproof/internal/junit"
)

func readJUnit(t *testing.T, run *Run) junit.Suites {
	t.Helper()
	var b bytes.Buffer
	if err := WriteJUnit(&b, run); err != nil {
		t.Fatal(err)
	}
	// Strict: each token, and no character that XML 1.0 does not have.
	for dec := xml.NewDecoder(bytes.NewReader(b.Bytes())); ; {
		if _, err := dec.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if i := strings.IndexFunc(b.String(), func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' || r == '\ufffd'
	}); i >= 0 {
		t.Errorf("a bad character at %d: %q", i, b.String()[max(0, i-40):i+10])
	}
	var doc junit.Suites
	if err := xml.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestJUnitCounts(t *testing.T) {
	run := failingRun()
	doc := readJUnit(t, run)
	if want := len(run.Scenarios) + len(run.Mutants.Rows); doc.Tests != want || doc.Failures != 4 || doc.Errors != 2 {
		t.Errorf("%d tests, %d failures, %d errors; want %d, 4, 2", doc.Tests, doc.Failures, doc.Errors, want)
	}
	names := map[string]bool{}
	for _, suite := range doc.Suites {
		for _, c := range suite.Cases {
			if key := string(c.Class + "|" + c.Name); names[key] {
				t.Errorf("two test cases are %s: a CI would take one for the other", key)
			} else {
				names[key] = true
			}
		}
	}
}

func TestJUnitOutcomes(t *testing.T) {
	cases := map[string]junit.Case{}
	for _, suite := range readJUnit(t, failingRun()).Suites {
		for _, c := range suite.Cases {
			_, verdict, _ := strings.Cut(string(c.SystemOut), "\nverdict: ")
			verdict, _, _ = strings.Cut(verdict, "\n")
			cases[string(c.Class)+" "+strings.Fields(string(c.Name))[0]+" "+verdict] = c
		}
	}
	refused := cases["srs6.Answers S-ANS-05 fail"]
	if refused.Failure == nil {
		t.Fatal("the refused player that got a frame is no failure")
	}
	if f := refused.Failure; f.Type != "S-ANS-05" ||
		!strings.HasPrefix(string(f.Message), "S-ANS-05: 2 messages: video") ||
		!strings.Contains(string(f.Text), "evidence: #24") ||
		!strings.Contains(string(f.Text), "failed    Then no audio or video reaches the player") {
		t.Errorf("the failure is told as %+v", f)
	}
	for key, is := range map[string]func(junit.Case) bool{
		"srs1.Order S-ORD-06 not run": func(c junit.Case) bool {
			return c.Skipped != nil && strings.Contains(string(c.Skipped.Message), "HTTP API")
		},
		"srs6.Requests S-KEY-10 known failing":  func(c junit.Case) bool { return c.Skipped != nil },
		"srs1.Requests S-ID-01 unexpected pass": func(c junit.Case) bool { return c.Failure != nil },
		"srs6.Order S-ORD-03 inconclusive": func(c junit.Case) bool {
			return c.Error != nil &&
				c.Error.Type == "inconclusive"
		},
		"srs1.Under concurrent load S-CON-06 error": func(c junit.Case) bool { return c.Error != nil },
		"srs6.Requests S-REQ-04 warn": func(c junit.Case) bool {
			return c.Failure == nil && strings.Contains(string(c.SystemOut), "text/plain")
		},
		"srs6.Several URLs, configuration S-URL-01 pass": func(c junit.Case) bool {
			return c.Failure == nil &&
				c.Skipped == nil && c.Error == nil
		},
	} {
		if c, ok := cases[key]; !ok || !is(c) {
			t.Errorf("%s: found %t, %+v", key, ok, c)
		}
	}
}
