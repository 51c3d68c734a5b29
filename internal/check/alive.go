package check

import "hookproof/reports"

// GoneNote is the note that the server under test does not answer any more.
const GoneNote = "gone"

// Alive checks that the server under test was not found gone. Scenarios run
// side by side, so that which of them ended it is not known: what failed then
// is undecided.
func Alive(obs []reports.Observation) *Finding {
	for i := range obs {
		if o := &obs[i]; o.Kind == reports.KindNote && o.Name == GoneNote {
			return &Finding{Expected: "the server under test to go on answering", Seen: o.Text, Evidence: []int{o.N}, Undecided: true}
		}
	}
	return nil
}
