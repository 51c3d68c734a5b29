package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// changing are the functions of package os that make, change or remove files.
var changing = []string{"Chmod", "Chown", "Create", "CreateTemp", "Link", "Mkdir", "MkdirAll", "MkdirTemp", "OpenFile",
	"OpenRoot", "Remove", "RemoveAll", "Rename", "Symlink", "Truncate", "WriteFile"}

// writers are all places that call one of them, and what names the file there.
// Nothing that a client, a server or a hook says may be among it: SECURITY.md
// promises that. A new place belongs here with its reason.
var writers = map[string]string{
	"cmd/conformance/suite.go: WriteFile":     "-write-known-failing",
	"cmd/hookserver/program.go: OpenFile":     "-record",
	"cmd/hookserver/program.go: Remove":       "-record",
	"internal/reportdir/dir.go: MkdirAll":     "-report",
	"internal/reportdir/dir.go: OpenRoot":     "-report: all names in it are ours",
	"internal/reportdir/read.go: OpenFile":    "only to read",
	"internal/reportdir/summary.go: OpenFile": "GITHUB_STEP_SUMMARY",
}

// workshop has programs for developers alone, which keep the files of their
// measurements in temporary directories.
const workshop = "../../internal/tools/"

// TestNoPathIsNamedByPeers finds the places of the whole module.
func TestNoPathIsNamedByPeers(t *testing.T) {
	const root = "../.."
	found := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			strings.HasPrefix(filepath.ToSlash(path), workshop) {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && slices.Contains(changing, s.Sel.Name) {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "os" {
					found[filepath.ToSlash(name)+": "+s.Sel.Name] = true
				}
			}
			return true
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range slices.Sorted(maps.Keys(found)) {
		if writers[place] == "" {
			t.Errorf("%s: a file is written here; what names it?", place)
		}
	}
	for _, place := range slices.Sorted(maps.Keys(writers)) {
		if !found[place] {
			t.Errorf("%s: no file is written there any more", place)
		}
	}
}
