package check

import (
	"fmt"

	"hookproof/reports"
)

// Notes that the leftovers are judged by.
const (
	MemoryNote = "memory" // what the server holds after a round, by each measure
	ListedNote = "listed" // a client that has gone and is listed still
	StrayNote  = "stray"  // a request of the whole run that no client explains
)

// Starved is the note that the harness itself was not run for a while, from and
// to in seconds: what was observed in it may have happened earlier than noted.
func Starved(from, to float64) reports.Observation {
	return reports.Observation{T: to, Kind: reports.KindNote, Name: starvedNote,
		Text: fmt.Sprintf("this process was not run for %.2f s", to-from), Data: &reports.Details{Gap: reports.Gap{From: from, To: to}}}
}

const starvedNote = "starved"

// starvedBetween is how much of a time the harness was not run, in seconds.
func starvedBetween(obs []reports.Observation, from, to float64) float64 {
	sum := 0.0
	for i := range obs {
		if o := &obs[i]; o.Kind == reports.KindNote && o.Name == starvedNote {
			gap := o.Details().Gap
			sum += max(0, min(to, gap.To)-max(from, gap.From))
		}
	}
	return sum
}

// NoneUnexplained checks that every request of the whole run is of a client of
// it (S-ID-01).
func NoneUnexplained(obs []reports.Observation) *Finding {
	for i := range obs {
		if o := &obs[i]; o.Kind == reports.KindNote && o.Name == StrayNote {
			return &Finding{Expected: "every event of the run to be of one of its clients", Seen: fmt.Sprintf("one that no client explains, at %.3f s: %s", o.T, o.Text), Evidence: []int{o.N}}
		}
	}
	return nil
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
