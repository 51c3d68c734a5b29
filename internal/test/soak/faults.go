package soak

import (
	"net"
	"time"

	"hookproof/hook"
	"hookproof/internal/test/faultlink"
)

// clientFaults are those of the links from clients to the server. A session
// begins with 3,073 bytes of handshake each way; commands and frames follow.
func clientFaults(seed uint64) *faultlink.Mix {
	return &faultlink.Mix{
		Seed: seed,
		PerMille: map[faultlink.Kind]int{
			faultlink.Delay: 80, faultlink.Bandwidth: 50, faultlink.Slice: 60, faultlink.Stall: 60,
			faultlink.Reset: 120, faultlink.HalfClose: 120,
		},
		UpBytes: 8000, DownBytes: 6000, Latency: 100 * time.Millisecond, Jitter: 50 * time.Millisecond,
		Rate: 16_000, Size: 400, Stall: 1500 * time.Millisecond, Late: 300 * time.Millisecond,
	}
}

// hookFaults are those of the links to the hook server, one for each profile. A
// request has some 400 bytes, an answer some 60.
//
// The caller keeps connections, and uses the youngest; so those that nothing
// befalls would soon be the only ones. Therefore each comes to an end: that of
// srs1 is half-closed some time after its first answer, as by a server that
// keeps none for long, whereupon the caller makes a new one for each request for
// a while. That of srs6 is reset in the midst of one of its first answers, so
// that there the caller goes on keeping them.
func hookFaults(seed uint64, p *hook.Profile) func(int64, net.IP) faultlink.Plan {
	m := &faultlink.Mix{
		Seed: seed,
		PerMille: map[faultlink.Kind]int{
			faultlink.Delay: 40, faultlink.Bandwidth: 20, faultlink.Slice: 40, faultlink.Stall: 20,
			faultlink.Reset: 50, faultlink.HalfClose: 60,
		},
		UpBytes: 600, DownBytes: 90, Latency: 60 * time.Millisecond, Jitter: 40 * time.Millisecond,
		Rate: 4000, Size: 100, Stall: 1500 * time.Millisecond, Late: 20 * time.Millisecond,
	}
	if p == hook.SRS1 {
		return func(n int64, _ net.IP) faultlink.Plan {
			plan := m.Plan(uint64(n))
			if plan.Kind() == faultlink.None {
				plan.Down = faultlink.HalfClosed{After: 1, Wait: time.Duration(1+n%31) * time.Millisecond}
			}
			return plan
		}
	}
	m.PerMille[faultlink.HalfClose] = 0
	m.UpBytes = 10_000
	return func(n int64, _ net.IP) faultlink.Plan {
		plan := m.Plan(uint64(n))
		plan.Down = faultlink.Broken{After: 100 + n%31*40}
		return plan
	}
}

// gentle tells whether a fault leaves time enough for everything.
func gentle(k faultlink.Kind) bool { return k == faultlink.Delay || k == faultlink.Slice }

// hurts tells whether what a connection suffered can have kept its client from
// what it came for.
func hurts(p *faultlink.Passage) bool {
	for _, k := range faultlink.Kinds {
		if !gentle(k) && p.Struck(k) {
			return true
		}
	}
	return p.Refused
}
