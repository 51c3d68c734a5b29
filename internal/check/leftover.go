package check

import (
	"fmt"

	"hookproof/reports"
)

// Notes on what is left behind.
const (
	MemoryNote = "memory" // what the server holds after a round, by each measure
	ListedNote = "listed" // a client that is gone and is still listed
	StrayNote  = "stray"  // a request of the whole run that no client explains
)

// Starved is the note that the harness got no processor from one time to another,
// in seconds: what it observed then may have happened earlier.
func Starved(from, to float64) reports.Observation {
	return reports.Observation{T: to, Kind: reports.KindNote, Name: starvedNote,
		Text: fmt.Sprintf("this process was not run for %.2f s", to-from),
		Data: &reports.Details{Gap: reports.Gap{From: from, To: to}}}
}

const starvedNote = "starved"

// starvedBetween returns for how long, of a period, the harness got no processor.
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
			return &Finding{
				Expected: "every event of the run to be of one of its clients",
				Seen:     fmt.Sprintf("one that no client explains, at %.3f s: %s", o.T, o.Text),
				Evidence: []int{o.N},
			}
		}
	}
	return nil
}

// NoneListed checks that the server stopped listing every client that is gone,
// within the scene's patience.
func NoneListed(obs []reports.Observation) *Finding {
	for i := range obs {
		if o := &obs[i]; o.Kind == reports.KindNote && o.Name == ListedNote {
			return &Finding{Expected: "the server to list no client of the crowd any more", Seen: o.Text,
				Evidence: []int{o.N}}
		}
	}
	return nil
}
