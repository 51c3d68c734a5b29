package check

import (
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

// Accounted checks every client of every crowd against its plan: the verdict
// that the hook server gave, what the client saw, which events came and in
// which order, and whose frames it got (S-CON-01, 02 and 06).
func Accounted(p *hook.Profile, obs []reports.Observation) *Finding {
	plans := timeline.Plans(obs)
	if len(plans) == 0 {
		return &Finding{Expected: "a crowd", Seen: "none has come"}
	}
	return mismatches(obs, plans, func(plan *timeline.Plan, own []reports.Observation) *Finding { return asPlanned(p, plan, own) })
}

// mismatches runs a check on every client of a crowd and puts what it finds
// into one finding, with the timelines of the first ten.
func mismatches(obs []reports.Observation, plans []timeline.Plan, check func(*timeline.Plan, []reports.Observation) *Finding) *Finding {
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
			fmt.Fprintf(&detail, "%s: expected %s; seen: %s\n%s", plans[i].Name, f.Expected, f.Seen, lines(by[plans[i].Name]))
		}
	}
	if bad == 0 {
		return nil
	}
	all.Expected = fmt.Sprintf("all %d clients of the crowd as the hook server decided; the first that is not: %s", len(plans), all.Expected)
	all.Seen += fmt.Sprintf(" (%d clients mismatch)", bad)
	all.Detail = detail.String() + strays(obs)
	return &all
}

// asPlanned checks one client of a crowd.
func asPlanned(p *hook.Profile, plan *timeline.Plan, own []reports.Observation) *Finding {
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
		if f := NotTold(own, plan.Name, PublishStart); f != nil {
			return f
		}
		if f := NoMedia(own, plan.Name, ""); f != nil {
			return f
		}
		return Off(own, plan.Name)
	}
	return wasOn(plan, own)
}

// wasOn checks a client that the hook server accepted.
func wasOn(plan *timeline.Plan, own []reports.Observation) *Finding {
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
	got := Media(own, plan.Name, "")
	for _, o := range got {
		if from := timeline.Text(o, timeline.DataPublisher); from != "" && from != plan.Source {
			return &Finding{Expected: fmt.Sprintf("%s to get frames of %s only", plan.Name, sourceName(plan.Source)), Seen: fmt.Sprintf("a frame of %s at %.3f s", from, o.T), Evidence: []int{o.N}}
		}
	}
	if plan.Source == "" && len(got) > 0 {
		return &Finding{Expected: plan.Name + " to get no media: its stream's publisher was refused or vanished", Seen: fmt.Sprintf("%s at %.3f s", got[0].Name, got[0].T), Evidence: []int{got[0].N}}
	}
	if plan.Source != "" && len(Frames(own, plan.Name, "")) == 0 {
		return &Finding{Expected: fmt.Sprintf("%s to get frames of %s", plan.Name, plan.Source), Seen: "none"}
	}
	return nil
}

func sourceName(s string) string {
	if s == "" {
		return "nobody"
	}
	return s
}

// deeds is what a client of a crowd did, and how its plan says it was answered.
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

// lines writes what was observed of one client, a line each.
func lines(own []reports.Observation) string {
	var b strings.Builder
	for i := range own {
		o := &own[i]
		fmt.Fprintf(&b, "    %8.3f s  %-10s %s\n", o.T, o.Kind, strings.Join(strings.Fields(strings.Join([]string{o.Name, o.Event, o.Code, redact.Clip(o.Text, 160)}, " ")), " "))
	}
	return b.String()
}

// span is the time in which a publisher surely was live: from when it was told
// so until it began to go or was disconnected.
type span struct {
	actor    string
	from, to float64
	n        int
}

// OneLive checks S-CON-04: of the publishers of one stream, at most one was
// live at any time.
func OneLive(obs []reports.Observation) *Finding {
	var spans []span
	by := timeline.ByActor(obs)
	for _, plan := range timeline.Plans(obs) {
		own := by[plan.Name]
		start := Told(own, plan.Name, PublishStart)
		if start == nil {
			continue
		}
		s := span{actor: plan.Name, from: start.T, to: start.T, n: start.N}
		if len(own) > 0 {
			s.to = own[len(own)-1].T
		}
		for _, o := range timeline.Of(own, plan.Name, reports.KindSent, reports.KindDisconnect) {
			if o.T > start.T && (o.Kind == reports.KindDisconnect || slices.Contains([]string{"FCUnpublish", "closeStream", "deleteStream"}, o.Name)) {
				s.to = o.T
				break
			}
		}
		spans = append(spans, s)
	}
	slices.SortFunc(spans, func(a, b span) int { return int(sign(a.from - b.from)) })
	for i := 1; i < len(spans); i++ {
		if a, b := spans[i-1], spans[i]; b.from < a.to {
			return &Finding{Expected: "at most one publisher of the stream to be live at any time",
				Seen: fmt.Sprintf("%s was told so at %.3f s and went at %.3f s; %s was told so at %.3f s", a.actor, a.from, a.to, b.actor, b.from), Evidence: []int{a.n, b.n}}
		}
	}
	if len(spans) == 0 {
		return &Finding{Expected: "one of the publishers of the stream to go live", Seen: "none was told so"}
	}
	return nil
}

func sign(x float64) float64 {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return 0
}

// Rivalry checks S-CON-04: each publisher that went live gives on_unpublish,
// each that lost is disconnected and gives on_close, and no on_unpublish where
// the profile says so.
func Rivalry(p *hook.Profile, obs []reports.Observation) *Finding {
	return mismatches(obs, timeline.Plans(obs), func(plan *timeline.Plan, own []reports.Observation) *Finding {
		publish, closed := order.Deed{Event: hook.OnPublish, Answer: order.Lost}, order.Deed{Event: hook.OnClose}
		if Told(own, plan.Name, PublishStart) != nil {
			publish.Answer = order.Accepted
			return Exactly(order.Expect(p, publish, closed), own, plan.Name)
		}
		if f := Exactly(order.Expect(p, publish, closed), own, plan.Name); f != nil {
			return f
		}
		return Off(own, plan.Name)
	})
}

// Waiting checks that an actor's event is unanswered still.
func Waiting(obs []reports.Observation, actor string) *Finding {
	hooks := timeline.Hooks(obs, actor)
	if n := len(hooks); n > 0 && hooks[n-1].Answer < 0 {
		return nil
	}
	return &Finding{Expected: fmt.Sprintf("%s to wait for the answer to its event", actor), Seen: describeEvents(hooks), Evidence: numbers(hooks)}
}
