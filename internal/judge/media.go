package judge

import (
	"fmt"

	"hookproof/internal/evidence"
	"hookproof/reports"
)

// Media lists the media that an actor has received: of one publisher, or with
// "" of any, frames without a publisher's mark among them.
func Media(obs []reports.Observation, actor, publisher string) []*reports.Observation {
	var out []*reports.Observation
	for _, o := range evidence.Of(obs, actor, reports.KindMedia) {
		if publisher == "" || evidence.Text(o, evidence.DataPublisher) == publisher {
			out = append(out, o)
		}
	}
	return out
}

// NoMedia checks that an actor has received no audio or video: none of one
// publisher, or with "" none at all.
func NoMedia(obs []reports.Observation, actor, publisher string) *Finding {
	got := Media(obs, actor, publisher)
	if len(got) == 0 {
		return nil
	}
	of := ""
	if publisher != "" {
		of = " of " + publisher
	}
	return &Finding{
		Expected: fmt.Sprintf("%s to receive no media%s", actor, of),
		Seen:     fmt.Sprintf("%s at %.3f s: %s", got[0].Name, got[0].T, got[0].Text),
		Evidence: []int{got[0].N},
	}
}

// NoMediaOfRefused checks that no actor has received a frame of a publisher
// whose on_publish was refused, or a frame at all after its own refusal at
// on_play. It looks at every client of the scenario.
func NoMediaOfRefused(obs []reports.Observation) *Finding {
	refused := map[string]int{}
	for _, h := range evidence.Hooks(obs, "") {
		if h.Answer >= 0 && !h.Accept && !h.Event.Closing() {
			refused[h.Actor] = h.Answer
		}
	}
	for i := range obs {
		o := &obs[i]
		if o.Kind != reports.KindMedia {
			continue
		}
		publisher := evidence.Text(o, evidence.DataPublisher)
		if n, is := refused[publisher]; is {
			return &Finding{Expected: fmt.Sprintf("no frame of %s, which was refused, at any player", publisher),
				Seen: fmt.Sprintf("%s received one at %.3f s", o.Actor, o.T), Evidence: []int{n, o.N}}
		}
	}
	return nil
}
