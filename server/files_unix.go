//go:build linux || darwin

package server

import "golang.org/x/sys/unix"

// descriptorLimit is how many files this process may have open; 0 where that is not limited, or cannot be told.
func descriptorLimit() int {
	const unlimited = 1 << 30
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil || limit.Cur >= unlimited {
		return 0
	}
	return int(limit.Cur)
}

// lowestFree is the descriptor that the next file would get, or a very high one where there is none.
func lowestFree(fd int) int {
	const none = 1 << 30
	next, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return none
	}
	unix.Close(next)
	return next
}
