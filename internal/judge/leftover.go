package judge

import (
	"fmt"

	"hookproof/internal/evidence"
	"hookproof/reports"
)

// Notes that the leftovers are judged by.
const (
	MemoryNote = "memory" // Data "bytes": the server's resident set after a round
	ListedNote = "listed" // a client that has gone and is listed still
)

// NoneListed checks that no client that has gone was listed by the server to
// the end of the scene's patience.
func NoneListed(obs []reports.Observation) *Finding {
	for i := range obs {
		if o := &obs[i]; o.Kind == reports.KindNote && o.Name == ListedNote {
			return &Finding{Expected: "the server to list no client of the crowd any more", Seen: o.Text, Evidence: []int{o.N}}
		}
	}
	return nil
}

// Bounds on what a client that has gone may leave behind, in bytes of the
// server's resident set. A Go or C++ heap moves by itself; between the bounds
// the evidence does not decide.
const (
	leftFine = 8 << 10
	leftMuch = 32 << 10
)

// MemoryStays checks that the server's memory did not grow with each further
// client in the second half of the rounds (S-CON-06).
func MemoryStays(obs []reports.Observation, clients int) *Finding {
	var seen []float64
	var ns []int
	for i := range obs {
		if o := &obs[i]; o.Kind == reports.KindNote && o.Name == MemoryNote {
			seen, ns = append(seen, evidence.Number(o, "bytes")), append(ns, o.N)
		}
	}
	if len(seen) < 4 {
		return &Finding{Expected: "the server's memory after at least 4 rounds", Seen: fmt.Sprintf("%d readings", len(seen)), Evidence: ns, Undecided: true}
	}
	half := len(seen) / 2
	grown := (seen[len(seen)-1] - seen[half-1]) / float64(clients*(len(seen)-half))
	if grown <= leftFine {
		return nil
	}
	return &Finding{
		Expected:  fmt.Sprintf("no more than %d KB of memory left behind by each client", leftFine>>10),
		Seen:      fmt.Sprintf("%.1f KB each in the last %d rounds of %d clients", grown/1024, len(seen)-half, clients),
		Evidence:  ns,
		Undecided: grown <= leftMuch,
	}
}
