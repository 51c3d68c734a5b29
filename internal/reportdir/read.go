package reportdir

import (
	"fmt"
	"os"
	"syscall"
)

// Open opens a file of a report that somebody may have sent: a regular file of
// at most so many bytes. It does not wait for the writer of a named pipe.
func Open(path string, most int64) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = fmt.Errorf("%s: want a regular file, got %s", path, info.Mode().Type())
	case info.Size() > most:
		err = fmt.Errorf("%s: want at most %d bytes, got %d", path, most, info.Size())
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Same reports whether two paths name one directory that exists.
func Same(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
