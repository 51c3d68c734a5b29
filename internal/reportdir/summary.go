package reportdir

import (
	"errors"
	"io"
	"os"
)

// JobSummary appends what write writes to the page of the CI job that the
// program runs in, if there is one: GITHUB_STEP_SUMMARY names its file.
func JobSummary(write func(io.Writer) error) error {
	path := os.Getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
