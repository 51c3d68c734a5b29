package program

import (
	"os"
	"slices"
	"strings"
	"testing"
)

var all = Limits{Clients: 8, Kick: true}

// TestDrawn: a seed draws the same program each time, of steps that make sense, and
// it is read as it was written; what is made smaller makes sense, too.
func TestDrawn(t *testing.T) {
	kinds := map[Kind]int{}
	for seed := range uint64(500) {
		p := Draw(seed, all)
		if !slices.Equal(p, Draw(seed, all)) {
			t.Fatalf("seed %d draws two programs", seed)
		}
		if !p.Sound() || len(p) == 0 || len(p) > 40 {
			t.Fatalf("seed %d draws\n%s", seed, p)
		}
		for _, s := range p {
			kinds[s.Kind]++
		}
		s := Scenario{Program: p, Requirement: "S-ORD-01", Level: "must", Profile: "srs7", Sentence: "x"}
		written := s.Write()
		read, err := Parse(written)
		if err != nil || !slices.Equal(read.Program, p) || read.Requirement != "S-ORD-01" || read.Profile != "srs7" ||
			read.Level != "must" {
			t.Fatalf("seed %d: error %v, read\n%sof\n%s", seed, err, read.Program, written)
		}
		for _, q := range Smaller(p) {
			if !q.Sound() || len(q) > len(p) || q.String() == p.String() {
				t.Fatalf("seed %d is made smaller to\n%s", seed, q)
			}
		}
	}
	for k := range Kind(kindCount) {
		if k < Settle && kinds[k] == 0 {
			t.Errorf("no program has a step of kind %d", k)
		}
	}
}

func TestLimits(t *testing.T) {
	for seed := range uint64(200) {
		p := Draw(seed, Limits{Clients: 2})
		if p.Clients() > 2 || slices.ContainsFunc(p, func(s Step) bool { return s.Kind == Kick }) {
			t.Fatalf("seed %d draws\n%s", seed, p)
		}
	}
}

// TestWrite holds a scenario against a file, as it is written for people.
func TestWrite(t *testing.T) {
	s := &Scenario{Requirement: "S-ANS-08", Level: "must", Profile: "srs7",
		Sentence: "a refused publisher leaves the stream name free at once",
		Comment:  []string{"Found by: conformance explore -seed 1"},
		Program: Program{{Kind: Hold, Event: "on_publish", Client: "Alice"},
			{Kind: Enter, Client: "Alice", Act: "publish", Stream: "cam", Flash: true, Eager: true},
			{Kind: ReleaseAs, Answer: PlainRefuse}, {Kind: AtOnce, Client: "Bob, Carol and Dave", Stream: "cam"},
			{Kind: Answer, Event: "on_unpublish", Client: "Bob", Answer: "a reset connection"},
			{Kind: Go, Client: "Bob", How: "closes the sending half of their connection"},
			{Kind: Kick, Client: "Carol"}}}
	want, err := os.ReadFile("testdata/written.feature")
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Write(); got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestSound(t *testing.T) {
	enter := Step{Kind: Enter, Client: "Alice", Act: "publish", Stream: "cam"}
	again := Step{Kind: Again, Client: "Alice", Act: "publish", Stream: "cam"}
	end := func(command string) Step { return Step{Kind: End, Client: "Alice", Command: command} }
	for _, c := range []struct {
		name  string
		p     Program
		sound bool
	}{
		{"comes again without having come", Program{again}, false},
		{"publishes twice at once", Program{enter, again}, false},
		{"publishes again", Program{enter, end("FCUnpublish"), again}, true},
		{"publishes again after deleteStream", Program{enter, end("deleteStream"), again}, false},
		{"comes twice", Program{enter, enter}, false},
		{"goes twice", Program{enter, {Kind: Go, Client: "Alice", How: Leaves}, {Kind: Kick, Client: "Alice"}}, false},
		{"on_connect is answered otherwise later", Program{enter, {Kind: Answer, Client: "Alice", Event: "on_connect",
			Answer: PlainRefuse}}, false},
	} {
		if c.p.Sound() != c.sound {
			t.Errorf("%s: want sound: %v", c.name, c.sound)
		}
	}
}

func TestParseErrors(t *testing.T) {
	const head = "Feature: x\n\n  @S-ORD-01 @must @srs7\n  Rule: y\n\n"
	ending := "    Scenario: z\n"
	for _, s := range Ending {
		ending += "      * " + s.String() + "\n"
	}
	for name, c := range map[string]struct{ text, want string }{
		"nothing":             {"", "no feature"},
		"no Gherkin":          {"what is this", "expected"},
		"no scenario":         {head, "want one scenario, got 0"},
		"two":                 {head + ending + "\n" + ending, "want one scenario, got 2"},
		"no tags":             {"Feature: x\n\n" + ending, "want the tags"},
		"a step of the suite": {head + "    Scenario: z\n      * Alice is let on\n", "no program has such a step"},
		"no ending":           {head + "    Scenario: z\n      * Alice leaves\n", "ends with these steps"},
	} {
		if _, err := Parse(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
	if s, err := Parse(head + ending); err != nil || len(s.Program) != 0 {
		t.Errorf("nothing but the ending: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for seed := range uint64(20) {
		f.Add((&Scenario{Program: Draw(seed, all), Requirement: "S-ORD-01", Level: "must", Profile: "srs7"}).Write())
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(s.Write())
		if err != nil || !slices.Equal(again.Program, s.Program) {
			t.Errorf("%v:\n%s", err, s.Write())
		}
	})
}
