package check

import "hookproof/reports"

// GoneNote is the note that the server under test no longer answers.
const GoneNote = "gone"

// DiedNote is the note that it no longer answers after a scenario that ran alone, which so has ended it.
const DiedNote = "died"

// Alive checks that the server under test still answers. Where scenarios run side
// by side it is not known which of them ended it: a failure is undecided then.
func Alive(obs []reports.Observation) *Finding {
	for i := range obs {
		o := &obs[i]
		if died := o.Name == DiedNote; o.Kind == reports.KindNote && (died || o.Name == GoneNote) {
			return &Finding{Expected: "the server under test to go on answering", Seen: o.Text, Evidence: []int{o.N},
				Undecided: !died, Fatal: died}
		}
	}
	return nil
}
