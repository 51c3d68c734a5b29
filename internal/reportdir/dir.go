// Package reportdir is the one way in which a command writes a report: a
// directory that is made, tried and locked before the run starts, and files
// that only their owner can read and that appear only when they are whole.
package reportdir

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// lockFile is held while a run writes into the directory. It stays there: to
// remove it would let two runs hold two different files of this name.
const lockFile = ".lock"

// trial is how many bytes Create writes to find a full disk.
const trial = 64 << 10

// ErrTaken says that another run is writing into the directory.
var ErrTaken = errors.New("another run is writing its report here")

// A Dir is a directory that one run writes its report into. Only Close may
// follow after Close.
type Dir struct {
	path string
	root *os.Root
	lock *os.File
}

// Create makes the directory, for its owner alone, or takes over one that is
// there. It removes the files of an earlier run that have one of the names
// given, so that nothing stale is left beside a report, and writes a trial file
// of some size. All that can be wrong with the directory is thus found before a
// run. A directory that is a symbolic link is refused.
func Create(path string, names ...string) (*Dir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	root, err := openRoot(path)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	d := &Dir{path: path, root: root}
	if err := d.prepare(names); err != nil {
		return nil, errors.Join(fmt.Errorf("report: %s: %w", path, err), d.Close())
	}
	return d, nil
}

// openRoot opens the directory itself, never one that its name links to.
func openRoot(path string) (*os.Root, error) {
	before, err := os.Lstat(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	if before.Mode()&os.ModeSymlink != 0 {
		return nil, fmt.Errorf("%s is a symbolic link: name the directory that it points to", path)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	if now, err := root.Stat("."); err != nil || !os.SameFile(before, now) {
		return nil, errors.Join(fmt.Errorf("%s was replaced by another directory", path), err, root.Close())
	}
	return root, nil
}

func (d *Dir) prepare(names []string) error {
	if err := d.takeLock(); err != nil {
		return err
	}
	if err := d.removeStale(names); err != nil {
		return err
	}
	name, f, err := d.beside("trial")
	if err != nil {
		return err
	}
	_, err = f.Write(bytes.Repeat([]byte("hookproof "), trial/10))
	return errors.Join(err, f.Sync(), f.Close(), d.root.Remove(name))
}

func (d *Dir) takeLock() error {
	if info, err := d.root.Lstat(lockFile); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", lockFile)
	}
	f, err := d.root.OpenFile(lockFile, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := lock(f); err != nil && !errors.Is(err, errors.ErrUnsupported) { // some network file systems have no locks
		return errors.Join(err, f.Close())
	}
	d.lock = f
	return nil
}

// removeStale removes files of the names given, and what a killed run left of
// them half-written.
func (d *Dir) removeStale(names []string) error {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		for _, name := range names {
			if e.Name() == name || strings.HasPrefix(e.Name(), "."+name+"-") {
				if err := d.root.Remove(e.Name()); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Path is the directory as the user named it.
func (d *Dir) Path() string { return d.path }

// Stream creates a file that is written while the run goes on. The caller
// closes it.
func (d *Dir) Stream(name string) (*os.File, error) {
	return d.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
}

// Write writes a file beside its name and renames it when it is whole and on
// the disk.
func (d *Dir) Write(name string, write func(io.Writer) error) error {
	err := d.writeBeside(name, write)
	if err != nil {
		err = fmt.Errorf("%s: %w", filepath.Join(d.path, name), err)
	}
	return err
}

func (d *Dir) writeBeside(name string, write func(io.Writer) error) error {
	temporary, f, err := d.beside(name)
	if err != nil {
		return err
	}
	buf := bufio.NewWriterSize(f, 64<<10)
	if err = write(buf); err == nil {
		err = buf.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = d.root.Rename(temporary, name)
	}
	if err != nil {
		err = errors.Join(err, d.root.Remove(temporary))
	}
	return err
}

// beside creates a file that nobody else has.
func (d *Dir) beside(name string) (string, *os.File, error) {
	temporary := "." + name + "-" + rand.Text()
	f, err := d.Stream(temporary)
	return temporary, f, err
}

// Close lets the next run have the directory.
func (d *Dir) Close() error {
	var err error
	if d.lock != nil {
		err = d.lock.Close() // which unlocks it
	}
	return errors.Join(err, d.root.Close())
}
