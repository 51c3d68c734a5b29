package timeline

import (
	"fmt"

	"hookproof/hook"
	"hookproof/reports"
)

// Plan is what a crowd's scenario had for one client. It is part of the
// recording, as the note "plan".
type Plan struct {
	Name, Stream string
	Plays        bool
	Source       string // the publisher whose frames a player must get; "" for none
	Refuse       int    // the hook.Event that is refused; -1 for none
	Vanish       int    // the hook.Event during which it vanishes; -1 for none
}

const planNote = "plan"

// Observation gives the plan as evidence.
func (p *Plan) Observation() reports.Observation {
	what := "publishes"
	if p.Plays {
		what = "plays"
	}
	text := fmt.Sprintf("%s %s", what, p.Stream)
	if p.Refuse >= 0 {
		text += fmt.Sprintf(", refused at %s", hook.Event(p.Refuse))
	}
	if p.Vanish >= 0 {
		text += fmt.Sprintf(", vanishes while its %s is asked", hook.Event(p.Vanish))
	}
	return reports.Observation{Kind: reports.KindNote, Name: planNote, Actor: p.Name, Text: text, Data: map[string]any{
		"stream": p.Stream, "plays": p.Plays, "source": p.Source, "refuse": float64(p.Refuse), "vanish": float64(p.Vanish)}}
}

// Plans reads back the plans of all crowds.
func Plans(obs []reports.Observation) []Plan {
	var plans []Plan
	for i := range obs {
		o := &obs[i]
		if o.Kind != reports.KindNote || o.Name != planNote {
			continue
		}
		p := Plan{Name: o.Actor, Stream: Text(o, "stream"), Source: Text(o, "source"), Refuse: int(Number(o, "refuse")), Vanish: int(Number(o, "vanish"))}
		p.Plays, _ = o.Data["plays"].(bool)
		plans = append(plans, p)
	}
	return plans
}

// ByActor sorts observations by their actor.
func ByActor(obs []reports.Observation) map[string][]reports.Observation {
	by := map[string][]reports.Observation{}
	for i := range obs {
		by[obs[i].Actor] = append(by[obs[i].Actor], obs[i])
	}
	return by
}
