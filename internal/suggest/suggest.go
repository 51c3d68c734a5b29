// Package suggest finds what a mistyped word was meant to be.
package suggest

import "slices"

// Nearest returns the known name closest to a mistyped one, or "" if none is
// near: one typing error in a name of three to five letters, two in a longer one.
// Of names equally near it returns the first in alphabetical order. A name of
// more than 64 bytes has no suggestion.
func Nearest(name string, known []string) string {
	if len(name) > 64 {
		return ""
	}
	best, bestDistance := "", 3
	for _, k := range slices.Sorted(slices.Values(known)) {
		allowed := 2
		switch {
		case len(k) < 3:
			continue
		case len(k) < 6:
			allowed = 1
		}
		if d := distance(name, k); d <= allowed && d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance counts the letters to insert, drop, replace or swap with their
// neighbour to make a of b.
func distance(a, b string) int {
	var before, last []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
