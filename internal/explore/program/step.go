// Package program holds what the exploration plays: programs of a few clients and
// a hook server, as sentences that the conformance suite knows as steps. A
// program is drawn (Draw), made smaller (Smaller), and written as a Gherkin
// scenario, which the suite runs as it is and from which it is read again.
package program

import (
	"fmt"
	"regexp"
	"strings"
)

// Kind is what a step does.
type Kind uint8

// The kinds of steps.
const (
	Answer    Kind = iota // the hook server answers Event of Client with Answer
	Hold                  // the hook server holds its answer to Event of Client back
	Release               // it gives all answers that it holds back
	ReleaseAs             // it gives Answer for all that it holds back
	Connect               // Client begins to connect, and no more
	Enter                 // Client begins to publish or play (Act) Stream
	Again                 // the same, on the connection that it has
	AtOnce                // Client, a list, begin to publish Stream at once
	End                   // Client ends its stream by Command
	Pause                 // Client pauses and goes on
	Seek                  // Client seeks
	Go                    // Client goes, in the way How
	Kick                  // the operator kicks Client off
	Peer                  // a peer comes that never completes connect, and goes (How)
	Fence                 // another client publishes and leaves
	Settle                // everybody is on or off, as the hook server decided
	LeaveAll              // everyone leaves
	Account               // every client is accounted for

	kindCount = iota
)

// Step is one step of a program.
type Step struct {
	Kind   Kind
	Client string
	Flash  bool   // Enter: Client ends with closeStream, and sends no FCPublish
	Act    string // Enter, Again: "publish" or "play"
	Eager  bool   // Enter: media is sent without waiting for the answer
	Stream string // with parameters
	Event  string
	Answer string // as scenarios write it
	// Command (of End) is FCUnpublish, closeStream or deleteStream; How (of Go and Peer)
	// are words.
	Command, How string
}

// sentence says how a kind of step is written, and read.
type sentence struct {
	write func(*Step) string
	read  *regexp.Regexp // its groups fill the fields of into
	into  func(*Step, []string)
}

const name = `([A-Z][a-z]+)`

var sentences = [kindCount]sentence{
	Answer: {func(s *Step) string {
		return fmt.Sprintf("the hook server answers %s of %s with %s", s.Event, s.Client, s.Answer)
	}, regexp.MustCompile(`(?s)^the hook server answers (on_\w+) of ` + name + ` with (.+)$`),
		func(s *Step, m []string) { s.Event, s.Client, s.Answer = m[0], m[1], m[2] }},
	Hold: {func(s *Step) string {
		return fmt.Sprintf("the hook server holds its answer to %s of %s", s.Event, s.Client)
	},
		regexp.MustCompile(`^the hook server holds its answer to (on_\w+) of ` + name + `$`),
		func(s *Step, m []string) { s.Event, s.Client = m[0], m[1] }},
	Release: fixed("the hook server answers"),
	ReleaseAs: {func(s *Step) string { return "the hook server answers with " + s.Answer },
		regexp.MustCompile(`(?s)^the hook server answers with (.+)$`), func(s *Step, m []string) { s.Answer = m[0] }},
	Connect: {func(s *Step) string { return s.Client + " begins to connect" },
		regexp.MustCompile(`^` + name + ` begins to connect$`), func(s *Step, m []string) { s.Client = m[0] }},
	Enter: {writeEnter, regexp.MustCompile(`^` + name + `(, a Flash publisher,)? begins to (publish|play) "([^"]*)"` +
		`(, sending media at once)?$`),
		func(s *Step, m []string) {
			s.Client, s.Flash, s.Act, s.Stream, s.Eager = m[0], m[1] != "", m[2], m[3], m[4] != ""
		}},
	Again: {func(s *Step) string {
		return fmt.Sprintf("%s begins to %s \"%s\" on %s connection", s.Client, s.Act, s.Stream, whose(s.Client)) +
			ifOn(s)
	}, regexp.MustCompile(`^` + name + ` begins to (publish|play) "([^"]*)" on (?:her|his) connection` + on),
		func(s *Step, m []string) { s.Client, s.Act, s.Stream = m[0], m[1], m[2] }},
	AtOnce: {func(s *Step) string { return fmt.Sprintf("%s begin to publish \"%s\" at once", s.Client, s.Stream) },
		regexp.MustCompile(`^([A-Z][a-z]+(?:(?:, | and )[A-Z][a-z]+)+) begin to publish "([^"]*)" at once$`),
		func(s *Step, m []string) { s.Client, s.Stream = m[0], m[1] }},
	End: {func(s *Step) string { return fmt.Sprintf("%s unpublishes with %s", s.Client, s.Command) + ifOn(s) },
		regexp.MustCompile(`^` + name + ` unpublishes with (\w+)` + on),
		func(s *Step, m []string) { s.Client, s.Command = m[0], m[1] }},
	Pause: ofClient("pauses and goes on"),
	Seek:  ofClient("seeks"),
	Go: {func(s *Step) string { return s.Client + " " + strings.ReplaceAll(s.How, "their", whose(s.Client)) },
		regexp.MustCompile(`^` + name + ` (leaves|vanishes|falls silent|closes (?:her|his) connection|` +
			`closes the sending half of (?:her|his) connection)$`),
		func(s *Step, m []string) {
			s.Client, s.How = m[0], strings.NewReplacer("her", "their", "his", "their").Replace(m[1])
		}},
	Kick: {func(s *Step) string { return fmt.Sprintf("the operator kicks %s off", s.Client) + ifOn(s) },
		regexp.MustCompile(`^the operator kicks ` + name + ` off` + on), func(s *Step, m []string) { s.Client = m[0] }},
	Peer: {func(s *Step) string { return fmt.Sprintf("a peer %s and goes", s.How) },
		regexp.MustCompile(`^a peer (.+) and goes$`), func(s *Step, m []string) { s.How = m[0] }},
	Fence:    fixed("another client publishes and leaves"),
	Settle:   fixed("everybody is on or off, as the hook server decided"),
	LeaveAll: fixed("everyone leaves"),
	Account:  fixed("every client is accounted for"),
}

// fixed is a sentence without parts.
func fixed(words string) sentence {
	return sentence{func(*Step) string { return words }, regexp.MustCompile(`^` + regexp.QuoteMeta(words) + `$`),
		func(*Step, []string) {}}
}

// Who wins a race, or is refused, is not known when a program is drawn: some steps are
// taken only by who is there for it.
func ifOn(s *Step) string {
	if whose(s.Client) == "his" {
		return ", if he is on"
	}
	return ", if she is on"
}

const on = `(?:, if (?:she|he) is on)?$`

// ofClient is a sentence about a client alone.
func ofClient(does string) sentence {
	return sentence{func(s *Step) string { return s.Client + " " + does + ifOn(s) },
		regexp.MustCompile(`^` + name + ` ` + does + on), func(s *Step, m []string) { s.Client = m[0] }}
}

func writeEnter(s *Step) string {
	b := s.Client
	if s.Flash {
		b += ", a Flash publisher,"
	}
	b += fmt.Sprintf(" begins to %s \"%s\"", s.Act, s.Stream)
	if s.Eager {
		b += ", sending media at once"
	}
	return b
}

// String returns the sentence.
func (s Step) String() string { return sentences[s.Kind].write(&s) }

// Read reads a sentence. An error says that no program has it.
func Read(text string) (Step, error) {
	for k := range sentences {
		m := sentences[k].read.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		s := Step{Kind: Kind(k)}
		sentences[k].into(&s, m[1:])
		return s, nil
	}
	return Step{}, fmt.Errorf("step %q: no program has such a step", text)
}

// Acting returns the clients that a step is about.
func (s *Step) Acting() []string {
	if s.Client == "" {
		return nil
	}
	return strings.Split(strings.ReplaceAll(s.Client, " and ", ", "), ", ")
}

// Names are those of clients, in the order in which a program uses them.
var Names = []string{"Alice", "Bob", "Carol", "Dave", "Eve", "Frank", "Grace", "Hugo"}

// whose is the pronoun of a client.
func whose(client string) string {
	switch client {
	case "Bob", "Dave", "Frank", "Hugo":
		return "his"
	}
	return "her"
}
