package program

import (
	"fmt"
	"slices"
	"strings"

	gherkin "github.com/cucumber/gherkin/go/v42"
	messages "github.com/cucumber/messages/go/v34"
)

// Program is what is played, step by step. How each ends is the same (see Ending), and
// not part of it.
type Program []Step

// Ending is how every program ends: the hook server lets go of what it holds, everybody
// is waited for, leaves, and is accounted for.
var Ending = Program{{Kind: Release}, {Kind: Fence}, {Kind: Settle}, {Kind: LeaveAll}, {Kind: Account}}

// Clients counts the clients of a program.
func (p Program) Clients() int {
	var all []string
	for i := range p {
		for _, c := range p[i].Acting() {
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return len(all)
}

// String returns a sentence on each line, without the ending.
func (p Program) String() string {
	var b strings.Builder
	for i := range p {
		b.WriteString(p[i].String() + "\n")
	}
	return b.String()
}

// Scenario is a program as a feature of its own, which names what it breaks.
type Scenario struct {
	Program     Program
	Requirement string // its id
	Sentence    string // what it asks for
	Level       string // "must"
	Profile     string
	Comment     []string // lines above it
}

// Write returns the feature file.
func (s *Scenario) Write() string {
	var b strings.Builder
	for _, line := range s.Comment {
		fmt.Fprintf(&b, "# %s\n", line)
	}
	fmt.Fprintf(&b, "Feature: Found by conformance explore\n\n  @%s @%s @%s", s.Requirement, s.Level, s.Profile)
	if slices.ContainsFunc(s.Program, func(st Step) bool { return st.Kind == Kick }) {
		b.WriteString(" @api")
	}
	fmt.Fprintf(&b, "\n  Rule: %s %s: %s\n\n    Scenario: a program of %d clients and %d steps\n", s.Requirement,
		strings.ToUpper(s.Level), s.Sentence, s.Program.Clients(), len(s.Program))
	var last string
	for _, st := range slices.Concat(s.Program, Ending) {
		keyword := "When"
		switch st.Kind {
		case Answer, Hold:
			keyword = "Given"
		case Settle, Account:
			keyword = "Then"
		}
		if keyword == last || last != "" && keyword == "Given" {
			fmt.Fprintf(&b, "      And %s\n", st)
			continue
		}
		fmt.Fprintf(&b, "      %s %s\n", keyword, st)
		last = keyword
	}
	return b.String()
}

// Parse reads a feature file that Write made, or one by hand: a single scenario, of steps
// that programs have. It returns its requirement and profile, too.
func Parse(text string) (*Scenario, error) {
	doc, err := gherkin.ParseGherkinDocument(strings.NewReader(text), (&messages.Incrementing{}).NewId)
	if err != nil {
		return nil, err
	}
	if doc.Feature == nil {
		return nil, fmt.Errorf("no feature")
	}
	all := gherkin.Pickles(*doc, "", (&messages.Incrementing{}).NewId)
	if len(all) != 1 {
		return nil, fmt.Errorf("want one scenario, got %d", len(all))
	}
	s := &Scenario{}
	for _, t := range all[0].Tags {
		tag := strings.TrimPrefix(t.Name, "@")
		switch {
		case strings.HasPrefix(tag, "S-"):
			s.Requirement = tag
		case tag == "must" || tag == "should" || tag == "may":
			s.Level = tag
		case tag != "api":
			s.Profile = tag
		}
	}
	if s.Requirement == "" || s.Level == "" || s.Profile == "" {
		return nil, fmt.Errorf("want the tags of a requirement, its level and a profile, as in @S-ORD-01 @must @srs7")
	}
	for _, st := range all[0].Steps {
		step, err := Read(st.Text)
		if err != nil {
			return nil, err
		}
		s.Program = append(s.Program, step)
	}
	ends := len(s.Program) - len(Ending)
	if ends < 0 || !slices.Equal(s.Program[ends:], Ending) {
		return nil, fmt.Errorf("want a scenario that ends with these steps:\n%s", Ending)
	}
	s.Program = s.Program[:ends]
	return s, nil
}
