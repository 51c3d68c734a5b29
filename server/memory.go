package server

import (
	"os"
	"strconv"
	"strings"
)

// machineMemory is the memory of the machine, or of the container that this process is in, in bytes; 4 GB where that
// cannot be told.
func machineMemory() int64 {
	const unknown = 4 << 30
	all := physicalMemory()
	for _, file := range []string{
		"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes", // version 2, version 1
	} {
		if limit, ok := memoryLimit(file); ok && (all == 0 || limit < all) {
			all = limit
		}
	}
	if all == 0 {
		return unknown
	}
	return all
}

// memoryLimit reads a limit of a control group.
func memoryLimit(file string) (int64, bool) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(raw)), 10, 64) // "max" is none
	return n, err == nil && n > 0
}
