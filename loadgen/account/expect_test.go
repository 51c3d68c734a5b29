package account

import (
	"testing"

	"hookproof/hook"
	"hookproof/loadgen/plan"
)

// TestExpect: what a client saw decides how often each of its events is due.
func TestExpect(t *testing.T) {
	type counts = [len(hook.Events)]span
	one, some := span{1, 1}, span{0, 1}
	left := Outcome{End: Failed, Dialed: true, Connected: true, Asked: true} // no answer came
	for _, c := range []struct {
		name    string
		session plan.Session
		outcome Outcome
		srs1    counts
		srs6    counts
	}{
		{"never dialed", aPublisher, Outcome{End: Failed}, counts{}, counts{}},
		{"connect unanswered", aPublisher, Outcome{End: Failed, Dialed: true},
			counts{hook.OnConnect: some, hook.OnClose: some}, counts{hook.OnConnect: some, hook.OnClose: some}},
		{"publish not sent", aPublisher, Outcome{End: Failed, Dialed: true, Connected: true},
			counts{hook.OnConnect: one, hook.OnClose: one, hook.OnPublish: some, hook.OnUnpublish: some},
			counts{hook.OnConnect: some, hook.OnClose: some, hook.OnPublish: some, hook.OnUnpublish: some}},
		{"publish unanswered", aPublisher, left,
			counts{hook.OnConnect: one, hook.OnClose: one, hook.OnPublish: some, hook.OnUnpublish: some},
			counts{hook.OnConnect: some, hook.OnClose: one, hook.OnPublish: some, hook.OnUnpublish: some}},
		{"played and left", aPlayer, wasIn,
			counts{hook.OnConnect: one, hook.OnClose: one, hook.OnPlay: one, hook.OnStop: one},
			counts{hook.OnConnect: one, hook.OnClose: one, hook.OnPlay: one, hook.OnStop: one}},
		{"a player told so and dropped", aPlayer, with(wasIn, func(o *Outcome) { o.End = Dropped }),
			counts{hook.OnConnect: one, hook.OnClose: one, hook.OnPlay: one, hook.OnStop: some},
			counts{hook.OnConnect: one, hook.OnClose: one, hook.OnPlay: one, hook.OnStop: some}},
		{"refused at on_play", refusedAt(aPlayer, hook.OnPlay), wasRefused,
			counts{hook.OnConnect: one, hook.OnClose: one, hook.OnPlay: one},
			counts{hook.OnConnect: one, hook.OnClose: one, hook.OnPlay: one}},
		{"refused at on_connect", refusedAt(aPlayer, hook.OnConnect), Outcome{End: Refused, Dialed: true},
			counts{hook.OnConnect: one, hook.OnClose: some}, counts{hook.OnConnect: one, hook.OnClose: one}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for p, want := range map[*hook.Profile]counts{hook.SRS1: c.srs1, hook.SRS6: c.srs6} {
				if got := expect(p, &c.session, &c.outcome, false); got != want {
					t.Errorf("%s: got %v, want %v", p, got, want)
				}
			}
		})
	}
}
