// Package junittest checks junit.xml in tests against the schema of Jenkins'
// xUnit plugin.
package junittest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// element is what the schema junit-10.xsd of Jenkins' xUnit plugin says of
// an element. GitLab reads a part of it and ignores the rest.
type element struct {
	required, optional []string // attributes
	children           []string
	text               bool
}

var schema = map[string]element{
	"testsuites": {optional: []string{"name", "time", "tests", "failures", "errors"}, children: []string{"testsuite"}},
	"testsuite": {required: []string{"name", "tests", "failures", "errors"},
		optional: []string{"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
		children: []string{"testsuite", "properties", "testcase", "system-out", "system-err"}},
	"properties": {children: []string{"property"}},
	"property":   {required: []string{"name", "value"}},
	"testcase": {required: []string{"name"}, optional: []string{"time", "classname", "group"},
		children: []string{"skipped", "error", "failure", "system-out", "system-err"}},
	"skipped":    {optional: []string{"type", "message"}, text: true},
	"error":      {optional: []string{"type", "message"}, text: true},
	"failure":    {optional: []string{"type", "message"}, text: true},
	"system-out": {text: true},
}

var seconds = regexp.MustCompile(`^[0-9]*\.[0-9]{3}$`)

// Check reports what the schema does not allow.
func Check(t testing.TB, doc []byte) {
	t.Helper()
	var open []string
	dec := xml.NewDecoder(bytes.NewReader(doc))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch v := token.(type) {
		case xml.StartElement:
			name := v.Name.Local
			if len(open) == 0 && name != "testsuites" {
				t.Errorf("the document is a <%s>, want <testsuites>", name)
			}
			if len(open) > 0 && !slices.Contains(schema[open[len(open)-1]].children, name) {
				t.Errorf("<%s> in <%s>", name, open[len(open)-1])
			}
			checkAttributes(t, v)
			open = append(open, name)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if text := strings.TrimSpace(string(v)); text != "" && !schema[open[len(open)-1]].text {
				t.Errorf("text in <%s>: %q", open[len(open)-1], text)
			}
		}
	}
}

func checkAttributes(t testing.TB, e xml.StartElement) {
	t.Helper()
	want := schema[e.Name.Local]
	seen := map[string]bool{}
	for _, a := range e.Attr {
		name := a.Name.Local
		seen[name] = true
		if !slices.Contains(want.required, name) && !slices.Contains(want.optional, name) {
			t.Errorf("attribute %s of <%s>", name, e.Name.Local)
		}
		if name == "time" && !seconds.MatchString(a.Value) {
			t.Errorf("<%s time=%q>", e.Name.Local, a.Value)
		}
	}
	for _, name := range want.required {
		if !seen[name] {
			t.Errorf("<%s> has no %s", e.Name.Local, name)
		}
	}
}
