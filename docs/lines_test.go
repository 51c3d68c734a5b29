package docs

import (
	"go/scanner"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// columns is how long a line of code may be, a tab counted as four.
const columns = 120

// TestLineLength: no line of code is longer, but for text between backquotes,
// which cannot be broken, and directives of Go's tools.
func TestLineLength(t *testing.T) {
	out, err := exec.Command("git", "-C", "..", "ls-files", "*.go").Output()
	if err != nil {
		t.Skipf("no list of files: %v", err)
	}
	for name := range strings.FieldsSeq(string(out)) {
		src, err := os.ReadFile(filepath.Join("..", name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		raw := rawLines(src)
		n := 0
		for line := range strings.Lines(string(src)) {
			n++
			line = strings.TrimSuffix(line, "\n")
			width := utf8.RuneCountInString(line) + 3*strings.Count(line, "\t")
			if width > columns && !raw[n] && !strings.HasPrefix(line, "//go:") {
				t.Errorf("%s:%d: want at most %d columns, got %d", name, n, columns, width)
			}
		}
	}
}

// rawLines are the numbers of the lines that a raw string touches.
func rawLines(src []byte) map[int]bool {
	lines := map[int]bool{}
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(src))
	var s scanner.Scanner
	s.Init(file, src, nil, 0)
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return lines
		}
		if tok == token.STRING && strings.HasPrefix(text, "`") {
			first := file.Line(pos)
			for i := range strings.Count(text, "\n") + 1 {
				lines[first+i] = true
			}
		}
	}
}
