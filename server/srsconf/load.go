package srsconf

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"hookproof/server"
)

// Load reads the configuration file at path and the files that it includes.
// The error, if any, is an Errors; warnings are given in either case.
func Load(path string) (server.Config, []Warning, error) {
	l := loader{report: &report{}, read: readFile}
	return l.config(l.file(path))
}

// Parse reads a configuration from text; name stands for its file in messages,
// and included files are looked for beside it. See Load for the results.
func Parse(name, text string) (server.Config, []Warning, error) {
	l := loader{report: &report{}, read: readFile}
	return l.config(l.text(name, text, nil))
}

// loader reads files and puts those that are included in their places.
type loader struct {
	*report
	read  func(path string, limit int64) (string, error)
	bytes int64
}

// config turns the tree into a configuration.
func (l *loader) config(nodes []*node) (server.Config, []Warning, error) {
	b := builder{report: l.report, config: server.DefaultConfig(), ignored: map[string]*ignored{}}
	if len(l.errors) == 0 || len(nodes) > 0 {
		b.build(nodes)
	}
	l.sort()
	if len(l.errors) > 0 {
		return server.Config{}, l.warnings, l.errors
	}
	return b.config, l.warnings, nil
}

// file returns the directives of the file at path, which is not an included one.
func (l *loader) file(path string) []*node {
	text, err := l.read(path, MaxBytes)
	if err != nil {
		l.errorf(path, 0, "cannot be read: %v", err)
		return nil
	}
	return l.text(path, text, nil)
}

// place is where an include directive is. The files that are being read
// are known by a stack of them, the outermost first.
type place struct {
	file string
	line int
}

// text returns the directives of text, includes resolved.
func (l *loader) text(name, text string, stack []place) []*node {
	text = strings.TrimPrefix(text, "\ufeff") // a byte order mark, as some editors write it
	l.files = append(l.files, name)
	if l.bytes += int64(len(text)); l.bytes > MaxBytes {
		l.errorf(name, 0, "the configuration is longer than %d bytes", MaxBytes)
		return nil
	}
	return l.splice(grow(l.report, name, text), stack)
}

// splice replaces every include in nodes by what it includes.
func (l *loader) splice(nodes []*node, stack []place) []*node {
	out := make([]*node, 0, len(nodes))
	for _, n := range nodes {
		if n.name != "include" {
			n.block = l.splice(n.block, stack)
			out = append(out, n)
			continue
		}
		if n.hasBlock || len(n.args) == 0 {
			l.errorf(n.file, n.line, "include: expected file names and a \";\"")
		}
		for _, arg := range n.args {
			out = append(out, l.include(arg, append(stack[:len(stack):len(stack)], place{n.file, n.line}))...)
		}
	}
	return out
}

// include returns the directives of an included file: the one beside the
// including file, or else, as SRS has it, the one in the working directory.
func (l *loader) include(arg string, stack []place) []*node {
	from := stack[len(stack)-1]
	path := arg
	if !filepath.IsAbs(arg) {
		path = filepath.Join(filepath.Dir(from.file), arg)
		if _, err := os.Stat(path); err != nil && exists(arg) {
			path = arg
		}
	}
	switch {
	case len(l.files) >= MaxFiles:
		l.errorf(from.file, from.line, "include %s: more than %d files are included", arg, MaxFiles)
		return nil
	case len(stack) >= MaxNesting:
		l.errorf(from.file, from.line, "include %s: files include files deeper than %d", arg, MaxNesting)
		return nil
	case strings.ContainsAny(arg, "*?[") && !exists(path):
		l.errorf(from.file, from.line, "include %s: expected a file name; patterns are not expanded (nor does SRS)",
			arg)
		return nil
	}
	for _, s := range stack {
		if same(s.file, path) {
			l.errorf(from.file, from.line,
				"include %s: this file is being read already (line %d of %s includes it in a circle)", arg, s.line,
				s.file)
			return nil
		}
	}
	text, err := l.read(path, MaxBytes-l.bytes)
	if err != nil {
		l.errorf(from.file, from.line, "include %s: cannot be read: %v", arg, err)
		return nil
	}
	return l.text(path, text, stack)
}

// exists tells whether there is something at path.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// same tells whether two paths lead to one file.
func same(a, b string) bool {
	ia, errA := os.Stat(a)
	ib, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(ia, ib)
}

// readFile reads a regular file of at most limit bytes.
func readFile(path string, limit int64) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s: expected a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return "", err
	}
	if int64(len(b)) > limit {
		return "", fmt.Errorf("%s: the configuration is longer than %d bytes", path, MaxBytes)
	}
	return string(b), nil
}
