//go:build linux || darwin

package cli

import "syscall"

// RaiseOpenFiles raises this process's limit of open files (RLIMIT_NOFILE) to
// want, or as near to it as the system allows: a privileged process may lift
// the hard limit, any other stays below it. It never lowers a limit. The
// result is the limit that holds afterwards, also when there is an error.
func RaiseOpenFiles(want uint64) (uint64, error) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, err
	}
	if limit.Cur >= want {
		return limit.Cur, nil
	}
	if limit.Max < want {
		lifted := syscall.Rlimit{Cur: want, Max: want}
		if syscall.Setrlimit(syscall.RLIMIT_NOFILE, &lifted) == nil {
			return want, nil
		}
	}
	raised := syscall.Rlimit{Cur: min(want, limit.Max), Max: limit.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &raised); err != nil {
		return limit.Cur, err
	}
	return raised.Cur, nil
}
