package hooktarget

import (
	"context"
	"fmt"
	"strings"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/hookcheck"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// gate is what the target was seen to do with an event before the scenarios began.
type gate struct {
	known    bool // it was tried
	answered bool // each acceptable event was, whatever it got
	accepted bool // each acceptable event was
	asked    bool // clients are named that it should refuse, and they were sent
	refused  bool // each of them was
}

// Probe sends one acceptable event of each kind, and one that is to be refused, before the scenarios begin. What
// needs an event to be accepted or refused is not run where the target does not do so: that is one failure, not
// one of each scenario.
func (t *Target) Probe(ctx context.Context, log *timeline.Log, _ []*features.Case) error {
	s := NewScene(ctx, t, log)
	defer s.Close()
	for _, ev := range lifetime {
		if len(t.o.URLs[ev]) == 0 {
			continue
		}
		g := gate{known: true}
		n := len(log.All())
		if err := s.Acceptable(ev); err != nil {
			return err
		}
		g.answered = hookcheck.Served(log.All()[n:]) == nil
		g.accepted = hookcheck.Accepted(t.o.Profile, log.All()[n:]) == nil
		if g.asked = len(t.o.Identities.Refuses(ev)) > 0; g.asked {
			n = len(log.All())
			if err := s.Refusable(ev); err != nil {
				return err
			}
			g.refused = hookcheck.Refused(t.o.Profile, log.All()[n:]) == nil
		}
		t.gates[ev] = g
		s.noteGate(ev, g)
	}
	return nil
}

// noteGate records what came of an event.
func (s *Scene) noteGate(ev hook.Event, g gate) {
	data := &reports.Details{
		Gate: reports.Gate{GateEvent: ev.String(), Accepted: g.accepted, Asked: g.asked, Refused: g.asked && g.refused},
	}
	words := []string{"not accepted"}
	if g.accepted {
		words[0] = "accepted"
	}
	if g.asked {
		words = append(
			words,
			map[bool]string{true: "refused where it should be",
				false: "accepted where it should be refused"}[g.refused],
		)
	}
	s.note(hookcheck.GateNote, data, "%s is %s", ev, strings.Join(words, ", and "))
}

// accepting and refusing are the requirements that say so of an event.
var (
	accepting = map[hook.Event]string{hook.OnConnect: "H-RSP-01", hook.OnClose: "H-RSP-02", hook.OnPublish: "H-RSP-03",
		hook.OnUnpublish: "H-RSP-04", hook.OnPlay: "H-RSP-05", hook.OnStop: "H-RSP-06"}
	refusing = map[hook.Event]string{hook.OnConnect: "H-REJ-01", hook.OnPublish: "H-REJ-02", hook.OnPlay: "H-REJ-03"}
)

// Applies says that a scenario is not applicable where its event has no URL.
func (s *Scene) Applies(ev hook.Event) error {
	if len(s.Target.o.URLs[ev]) > 0 {
		return nil
	}
	return &check.NotRun{Reason: "no URL is given for " + ev.String(), NotApplicable: true}
}

// needs says that a scenario is not run where the target does not accept what it begins with.
func (s *Scene) needs(ev hook.Event) error {
	if err := s.Applies(ev); err != nil {
		return err
	}
	if g := s.Target.gates[ev]; g.known && !g.accepted {
		return &check.NotRun{Reason: "needs " + accepting[ev]}
	}
	return nil
}

// needsRefusal says that a scenario is not run where nobody is named whom the target refuses at an event, or
// where it does not refuse them.
func (s *Scene) needsRefusal(ev hook.Event) error {
	if err := s.needs(ev); err != nil {
		return err
	}
	if len(s.Target.o.Identities.Refuses(ev)) == 0 {
		return unnamed(ev)
	}
	if g := s.Target.gates[ev]; g.asked && !g.refused {
		return &check.NotRun{Reason: "needs " + refusing[ev]}
	}
	return nil
}

// unnamed says that nobody is named whom the target refuses.
func unnamed(ev hook.Event) error {
	return &check.NotRun{Reason: fmt.Sprintf("no client is named that %s refuses: %s", ev, HowToIdentify)}
}

// refuses reports whether clients are named that the target refuses at an event, and it does.
func (s *Scene) refuses(ev hook.Event) bool { return s.needsRefusal(ev) == nil }

// accepted lists those of the events that have a URL and are accepted. Without any it says why.
func (s *Scene) accepted(events ...hook.Event) (some []hook.Event, err error) {
	for _, ev := range events {
		lacking := s.needs(ev)
		if lacking == nil {
			some = append(some, ev)
			continue
		}
		if n, _ := lacking.(*check.NotRun); err == nil || !n.NotApplicable {
			err = lacking
		}
	}
	if len(some) > 0 {
		return some, nil
	}
	return nil, err
}

// anyOpening returns an opening event that is accepted, on_publish if that is, and has a key.
func (s *Scene) anyOpening(key string) (hook.Event, error) {
	all, err := s.accepted(hook.OnPublish, hook.OnPlay, hook.OnConnect)
	if err != nil {
		return 0, err
	}
	for _, ev := range all {
		if key == "" || hasKey(s.Target.o.Profile, ev, key) {
			return ev, nil
		}
	}
	return 0, &check.NotRun{Reason: "no URL is given for an event that has the key " + key, NotApplicable: true}
}
