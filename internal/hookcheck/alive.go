package hookcheck

import (
	"hookproof/internal/check"
	"hookproof/reports"
)

// AliveNote is the name of the note that says whether the target lived when a
// scenario was over, and if not, whether it was brought back.
const AliveNote = "alive"

// Alive checks that the target lived when the scenario was over.
func Alive(obs []reports.Observation) *check.Finding {
	for i := range obs {
		o := &obs[i]
		if o.Kind != reports.KindNote || o.Name != AliveNote || o.Details().Alive {
			continue
		}
		f := &check.Finding{Expected: "the hook server to serve an ordinary event when the scenario is over",
			Seen:     o.Text,
			Evidence: []int{o.N}, Fatal: true, Cause: "the hook server died"}
		if all := Exchanges(obs); len(all) > 0 {
			f.Detail = "the request that it died of, as far as can be seen:\n" +
				killer(all).tell("the hook server to live")
		}
		return f
	}
	return nil
}

// scaleOf returns the factor of all time-outs that the scenario ran with.
func scaleOf(obs []reports.Observation) float64 {
	for i := range obs {
		if o := &obs[i]; o.Kind == reports.KindNote && o.Details().TimeScale > 0 {
			return o.Details().TimeScale
		}
	}
	return 1
}
