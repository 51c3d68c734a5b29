//go:build !linux && !darwin

package server

// descriptorLimit is none that would be known here.
func descriptorLimit() int { return 0 }

func lowestFree(fd int) int { return fd }
