package check

import (
	"fmt"
	"slices"
	"strings"

	"hookproof/hook"
	"hookproof/hook/order"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// Rivals publish one stream (S-CON-04). Being told Publish.Start does not make one
// live: it is live while its media reaches players, and it has won if it is still
// connected after all of them were answered.

// dropped reports whether the server disconnected an actor.
func dropped(obs []reports.Observation, actor string) bool {
	d := timeline.Disconnected(obs, actor)
	return d != nil && d.Name != "local"
}

// OneLive checks that of the publishers of one stream one was live, and never two
// at a time.
func OneLive(obs []reports.Observation) *Finding {
	var stayed []string
	var last []int
	by := timeline.ByActor(obs)
	plans := timeline.Plans(obs)
	for _, plan := range plans {
		if own := by[plan.Name]; len(own) > 0 && !dropped(own, plan.Name) {
			stayed, last = append(stayed, plan.Name), append(last, own[len(own)-1].N)
		}
	}
	const expected = "at most one publisher of the stream to be live at any time"
	switch {
	case len(stayed) == 0:
		return &Finding{Expected: "one of the publishers of the stream to go live", Seen: "all were disconnected"}
	case len(stayed) > 1:
		return &Finding{Expected: expected, Evidence: last,
			Seen: fmt.Sprintf("%d still connected after all hooks were answered: %s",
				len(stayed), strings.Join(stayed[:min(len(stayed), mostListed)], ", "))}
	}
	return alternate(obs, plans, expected)
}

// alternate looks for a player that got media of one publisher, of another, and of
// the first again.
func alternate(obs []reports.Observation, plans []timeline.Plan, expected string) *Finding {
	shown := map[string][]*reports.Observation{} // by player: the first frame of each publisher
	for i := range obs {
		o := &obs[i]
		of := o.Details().Publisher
		if o.Kind != reports.KindMedia || !slices.ContainsFunc(plans,
			func(p timeline.Plan) bool { return p.Name == of }) {
			continue
		}
		seen := shown[o.Actor]
		before := slices.IndexFunc(seen, func(e *reports.Observation) bool { return e.Details().Publisher == of })
		switch {
		case before < 0:
			shown[o.Actor] = append(seen, o)
		case before < len(seen)-1:
			other := seen[len(seen)-1]
			return &Finding{Expected: expected, Evidence: []int{seen[before].N, other.N, o.N},
				Seen: fmt.Sprintf("%s got media of %s at %.3f s, of %s at %.3f s and of %s again at %.3f s",
					o.Actor, of, seen[before].T, other.Details().Publisher, other.T, of, o.T)}
		}
	}
	return nil
}

// Rivalry checks the events of the publishers of one stream: those of a whole
// session of the one that stayed, those of a loser of each that was disconnected.
func Rivalry(p *hook.Profile, obs []reports.Observation) *Finding {
	return mismatches(obs, timeline.Plans(obs), func(plan *timeline.Plan, own []reports.Observation) *Finding {
		if dropped(own, plan.Name) {
			return Exactly(Loser(p), own, plan.Name)
		}
		published, left := order.Deed{Event: hook.OnPublish, Answer: order.Accepted}, order.Deed{Event: hook.OnClose}
		return Exactly(order.Expect(p, published, left), own, plan.Name)
	})
}

// Loser returns the events of a publisher that lost to a live one.
func Loser(p *hook.Profile) order.Expectation {
	return order.Expect(p, order.Deed{Event: hook.OnPublish, Answer: order.Lost}, order.Deed{Event: hook.OnClose})
}

// OneStays says which of two publishers of one stream stays on while the other is
// disconnected.
func OneStays(obs []reports.Observation, one, two string) (winner, loser string, f *Finding) {
	e := Entry{Asked: true}
	for _, pair := range [2][2]string{{one, two}, {two, one}} {
		if On(obs, pair[0], e) && dropped(obs, pair[1]) {
			return pair[0], pair[1], nil
		}
	}
	f = &Finding{Expected: fmt.Sprintf("one of %s and %s to stay on, and the other to be disconnected", one, two)}
	for _, name := range []string{one, two} {
		seen, ns := outcome(obs, name)
		f.Seen += fmt.Sprintf("%s: %s. ", name, seen)
		f.Evidence = append(f.Evidence, ns...)
	}
	f.Seen = strings.TrimSpace(f.Seen)
	return "", "", f
}
