package oracle

import (
	"slices"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/reports"
)

// IDs are the requirements that Judge can find broken.
var IDs = []string{"S-ID-01", "S-ID-02", "S-ORD-01", "S-ORD-02", "S-ORD-03", "S-ORD-04", "S-ORD-05", "S-ORD-06",
	"S-ORD-08", "S-ORD-09", "S-ORD-10", "S-ORD-12", "S-ORD-13", "S-ANS-01", "S-ANS-02", "S-ANS-03", "S-ANS-04",
	"S-ANS-05", "S-ANS-06", "S-ANS-07", "S-ANS-08", "S-ANS-09", "S-ANS-10", "S-CON-02", "S-CON-04"}

// Judge returns everything that is wrong in a scenario that is over: every client has
// gone, and a marker client has run through since. The first finding of a client's
// events comes before what follows from them.
func Judge(p *hook.Profile, obs []reports.Observation) []*check.Finding {
	w := read(p, obs)
	found := slices.Concat(w.identity(), w.media(), w.events(), w.admission(), w.locks())
	return slices.DeleteFunc(found, func(f *check.Finding) bool { return f == nil || f.Undecided })
}

// identity checks the client_ids.
func (w *world) identity() (found []*check.Finding) {
	for _, l := range w.lives {
		if len(l.hooks) == 0 {
			continue
		}
		if f := check.OneID(w.obs, l.name); f != nil && len(f.Evidence) > 0 {
			f.Requirement, f.Cause = "S-ID-01", "identity"
			found = append(found, f)
		}
	}
	if f := check.OwnIDs(w.obs); f != nil && len(f.Evidence) > 0 {
		f.Requirement, f.Cause = "S-ID-02", "identity"
		found = append(found, f)
	}
	return found
}
