package reportdir

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

func create(t *testing.T, path string, names ...string) *Dir {
	t.Helper()
	d, err := Create(path, names...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func mode(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}

// TestFilesArePrivate: reports carry tokens. The mode of a directory that was
// there before is its owner's business, those of the files in it are ours.
func TestFilesArePrivate(t *testing.T) {
	made, there := filepath.Join(t.TempDir(), "a", "b"), filepath.Join(t.TempDir(), "there")
	if err := os.Mkdir(there, 0o755); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]os.FileMode{made: 0o700, there: 0o755} {
		d := create(t, dir)
		if got := mode(t, dir).Perm(); got != want {
			t.Errorf("%s has mode %v, want %v", dir, got, want)
		}
		f, err := d.Stream("stream")
		if err == nil {
			err = errors.Join(f.Close(), d.Write("file", text("x")))
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"stream", "file", lockFile} {
			if got := mode(t, filepath.Join(dir, name)).Perm(); got != 0o600 {
				t.Errorf("%s has mode %v, want 0600", name, got)
			}
		}
	}
}

// TestSymbolicLinks: a link that somebody laid is replaced, never written
// through.
func TestSymbolicLinks(t *testing.T) {
	victim, dir := filepath.Join(t.TempDir(), "victim"), t.TempDir()
	if err := os.WriteFile(victim, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"stream", "file", "late"} {
		if err := os.Symlink(victim, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	d := create(t, dir, "stream", "file")
	if f, err := d.Stream("stream"); err != nil {
		t.Error(err)
	} else {
		f.Close()
	}
	for _, name := range []string{"file", "late"} { // the second as if laid after Create
		if err := d.Write(name, text("x")); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"stream", "file", "late"} {
		if !mode(t, filepath.Join(dir, name)).IsRegular() {
			t.Errorf("%s is still a link", name)
		}
	}
	if b, _ := os.ReadFile(victim); string(b) != "mine" {
		t.Errorf("written through a link: %q", b)
	}

	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{link, link + "/"} {
		if _, err := Create(path); err == nil || !strings.Contains(err.Error(), "symbolic link") {
			t.Errorf("%s: got %v, want a refusal", path, err)
		}
	}
	other := t.TempDir()
	if err := os.Symlink(victim, filepath.Join(other, lockFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(other); err == nil {
		t.Error("the lock is a link: want a refusal")
	}
}

// TestStale: what an earlier run left goes before the next starts; other files
// stay.
func TestStale(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"report.json", ".report.json-HALF", "mine.txt", "report.json.bak"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	create(t, dir, "report.json", "report.html")
	if got, want := names(t, dir), []string{lockFile, "mine.txt", "report.json.bak"}; !slices.Equal(got, want) {
		t.Errorf("left: %q, want %q", got, want)
	}
}

func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// TestLock: the second run into a directory is refused and changes nothing.
func TestLock(t *testing.T) {
	dir := t.TempDir()
	first := create(t, dir, "report.json")
	if err := first.Write("report.json", text("first")); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(dir, "report.json"); !errors.Is(err, ErrTaken) {
		t.Errorf("got %v, want %v", err, ErrTaken)
	}
	if b, _ := os.ReadFile(filepath.Join(dir, "report.json")); string(b) != "first" {
		t.Errorf("the first run's report is now %q", b)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	create(t, dir, "report.json")
}

// TestHalfWritten: a file whose writer fails leaves what was there.
func TestHalfWritten(t *testing.T) {
	dir, broken := t.TempDir(), errors.New("broken")
	d := create(t, dir)
	if err := d.Write("file", text("whole")); err != nil {
		t.Fatal(err)
	}
	err := d.Write("file", func(w io.Writer) error { return errors.Join(text("half")(w), broken) })
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), filepath.Join(dir, "file")) {
		t.Errorf("got %v", err)
	}
	if b, _ := os.ReadFile(filepath.Join(dir, "file")); string(b) != "whole" {
		t.Errorf("the file is now %q", b)
	}
	if got := names(t, dir); len(got) != 2 {
		t.Errorf("left: %q", got)
	}
}

// TestNoDirectory: what cannot be written to is found by Create.
func TestNoDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "x"), "/proc/x", ""} {
		if _, err := Create(path); err == nil || !strings.HasPrefix(err.Error(), "report: ") {
			t.Errorf("%q: got %v", path, err)
		}
	}
}

func TestSame(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	if !Same(a, a+"/.") || Same(a, b) || Same(a, filepath.Join(a, "none")) {
		t.Error("directories are mistaken for each other")
	}
}

func TestJobSummary(t *testing.T) {
	path := filepath.Join(t.TempDir(), "step")
	t.Setenv("GITHUB_STEP_SUMMARY", "")
	if err := JobSummary(func(io.Writer) error { return errors.New("called") }); err != nil {
		t.Error(err)
	}
	t.Setenv("GITHUB_STEP_SUMMARY", path)
	for range 2 {
		if err := JobSummary(text("line\n")); err != nil {
			t.Fatal(err)
		}
	}
	if b, _ := os.ReadFile(path); string(b) != "line\nline\n" {
		t.Errorf("the summary is %q", b)
	}
}
