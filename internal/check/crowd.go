package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hookproof/hook"
	"hookproof/hook/order"
	"hookproof/internal/redact"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// mostListed is how many mismatching clients a finding lists.
const mostListed = 10

// Accounted checks every client of every crowd against its plan: the hook
// server's verdict, what the client saw, its events and their order, and the
// publishers of the frames it got (S-CON-01, S-CON-02 and S-CON-06).
func Accounted(p *hook.Profile, obs []reports.Observation) *Finding {
	plans := timeline.Plans(obs)
	if len(plans) == 0 {
		return &Finding{Expected: "a crowd", Seen: "none came"}
	}
	from := sources(obs, plans)
	return mismatches(obs, plans, func(plan *timeline.Plan, own []reports.Observation) *Finding {
		return asPlanned(p, plan, own, from[plan.Stream])
	})
}

// planCheck checks one client of a crowd, given its own observations.
type planCheck func(*timeline.Plan, []reports.Observation) *Finding

// mismatches runs a check on every client of a crowd and joins the findings into
// one, with the timelines of the first ten.
func mismatches(obs []reports.Observation, plans []timeline.Plan, check planCheck) *Finding {
	by := timeline.ByActor(obs)
	var all Finding
	var detail strings.Builder
	bad := 0
	for i := range plans {
		f := check(&plans[i], by[plans[i].Name])
		if f == nil {
			continue
		}
		if bad++; bad == 1 {
			all.Expected, all.Seen = f.Expected, f.Seen
		}
		if bad <= mostListed {
			all.Evidence = append(all.Evidence, f.Evidence...)
			fmt.Fprintf(&detail, "%s: expected %s; seen: %s\n%s", plans[i].Name, f.Expected, f.Seen,
				lines(by[plans[i].Name]))
		}
	}
	if bad == 0 {
		return nil
	}
	all.Expected = fmt.Sprintf("all %d clients of the crowd to get what the hook server decided; the first that did "+
		"not: %s",
		len(plans), all.Expected)
	all.Seen += fmt.Sprintf(" (%d of %d clients)", bad, len(plans))
	all.Detail = detail.String() + strays(obs)
	return &all
}

// sources lists the publishers of each stream that the hook server accepted, even
// if they had gone by then: media of theirs may reach players.
func sources(obs []reports.Observation, plans []timeline.Plan) map[string][]string {
	accepted := map[string]bool{}
	for _, h := range timeline.Hooks(obs, "") {
		accepted[h.Actor] = accepted[h.Actor] || h.Event == hook.OnPublish && h.Answer >= 0 && h.Accept
	}
	from := map[string][]string{}
	for i := range plans {
		plan := &plans[i]
		source := plan.Source
		if !plan.Plays {
			source = plan.Name
		}
		if accepted[source] && !slices.Contains(from[plan.Stream], source) {
			from[plan.Stream] = append(from[plan.Stream], source)
		}
	}
	return from
}

// asPlanned checks one client of a crowd, which may get media of these publishers.
// What a refused client is told is left to S-ANS-04.
func asPlanned(p *hook.Profile, plan *timeline.Plan, own []reports.Observation, from []string) *Finding {
	if f := Exactly(order.Expect(p, deeds(plan)...), own, plan.Name); f != nil {
		return f
	}
	if f := NoOverlap(own, plan.Name); f != nil {
		f.Requirement = "S-ORD-03"
		return f
	}
	if plan.Vanish >= 0 {
		return nil
	}
	if plan.Refuse >= 0 {
		if f := NoMedia(own, plan.Name, ""); f != nil {
			return f
		}
		return Off(own, plan.Name)
	}
	return wasOn(plan, own, from)
}

// wasOn checks a client that the hook server accepted.
func wasOn(plan *timeline.Plan, own []reports.Observation, from []string) *Finding {
	code := PublishStart
	if plan.Plays {
		code = PlayStart
	}
	if d := timeline.Disconnected(own, plan.Name); Told(own, plan.Name, code) == nil || d != nil && d.Name != "local" {
		f := &Finding{Expected: fmt.Sprintf("%s, which was accepted, to be let on until it leaves", plan.Name)}
		f.Seen, f.Evidence = outcome(own, plan.Name)
		return f
	}
	if !plan.Plays {
		return nil
	}
	for _, o := range Media(own, plan.Name, "") {
		of := o.Details().Publisher
		if slices.Contains(from, of) || of == "" && len(from) > 0 {
			continue
		}
		return &Finding{
			Expected: fmt.Sprintf("%s to get media only of accepted publishers of its stream (%s)",
				plan.Name, cmp.Or(strings.Join(from, ", "), "none")),
			Seen:     fmt.Sprintf("%s of %s at %.3f s", o.Name, cmp.Or(of, "an unknown publisher"), o.T),
			Evidence: []int{o.N}}
	}
	if plan.Source != "" && len(Frames(own, plan.Name, "")) == 0 {
		return &Finding{Expected: fmt.Sprintf("%s to get frames of %s", plan.Name, plan.Source), Seen: "none"}
	}
	return nil
}

// deeds returns what a client of a crowd did, with the answers of its plan.
func deeds(plan *timeline.Plan) []order.Deed {
	open, closed := order.Deed{Event: hook.OnPublish, Answer: order.Accepted}, order.Deed{Event: hook.OnClose}
	if plan.Plays {
		open.Event = hook.OnPlay
	}
	switch plan.Refuse {
	case int(hook.OnConnect):
		return []order.Deed{{Event: hook.OnConnect, Answer: order.Refused}, closed}
	case int(open.Event):
		open.Answer = order.Refused
	}
	return []order.Deed{open, closed}
}

// lines lists the observations of one client, one on each line.
func lines(own []reports.Observation) string {
	var b strings.Builder
	for i := range own {
		o := &own[i]
		words := strings.Fields(strings.Join([]string{o.Name, o.Event, o.Code, redact.Clip(o.Text, 160)}, " "))
		fmt.Fprintf(&b, "    %8.3f s  %-10s %s\n", o.T, o.Kind, strings.Join(words, " "))
	}
	return b.String()
}

// Waiting checks that an actor's event is unanswered still.
func Waiting(obs []reports.Observation, actor string) *Finding {
	hooks := timeline.Hooks(obs, actor)
	if n := len(hooks); n > 0 && hooks[n-1].Answer < 0 {
		return nil
	}
	return &Finding{
		Expected: fmt.Sprintf("%s to wait for the answer to its event", actor),
		Seen:     describeEvents(hooks),
		Evidence: numbers(hooks),
	}
}
