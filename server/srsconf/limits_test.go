package srsconf

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write makes files below a new directory and returns its path.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestIncludeInTheWorkingDirectory: SRS resolves includes from where it was
// started, usually the directory above conf.
func TestIncludeInTheWorkingDirectory(t *testing.T) {
	dir := write(t, map[string]string{
		"conf/srs.conf":    "listen 1935;\ninclude ./conf/vhosts.conf ./beside.conf;",
		"conf/vhosts.conf": "vhost __defaultVhost__ {\n}",
		"conf/beside.conf": "max_connections 77;",
		"beside.conf":      "max_connections 88;",
	})
	t.Chdir(dir)
	c, _, err := Load("conf/srs.conf")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.VHosts) != 1 {
		t.Errorf("vhosts are %v, want the one of conf/vhosts.conf", c.VHosts)
	}
	if c.MaxConnections != 77 {
		t.Errorf("max_connections is %d, want 77 of the file beside the including one", c.MaxConnections)
	}
}

func TestIncludeLimits(t *testing.T) {
	twice := func(name string) string { return "include " + name + " " + name + ";" }
	doubling := map[string]string{"srs.conf": twice("0.conf")}
	chain := map[string]string{"srs.conf": "include 0.conf;"}
	for i := range 40 {
		doubling[fmt.Sprintf("%d.conf", i)] = twice(fmt.Sprintf("%d.conf", i+1))
		chain[fmt.Sprintf("%d.conf", i)] = fmt.Sprintf("include %d.conf;", i+1)
	}
	doubling["20.conf"] = ""
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"itself", map[string]string{"srs.conf": "\ninclude srs.conf;"},
			"srs.conf:2: include srs.conf: this file is being read already"},
		{"a circle", map[string]string{"srs.conf": "include a/b.conf;",
			"a/b.conf": "vhost a {\ninclude ../srs.conf;\n}"},
			"b.conf:2: include ../srs.conf: this file is being read already"},
		{"too many", doubling, "more than 256 files are included"},
		{"too deep", chain, "files include files deeper than 32"},
		{"too long", map[string]string{"srs.conf": "include long.conf;", "long.conf": strings.Repeat("#", MaxBytes)},
			"srs.conf:1: include long.conf: cannot be read: "},
		{"too long itself", map[string]string{"srs.conf": strings.Repeat("#", MaxBytes+1)},
			"srs.conf: cannot be read: "},
		{"missing", nil, "srs.conf: cannot be read: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Load(filepath.Join(write(t, c.files), "srs.conf"))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestParseTooLong(t *testing.T) {
	_, _, err := Parse("srs.conf", strings.Repeat("\n", MaxBytes+1))
	if err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("error is %v", err)
	}
}

func TestErrorsAreBounded(t *testing.T) {
	_, _, err := Parse("srs.conf", strings.Repeat("listen x;\n", 10*MaxErrors))
	var errs Errors
	if !errors.As(err, &errs) {
		t.Fatalf("error is %v", err)
	}
	if len(errs) != MaxErrors+1 || !strings.Contains(errs[MaxErrors].Text, "too many errors") {
		t.Errorf("%d errors, the last is %v", len(errs), errs[len(errs)-1])
	}
}

// TestFullCollection: SRS's collection of examples gives directives several
// times and says so.
func TestFullCollection(t *testing.T) {
	text := "listen 1935;\nis_full on;\nchunk_size 1000;\nchunk_size 2000;\nvhost a {\n}\nvhost a {\n}"
	c, warnings := parse(t, text)
	if c.ChunkSize != 1000 || len(c.VHosts) != 1 {
		t.Errorf("chunk_size %d, %d vhosts, want the first of each", c.ChunkSize, len(c.VHosts))
	}
	var all strings.Builder
	for _, w := range warnings {
		fmt.Fprintln(&all, w)
	}
	for _, want := range []string{
		"srs.conf:4: chunk_size is given twice; the first, line 3, counts",
		"srs.conf:7: vhost a is given twice; the first, line 5, counts",
		"srs.conf: there is no vhost __defaultVhost__",
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("warnings are\n%s\nwant %q among them", all.String(), want)
		}
	}
}
