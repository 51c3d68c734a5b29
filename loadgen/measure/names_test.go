package measure

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestMetricsAreNamed: every metric has a name and a title, is found by its
// name, and is in the help and in the description of the report.
func TestMetricsAreNamed(t *testing.T) {
	pages := map[string]string{}
	for _, file := range []string{"../../cmd/loadgen/help.go", "../result/SCHEMA.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pages[file] = string(text)
	}
	for m := range hookEvents {
		if m.Title() == "" || strings.Contains(m.String(), "(") {
			t.Errorf("metric %d: want a name and a title, got %q and %q", m, m, m.Title())
			continue
		}
		if got, ok := ByName(m.String()); !ok || got != m {
			t.Errorf("ByName(%q) = %v, %v", m, got, ok)
		}
		for file, text := range pages {
			if !regexp.MustCompile(`\b` + m.String() + `\b`).MatchString(text) {
				t.Errorf("%s does not name the metric %s", file, m)
			}
		}
	}
}
