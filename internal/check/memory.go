package check

import (
	"fmt"
	"slices"

	"hookproof/reports"
)

// A measure is one way to tell what a server's process holds, and what clients
// that have gone may leave behind by it, in bytes: so much in all, by which it
// moves by itself, and so much for each of them.
type measure struct {
	of    func(reports.Memory) int64
	What  string
	slack float64
	each  float64
}

// Both were measured on the built-in server, 32 rounds of 100 clients: the
// resident set moves by 1.5 MB, and under the race detector, which remembers
// goroutines that have gone, grows by 6 KB a client. What is in use moves by
// 0.8 MB at single readings, upwards, and by 0.1 MB otherwise; it does not grow.
var measures = []measure{
	{of: func(m reports.Memory) int64 { return m.Resident }, What: "resident set", slack: 4 << 20, each: 8 << 10},
	{of: func(m reports.Memory) int64 { return m.Live }, What: "memory in use", slack: 512 << 10, each: 1 << 10},
}

// fewestRounds is the least from which a trend can be told.
const fewestRounds = 4

// MemoryStays checks that what the server holds does not grow with each further
// round of so many clients (S-CON-06): the least of the later half of the
// readings against the median of the earlier half. A single reading that is
// higher or lower decides nothing, growth that goes on does. Up to twice what is
// allowed the evidence does not decide: more rounds will.
func MemoryStays(obs []reports.Observation, clients int) *Finding {
	var readings []*reports.Observation
	for i := range obs {
		if o := &obs[i]; o.Kind == reports.KindNote && o.Name == MemoryNote {
			readings = append(readings, o)
		}
	}
	var ns []int
	for _, o := range readings {
		ns = append(ns, o.N)
	}
	if len(readings) < fewestRounds {
		return &Finding{Expected: fmt.Sprintf("the server's memory after at least %d rounds", fewestRounds),
			Seen: fmt.Sprintf("%d readings", len(readings)), Evidence: ns, Undecided: true}
	}
	var worst *Finding
	for _, m := range measures {
		if f := m.stays(readings, clients); f != nil && (worst == nil || worst.Undecided && !f.Undecided) {
			f.Evidence, worst = ns, f
		}
	}
	return worst
}

// stays checks one measure; a process that cannot tell it is not held to it.
func (m *measure) stays(readings []*reports.Observation, clients int) *Finding {
	var seen []float64
	for _, o := range readings {
		if v := float64(m.of(o.Details().Memory)); v > 0 {
			seen = append(seen, v)
		}
	}
	if len(seen) < fewestRounds {
		return nil
	}
	half := len(seen) / 2
	early := slices.Sorted(slices.Values(seen[:half]))
	middle := (half - 1) / 2
	grown := slices.Min(seen[half:]) - early[middle]
	gone := clients * (half - middle)
	fine := m.slack + m.each*float64(gone)
	if grown <= fine {
		return nil
	}
	return &Finding{
		Expected: fmt.Sprintf("the server's %s to grow by no more than %.1f MB for %d clients that came and went",
			m.What, fine/(1<<20), gone),
		Seen:      fmt.Sprintf("%.1f MB, %.1f KB for each of them", grown/(1<<20), grown/1024/float64(gone)),
		Undecided: grown <= 2*fine,
	}
}
