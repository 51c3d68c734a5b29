//go:build !linux && !darwin

package cli

import "math"

// RaiseOpenFiles has nothing to raise on this system: open files are not
// limited per process in a way that a process could change.
func RaiseOpenFiles(uint64) (uint64, error) { return math.MaxUint64, nil }
