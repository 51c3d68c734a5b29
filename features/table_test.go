package features

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"hookproof/reports"
)

//go:generate go test -run ^TestRequirementsTable$ -update

var update = flag.Bool("update", false, "write the table of requirements anew")

const (
	tablePage  = "../docs/requirements.md"
	tableBegin = "<!-- requirements: written by go generate ./features -->\n"
	tableEnd   = "<!-- end of requirements -->\n"
)

// The table of docs/requirements.md is the catalogue's.
func TestRequirementsTable(t *testing.T) {
	text, err := os.ReadFile(tablePage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(text), tableBegin)
	got, after, ended := strings.Cut(rest, tableEnd)
	if !begun || !ended {
		t.Fatalf("%s has no place for the table: %s…%s", tablePage, tableBegin, tableEnd)
	}
	want := requirementsTable(Requirements())
	if got == want {
		return
	}
	if !*update {
		t.Fatalf("the table of requirements in %s is not that of requirements.yaml: go generate ./features", tablePage)
	}
	if err := os.WriteFile(tablePage, []byte(before+tableBegin+want+tableEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// requirementsTable is one Markdown table for each section of the catalogue.
func requirementsTable(reqs []reports.Requirement) string {
	var b strings.Builder
	section := ""
	for _, r := range reqs {
		if r.Section != section {
			section = r.Section
			fmt.Fprintf(&b, "\n**%s**\n\n| id | level | profiles | origin | requirement |\n|---|---|---|---|---|\n",
				section)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.ID, levelWords(&r), strings.Join(r.Profiles, ", "), r.Origin,
			strings.ReplaceAll(r.Sentence, "|", `\|`))
	}
	return b.String() + "\n"
}

// levelWords names the level, and where a profile has another one.
func levelWords(r *reports.Requirement) string {
	level := strings.ToUpper(string(r.Level))
	for _, p := range Profiles {
		if l, other := r.LevelIn[p]; other {
			level += fmt.Sprintf(" (%s: %s)", p, strings.ToUpper(string(l)))
		}
	}
	return level
}
