//go:build unix

package reportdir

import (
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFullDisk: a disk that takes no more is noticed before the run.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 4096, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	_, err := Create(dir)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err == nil {
		t.Error("want the error of a file that cannot grow")
	}
	if got := names(t, dir); len(got) != 1 {
		t.Errorf("left: %q", got)
	}
}

// TestOpen: a named pipe, a directory or a huge file is refused at once.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	pipe, small, large := filepath.Join(dir, "pipe"), filepath.Join(dir, "small"), filepath.Join(dir, "large")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, size := range map[string]int{small: 3, large: 11} {
		if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{pipe: "want a regular file", dir: "want a regular file",
		large: "want at most 10 bytes, got 11"} {
		if _, err := Open(path, 10); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
	f, err := Open(small, 10)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
}
