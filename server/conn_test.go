package server

import (
	"testing"
	"time"
)

// Pings are never early, and late by less than a tick.
func TestAtTick(t *testing.T) {
	for _, after := range []time.Duration{0, 1, tick - 1, tick, tick + 1, 10 * time.Second, -tick / 2} {
		due := began.Add(after)
		at := atTick(due)
		if late := at.Sub(due); late < 0 || late >= tick || at.Sub(began)%tick != 0 {
			t.Errorf("due after %v: at %v", after, at.Sub(began))
		}
	}
}
