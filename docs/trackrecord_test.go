package docs

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"hookproof/features"
	"hookproof/internal/mutant/rtmpdefect"
)

// trackRecord is docs/track-record.yaml, which says what its fields mean.
type trackRecord struct {
	Date    string
	Records []claim
}

type claim struct {
	Link, What, Scenario, Command, Mutant, Miss string
	Bad, Good                                   []string
}

// TestTrackRecord: the page is made from the file, and what that names exists.
func TestTrackRecord(t *testing.T) {
	text, err := os.ReadFile("track-record.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var r trackRecord
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&r); err != nil {
		t.Fatal(err)
	}
	cases, err := features.Cases(features.RoleServer)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Records {
		if u, err := url.Parse(c.Link); err != nil || u.Scheme != "https" || c.What == "" {
			t.Errorf("%+v: want a link, and what breaks", c)
		}
		known := func(id string) bool {
			return slices.ContainsFunc(cases, func(k features.Case) bool { return k.ID == id })
		}
		switch {
		case len(c.Bad) > 0:
			explored := strings.HasPrefix(c.Scenario, "explore: ")
			if c.Mutant+c.Miss != "" || c.Command == "" || !explored && !known(c.Scenario) {
				t.Errorf("%s: was seen by no scenario that there is, or is more than seen", c.Link)
			}
		case c.Mutant != "":
			for name := range strings.SplitSeq(c.Mutant, ", ") {
				if !slices.Contains(mutantNames(), name) || c.Miss+c.Scenario+c.Command != "" {
					t.Errorf("%s: mutant %q", c.Link, name)
				}
			}
		case c.Miss == "":
			t.Errorf("%s is neither seen, nor shown on a mutant, nor a miss", c.Link)
		}
	}
	const page = "track-record.md"
	want := r.page()
	if *update {
		if err := os.WriteFile(page, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what its data say (make track-record): %v", page, err)
	}
}

func mutantNames() (names []string) {
	for _, r := range rtmpdefect.Table {
		if !r.Variant {
			names = append(names, r.Name)
		}
	}
	return names
}

// page writes the page.
func (r *trackRecord) page() []byte {
	var b bytes.Buffer
	seen := slices.DeleteFunc(slices.Clone(r.Records), func(c claim) bool { return len(c.Bad) == 0 })
	onMutants := slices.DeleteFunc(slices.Clone(r.Records), func(c claim) bool { return c.Mutant == "" })
	missed := slices.DeleteFunc(slices.Clone(r.Records), func(c claim) bool { return c.Miss == "" })
	fmt.Fprintf(&b, `# Track record

Public bugs of hook callers and hook servers, as claims that can be run. Made by `+"`make track-record`"+` from
[track-record.yaml](track-record.yaml); do not edit it.

%d were seen on builds that have them; of %d no build that has them was run, and a planted defect shows that they
would be found; %d are missed, with the reason.

## Seen

Run on %s, with the server's default configuration besides its vhosts (`+"`conformance config`"+`). The
command goes on with `+"`-rtmp`, `-listen` and `-profile`"+` of the version ([servers.md](servers.md)).

| report | what breaks | seen in | not in | shown by | command |
|---|---|---|---|---|---|
`, len(seen), len(onMutants), len(missed), r.Date)
	for _, c := range seen {
		good := strings.Join(c.Good, ", ")
		if good == "" {
			good = "no build without it was run"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | `conformance %s` |\n", c.name(), c.What, strings.Join(c.Bad, ", "),
			good, strings.TrimPrefix(c.Scenario, "explore: "), c.Command)
	}
	b.WriteString("\n## Shown on a mutant\n\nThe reports are taken at their word: no build of theirs was run. " +
		"`conformance mutants -name NAME`\nruns the planted defect, which the suite catches.\n\n" +
		"| report | what breaks | planted defect |\n|---|---|---|\n")
	for _, c := range onMutants {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", c.name(), c.What, c.Mutant)
	}
	b.WriteString("\n## Missed\n\n| report | what breaks | why nothing shows it |\n|---|---|---|\n")
	for _, c := range missed {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", c.name(), c.What, c.Miss)
	}
	return b.Bytes()
}

// name writes a link as people write it: "ossrs/srs#4622".
func (c *claim) name() string {
	short := strings.TrimPrefix(c.Link, "https://github.com/")
	short = strings.NewReplacer("/issues/", "#", "/pull/", "#").Replace(short)
	return fmt.Sprintf("[%s](%s)", short, c.Link)
}
