// Package docs tests that the documentation says what is true.
package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "hookproof/"

var packageRow = regexp.MustCompile("(?m)^\\|[^|]*\\| `([^`]+)` \\|")

// TestArrowsGoDown: every package is on the page, and imports only those below it.
func TestArrowsGoDown(t *testing.T) {
	page, err := os.ReadFile("architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, m := range packageRow.FindAllStringSubmatch(string(page), -1) {
		rows = append(rows, m[1])
	}
	list := exec.Command("go", "list", "-f", `{{.ImportPath}}: {{join .Imports " "}}`, "../...")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		path, imports, _ := strings.Cut(strings.TrimSpace(line), ":")
		name := strings.TrimPrefix(path, module)
		if imports == "" && testsOnly(name) || apart(name) {
			continue
		}
		at := slices.Index(rows, name)
		if at < 0 {
			t.Errorf("%s is not on the page", name)
			continue
		}
		for imported := range strings.FieldsSeq(imports) {
			below, ours := strings.CutPrefix(imported, module)
			switch {
			case !ours:
			case apart(below):
				t.Errorf("%s imports %s, which is not part of the product", name, below)
			case slices.Index(rows, below) < at:
				t.Errorf("%s imports %s, which is not below it", name, below)
			}
		}
	}
	for _, name := range rows {
		if _, err := os.Stat(filepath.Join("..", name)); err != nil {
			t.Errorf("the page has %s, which is no package", name)
		}
	}
}

// apart reports whether a package is not part of the product.
func apart(name string) bool {
	return strings.HasPrefix(name, "internal/test/") || strings.HasPrefix(name, "internal/tools/") ||
		strings.HasSuffix(name, "test")
}

// testsOnly reports whether a package has no code but tests.
func testsOnly(name string) bool {
	files, err := filepath.Glob(filepath.Join("..", name, "*.go"))
	return err == nil && !slices.ContainsFunc(files, func(f string) bool { return !strings.HasSuffix(f, "_test.go") })
}
