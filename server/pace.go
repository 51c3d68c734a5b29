package server

import "time"

// A pace lets so many things happen at once, and one more each second after that.
type pace struct {
	used float64 // of what may happen at once
	at   time.Time
}

// allow tells whether one more may happen now, where most may at once.
func (p *pace) allow(now time.Time, most int) bool {
	p.used = max(0, p.used-now.Sub(p.at).Seconds())
	p.at = now
	if p.used+1 > float64(most) {
		return false
	}
	p.used++
	return true
}
