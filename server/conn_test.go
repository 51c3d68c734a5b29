package server

import (
	"testing"
	"time"
)

// Pings are never early, and late by less than a tenth of the time that there is.
func TestPingsAreLateByATick(t *testing.T) {
	cases := []struct {
		p    patience
		tick time.Duration
	}{
		{patience{ping: 10 * time.Second, silence: 30 * time.Second}, time.Second},
		{patience{ping: 10 * time.Second, silence: 11 * time.Second}, 100 * time.Millisecond},
		{patience{ping: 50 * time.Millisecond}, 5 * time.Millisecond},
		{patience{ping: 10 * time.Second, silence: 5 * time.Second}, time.Second},
		{patience{ping: 1, silence: 2}, 1},
	}
	for _, k := range cases {
		tick := k.p.tick()
		if tick != k.tick {
			t.Errorf("%+v: tick %v, want %v", k.p, tick, k.tick)
		}
		for _, after := range []time.Duration{0, 1, tick - 1, tick, tick + 1, 10 * time.Second, time.Hour} {
			due := began.Add(after)
			at := atTick(due, tick)
			if late := at.Sub(due); late < 0 || late >= tick || at.Sub(began)%tick != 0 {
				t.Errorf("tick %v, due after %v: at %v", tick, after, at.Sub(began))
			}
		}
	}
}
