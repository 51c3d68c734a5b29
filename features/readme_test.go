package features

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"hookproof/reports"
)

//go:generate go test -run ^TestReadmeTable$ -update

var update = flag.Bool("update", false, "write the README's table of requirements anew")

const (
	readme     = "../docs/requirements.md"
	tableBegin = "<!-- requirements: written by go generate ./features -->\n"
	tableEnd   = "<!-- end of requirements -->\n"
)

// The README's table is the catalogue's.
func TestReadmeTable(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(text), tableBegin)
	got, after, ended := strings.Cut(rest, tableEnd)
	if !begun || !ended {
		t.Fatalf("%s has no place for the table: %s…%s", readme, tableBegin, tableEnd)
	}
	want := readmeTable(Requirements())
	if got == want {
		return
	}
	if !*update {
		t.Fatalf("the table of requirements in %s is not that of requirements.yaml: go generate ./features", readme)
	}
	if err := os.WriteFile(readme, []byte(before+tableBegin+want+tableEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// readmeTable is one Markdown table for each section of the catalogue.
func readmeTable(reqs []reports.Requirement) string {
	var b strings.Builder
	section := ""
	for _, r := range reqs {
		if r.Section != section {
			section = r.Section
			fmt.Fprintf(&b, "\n**%s**\n\n| id | level | profiles | origin | requirement |\n|---|---|---|---|---|\n",
				section)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.ID, readmeLevel(&r), strings.Join(r.Profiles, ", "), r.Origin,
			strings.ReplaceAll(r.Sentence, "|", `\|`))
	}
	return b.String() + "\n"
}

// readmeLevel names the level, and where a profile has another one.
func readmeLevel(r *reports.Requirement) string {
	level := strings.ToUpper(string(r.Level))
	for _, p := range Profiles {
		if l, other := r.LevelIn[p]; other {
			level += fmt.Sprintf(" (%s: %s)", p, strings.ToUpper(string(l)))
		}
	}
	return level
}
