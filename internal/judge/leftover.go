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

// Starved is the note that the harness itself was not run for a while, from and
// to in seconds: what was observed in it may have happened earlier than noted.
func Starved(from, to float64) reports.Observation {
	return reports.Observation{T: to, Kind: reports.KindNote, Name: starvedNote,
		Text: fmt.Sprintf("this process was not run for %.2f s", to-from), Data: map[string]any{"from": from, "to": to}}
}

const starvedNote = "starved"

// starvedBetween is how much of a time the harness was not run, in seconds.
func starvedBetween(obs []reports.Observation, from, to float64) float64 {
	sum := 0.0
	for i := range obs {
		if o := &obs[i]; o.Kind == reports.KindNote && o.Name == starvedNote {
			sum += max(0, min(to, evidence.Number(o, "to"))-max(from, evidence.Number(o, "from")))
		}
	}
	return sum
}

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

// What clients that have gone may leave behind in the server's resident set:
// so much for each, and so much by which a Go or C++ heap moves by itself. Up to
// twice that the evidence does not decide.
const (
	leftEach  = 8 << 10
	leftSlack = 8 << 20
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
	gone := clients * (len(seen) - half)
	grown, fine := seen[len(seen)-1]-seen[half-1], float64(leftSlack+leftEach*gone)
	if grown <= fine {
		return nil
	}
	return &Finding{
		Expected:  fmt.Sprintf("the server's memory to grow by no more than %.1f MB (%d MB, and %d KB for each client) in the last %d rounds", fine/(1<<20), leftSlack>>20, leftEach>>10, len(seen)-half),
		Seen:      fmt.Sprintf("%.1f MB, %.1f KB for each of the %d clients that have gone", grown/(1<<20), grown/1024/float64(gone), gone),
		Evidence:  ns,
		Undecided: grown <= 2*fine,
	}
}
