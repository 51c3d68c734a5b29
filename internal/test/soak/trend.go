package soak

import (
	"slices"
)

const (
	// heapSlack is by how much the heap after a collection may lie above that
	// after the warm-up: maps and buffers that have grown to the size of the
	// busiest moment.
	heapSlack = 4 << 20
	// heapEach is by how much it may grow with each further client, from the
	// first to the second half of the rounds. Noise of the smallest sort: a
	// session that is kept costs some KB, an entry of a map that is kept 50 bytes.
	heapEach = 16
)

// trend judges whether the heap grows with the number of clients that have
// gone, by the medians of the first and the second half of the rounds.
func (res *Result) trend() {
	const least = 6 // rounds; fewer are judged by heapSlack alone
	n := len(res.Rounds)
	if n < least {
		return
	}
	grown := median(res.Rounds[n-n/2:]) - median(res.Rounds[:n/2])
	clients := int64(res.Came / 2)
	if fine := heapSlack/8 + heapEach*clients; grown > fine {
		res.violate("left-over", "from the first to the second half of %d rounds the heap grows by %.2f MB, %d "+
			"bytes for each of %d clients between; %.2f MB is noise",
			n, mb(grown), grown/max(clients, 1), clients, mb(fine))
	}
}

func median(all []Footprint) int64 {
	heaps := make([]int64, len(all))
	for i, f := range all {
		heaps[i] = f.Heap
	}
	slices.Sort(heaps)
	return heaps[len(heaps)/2]
}
