package account

import (
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/loadgen/measure"
	"hookproof/loadgen/plan"
)

// story is one client's hooks, written down event by event.
type story struct {
	at      int64
	entries []Entry
}

// event adds a request that is answered after a millisecond.
func (s *story) event(client int, id string, e hook.Event, accepted bool) *story {
	s.at += int64(10 * time.Millisecond)
	s.entries = append(s.entries, Entry{Client: client, ID: id, Event: e, Known: true, Arrived: s.at,
		Answered: s.at + int64(time.Millisecond), Accepted: accepted})
	return s
}

func (s *story) events(events ...hook.Event) *story {
	for _, e := range events {
		s.event(0, "7", e, true)
	}
	return s
}

var (
	aPublisher = plan.Session{Role: plan.Publish}
	aPlayer    = plan.Session{Role: plan.Play}
	wasIn      = Outcome{End: Left, Dialed: true, Connected: true, Asked: true, Let: true}
	wasRefused = Outcome{End: Refused, Dialed: true, Connected: true, Asked: true, Told: true, EndedAt: 1}
)

func refusedAt(s plan.Session, e hook.Event) plan.Session {
	s.Refused, s.RefuseAt = true, e
	return s
}

func with(o Outcome, change func(*Outcome)) Outcome {
	change(&o)
	return o
}

func TestJudge(t *testing.T) {
	const con, clo, pub, unp, play, stop = hook.OnConnect, hook.OnClose, hook.OnPublish, hook.OnUnpublish, hook.OnPlay,
		hook.OnStop
	for _, c := range []struct {
		name    string
		profile *hook.Profile
		session plan.Session
		outcome Outcome
		story   *story
		want    []Kind
	}{
		{"a publisher as it should be", hook.SRS1, aPublisher, wasIn, new(story).events(con, pub, unp, clo), nil},
		{"a player as it should be", hook.SRS6, aPlayer, wasIn, new(story).events(con, play, stop, clo), nil},
		{"on_unpublish is lost", hook.SRS1, aPublisher, wasIn, new(story).events(con, pub, clo), []Kind{Lost}},
		{"everything is lost", hook.SRS1, aPlayer, wasIn, new(story), []Kind{Lost, Lost, Lost, Lost}},
		{"on_close twice", hook.SRS1, aPlayer, wasIn, new(story).events(con, play, stop, clo, clo), []Kind{Doubled}},
		{"closed before unpublished", hook.SRS1, aPublisher, wasIn, new(story).events(con, pub, clo, unp),
			[]Kind{OutOfOrder, OutOfOrder}},
		{"a player that publishes", hook.SRS1, aPlayer, wasIn, new(story).events(con, pub, play, stop, clo),
			[]Kind{Unexpected}},
		{"refused at on_connect, srs1", hook.SRS1, refusedAt(aPlayer, con),
			with(wasRefused, func(o *Outcome) { o.Connected, o.Asked = false, false }),
			new(story).event(0, "7", con, false), nil},
		{"refused at on_connect, srs6", hook.SRS6, refusedAt(aPlayer, con), wasRefused,
			new(story).event(0, "7", con, false).event(0, "7", clo, true), nil},
		{"refused at on_connect, no on_close, srs6", hook.SRS6, refusedAt(aPlayer, con), wasRefused,
			new(story).event(0, "7", con, false), []Kind{Lost}},
		{"refused at on_publish", hook.SRS1, refusedAt(aPublisher, pub), wasRefused,
			new(story).events(con).event(0, "7", pub, false).events(clo), nil},
		{"unpublished though refused", hook.SRS1, refusedAt(aPublisher, pub), wasRefused,
			new(story).events(con).event(0, "7", pub, false).events(unp, clo), []Kind{Unexpected}},
		{"let in by the hook server", hook.SRS1, refusedAt(aPublisher, pub), wasIn,
			new(story).events(con, pub, unp, clo),
			[]Kind{FalseAccept}},
		{"let in by the server", hook.SRS1, refusedAt(aPublisher, pub), wasIn,
			new(story).events(con).event(0, "7", pub, false).events(unp, clo), []Kind{FalseAccept}},
		{"not disconnected", hook.SRS1, refusedAt(aPlayer, play), with(wasIn,
			func(o *Outcome) { o.End, o.Frames = Stayed, 3 }),
			new(story).events(con).event(0, "7", play, false).events(clo), []Kind{FalseAccept, FrameToRefused}},
		{"a frame before the disconnect", hook.SRS6, refusedAt(aPlayer, play),
			with(wasRefused, func(o *Outcome) { o.Let, o.Frames = true, 1 }),
			new(story).events(con).event(0, "7", play, false).events(clo), []Kind{FrameToRefused}},
		{"a frame of a refused publisher", hook.SRS1, aPlayer, with(wasIn, func(o *Outcome) { o.Foreign = 2 }),
			new(story).events(con, play, stop, clo), []Kind{FrameToRefused}},
		{"refused by the hook server", hook.SRS1, aPlayer, with(wasRefused, func(o *Outcome) { o.End = Failed }),
			new(story).events(con).event(0, "7", play, false).events(clo), []Kind{FalseRefusal}},
		{"refused by the server in words", hook.SRS1, aPlayer, with(wasRefused, func(o *Outcome) { o.End = Failed }),
			new(story).events(con, play, clo), []Kind{FalseRefusal}},
		{"a time-out: an error, no verdict", hook.SRS1, aPlayer, with(wasRefused,
			func(o *Outcome) { o.End, o.Told = Failed, false }), new(story).events(con, play, clo), []Kind{Lost}},
		{"refused by the server without a word", hook.SRS1, aPlayer,
			with(wasRefused, func(o *Outcome) { o.End, o.Told, o.Ended = Failed, false, true }),
			new(story).events(con, play, clo), []Kind{FalseRefusal}},
		{"reset before its hook: an error, no verdict", hook.SRS1, aPlayer,
			with(wasRefused, func(o *Outcome) { o.End, o.Told, o.Ended = Failed, false, true }),
			new(story).events(con, clo),
			nil},
		{"never connected", hook.SRS1, aPlayer, Outcome{End: Failed}, new(story), nil},
		{"interrupted", hook.SRS1, aPlayer, Outcome{End: Cut, Dialed: true}, new(story).events(con), nil},
		{"dropped, closing events came", hook.SRS1, aPublisher, with(wasIn, func(o *Outcome) { o.End = Dropped }),
			new(story).events(con, pub, unp, clo), nil},
		{"dropped, on_stop is missing", hook.SRS1, aPlayer, with(wasIn, func(o *Outcome) { o.End = Dropped }),
			new(story).events(con, play, clo), []Kind{Lost}},
		{"the server was killed while a player played", hook.SRS1, aPlayer,
			with(wasIn, func(o *Outcome) { o.End, o.EndedAt = Dropped, int64(time.Second) }),
			new(story).events(con, play), []Kind{Lost, Lost}},
		{"the server was killed before its answer about a player came", hook.SRS6, aPlayer,
			with(wasIn, func(o *Outcome) { o.End, o.EndedAt = Dropped, 1 }),
			new(story).events(con, play), []Kind{Lost}},
		{"vanished, closed late", hook.SRS1, aPlayer, with(wasIn,
			func(o *Outcome) { o.End, o.LeftAt = Vanished, int64(25*time.Millisecond) }),
			lateStory(), []Kind{Late}},
		{"a request of nobody", hook.SRS1, aPlayer, wasIn, new(story).events(con, play, stop, clo).event(-1, "9", con,
			true), []Kind{Unexpected}},
		{"answered late", hook.SRS1, aPlayer, wasIn, slowStory(), []Kind{Late}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := Judge(Case{
				Profile: c.profile, Plan: &plan.Plan{Sessions: []plan.Session{c.session}},
				Outcomes: []Outcome{c.outcome},
				Entries:  c.story.entries, Hooks: true, LateAfter: time.Minute, Measure: measure.NewSet(),
			})
			var got []Kind
			for _, f := range b.Findings {
				got = append(got, f.Kind)
				if f.String() == "" || f.Kind.Title() == "" {
					t.Errorf("finding without words: %+v", f)
				}
			}
			if len(got) != len(c.want) || b.Total() != len(got) {
				t.Fatalf("found %v, want %v", b.Findings, c.want)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("found %v, want %v", b.Findings, c.want)
				}
			}
		})
	}
}

// lateStory ends long after the client has left.
func lateStory() *story {
	s := new(story).events(hook.OnConnect, hook.OnPlay)
	s.at += int64(8 * time.Second)
	return s.events(hook.OnStop, hook.OnClose)
}

// slowStory has an answer that takes two minutes.
func slowStory() *story {
	s := new(story).events(hook.OnConnect, hook.OnPlay)
	s.entries[1].Answered += int64(2 * time.Minute)
	s.at += int64(3 * time.Minute)
	return s.events(hook.OnStop, hook.OnClose)
}

func TestJudgeSharedServer(t *testing.T) {
	b := Judge(Case{Profile: hook.SRS1, Plan: &plan.Plan{}, Hooks: true, Shared: true,
		Entries: new(story).event(-1, "9", hook.OnConnect, true).entries})
	if b.Total() != 0 || b.Foreign != 1 {
		t.Errorf("books are %+v", b)
	}
}

func TestKeys(t *testing.T) {
	k := NewKeys("abc")
	for _, c := range []struct {
		name, text string
		want       int
	}{
		{"a page URL", "http://loadgen.invalid/" + k.Of(42), 42},
		{"a parameter", "?client=" + k.Of(0) + "&token=x", 0},
		{"another run's", NewKeys("abd").Of(1), -1},
		{"cut short", "lgabcx12", -1},
		{"no number", "lgabcxz", -1},
		{"a stream", "lgabcs12", -1},
		{"nothing", "", -1},
		{"too long", "lgabcx1234567890123z", -1},
		{"negative", "lgabcx-1z", -1},
		{"a probe", "http://loadgen.invalid/" + k.OfProbe(2), Probe(2)},
		{"a probe cut short", "lgabcxpz", -1},
	} {
		if got := k.Find(c.text); got != c.want {
			t.Errorf("%s: client %d, want %d", c.name, got, c.want)
		}
	}
}

// FuzzKeys: what a server sends back never makes a key that was not sent.
func FuzzKeys(f *testing.F) {
	f.Add("lgabcx12z")
	f.Add("?client=lgabcx0z&x")
	f.Fuzz(func(t *testing.T, s string) {
		if n := NewKeys("abc").Find(s); n < Probe(1e9) || n > 1e9 {
			t.Errorf("%q is client %d", s, n)
		}
	})
}
