package server

import "time"

// An allowance lets so many things happen at once, and one more each second after that.
type allowance struct {
	used float64 // of what may happen at once
	at   time.Time
}

// take reports whether one more may happen now, where most may at once.
func (a *allowance) take(now time.Time, most int) bool {
	a.used = max(0, a.used-now.Sub(a.at).Seconds())
	a.at = now
	if a.used+1 > float64(most) {
		return false
	}
	a.used++
	return true
}
