package check

import "hookproof/reports"

// GoneNote is the note that the server under test no longer answers.
const GoneNote = "gone"

// Alive checks that the server under test still answers. Scenarios run side by
// side, so it is not known which of them ended it: a failure is undecided.
func Alive(obs []reports.Observation) *Finding {
	for i := range obs {
		if o := &obs[i]; o.Kind == reports.KindNote && o.Name == GoneNote {
			return &Finding{
				Expected:  "the server under test to go on answering",
				Seen:      o.Text,
				Evidence:  []int{o.N},
				Undecided: true,
			}
		}
	}
	return nil
}
