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

// Observation returns the plan as evidence.
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
	return reports.Observation{Kind: reports.KindNote, Name: planNote, Actor: p.Name, Text: text,
		Data: &reports.Details{CrowdPlan: reports.CrowdPlan{
			Stream: p.Stream, Plays: p.Plays, Source: p.Source, Refuse: p.Refuse, Vanish: p.Vanish}}}
}

// Plans reads back the plans of all crowds.
func Plans(obs []reports.Observation) []Plan {
	var plans []Plan
	for i := range obs {
		o := &obs[i]
		if o.Kind != reports.KindNote || o.Name != planNote {
			continue
		}
		d := o.Details().CrowdPlan
		p := Plan{Name: o.Actor, Stream: d.Stream, Plays: d.Plays, Source: d.Source, Refuse: d.Refuse, Vanish: d.Vanish}
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
