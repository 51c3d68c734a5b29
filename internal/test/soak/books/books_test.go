package books

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"hookproof/hook"
)

// life makes the three accounts of one client, step by step, all honest.
type life struct {
	*Client
	now time.Time
}

var origin = time.Now()

// newLife makes a client that nothing has befallen, whose connect is accepted.
func newLife(number int, p *hook.Profile) *life {
	l := &life{now: origin.Add(time.Duration(number) * time.Hour), Client: &Client{Number: number, Profile: p,
		Stream: "s"}}
	l.Visit = Visit{Began: l.now, Asked: true, Done: true}
	return l
}

func (l *life) tick() time.Time {
	l.now = l.now.Add(time.Millisecond)
	return l.now
}

func (l *life) id() string { return fmt.Sprint(100 + l.Number) }

// call adds a call that was answered.
func (l *life) call(e hook.Event, accept bool) *life {
	c := hook.Call{Event: e, ClientID: l.id(), Attempt: 1, Start: l.tick(), Status: 200,
		Decision: hook.Decision{Accept: accept}}
	l.Records = append(l.Records, Record{ID: l.id(), Event: e, Arrived: l.tick(), Answered: l.tick(), Accepted: accept})
	c.End = l.tick()
	l.Calls = append(l.Calls, c)
	return l
}

// again makes the last call a further attempt.
func (l *life) again(attempt int) *life {
	l.Calls[len(l.Calls)-1].Attempt = attempt
	return l
}

// fail adds a call that failed; seen is how long after its end the hook server
// gets it, less than 0: never.
func (l *life) fail(e hook.Event, err error, seen time.Duration) *life {
	c := hook.Call{Event: e, ClientID: l.id(), Attempt: 1, Start: l.tick(), End: l.tick(), Err: err,
		Decision: hook.Decision{Reason: "it failed"}}
	l.Calls = append(l.Calls, c)
	if seen >= 0 {
		at := c.End.Add(seen)
		l.Records = append(l.Records, Record{ID: l.id(), Event: e, Arrived: at, Answered: at, Accepted: true})
	}
	return l
}

func (l *life) connected() *life {
	l.Visit.Connected = l.tick()
	return l
}

func (l *life) let(e hook.Event) *life {
	l.Visit.Let = append(l.Visit.Let, Let{e, l.tick()})
	return l
}

func (l *life) saw(publisher int) *life {
	l.Visit.Seen = append(l.Visit.Seen, Seen{publisher, 5})
	return l
}

func publisher(n int, p *hook.Profile) *life {
	return newLife(n, p).call(hook.OnConnect, true).connected().call(hook.OnPublish, true).let(hook.OnPublish).
		call(hook.OnUnpublish, true).call(hook.OnClose, true)
}

func player(n, of int) *life {
	return newLife(n, hook.SRS6).connected().call(hook.OnConnect, true).call(hook.OnPlay,
		true).let(hook.OnPlay).saw(of).
		call(hook.OnStop, true).call(hook.OnClose, true)
}

// broken returns the names of the rules that do not hold.
func broken(lives ...*life) []string { return brokenIn(NewBook(false), lives...) }

// brokenIn is broken with a book that is made already.
func brokenIn(b *Book, lives ...*life) []string {
	for _, l := range lives {
		b.Enter(&Client{Number: l.Number, Profile: l.Profile, Stream: l.Stream, Refused: l.Refused, Hurt: l.Hurt})
		for _, c := range l.Calls {
			b.Called(l.Number, c)
		}
		for _, r := range l.Records {
			b.Recorded(l.Number, r)
		}
		b.Visited(l.Number, l.Visit)
	}
	all, _ := b.Settle()
	var names []string
	for _, v := range all {
		if !slices.Contains(names, v.Rule) {
			names = append(names, v.Rule)
		}
	}
	return names
}

var (
	errReset = errors.New("connection reset by peer")
	errTime  = fmt.Errorf("no answer: %w", os.ErrDeadlineExceeded)
)

// TestHonest has accounts of which none breaks a rule, whatever the links did.
func TestHonest(t *testing.T) {
	refused := func(l *life) *life { l.Refused, l.Visit.Done = true, false; return l }
	hurt := func(l *life) *life { l.Hurt, l.Visit.Done = true, false; return l }
	for name, l := range map[string]*life{
		"publisher":       publisher(1, hook.SRS1),
		"publisher, srs6": publisher(1, hook.SRS6),
		"player":          player(1, 2),
		"twice": newLife(1, hook.SRS6).connected().call(hook.OnConnect, true).call(hook.OnPublish,
			true).let(hook.OnPublish).call(hook.OnUnpublish, true).call(hook.OnPublish,
			true).let(hook.OnPublish).call(hook.OnUnpublish, true).call(hook.OnClose, true),
		"nobody":       {Client: &Client{Number: 1, Profile: hook.SRS1, Visit: Visit{Done: true}}},
		"idle in srs6": newLife(1, hook.SRS6).connected().call(hook.OnClose, true),
		"refused by plan": refused(newLife(1, hook.SRS6).connected().call(hook.OnConnect,
			true).call(hook.OnPublish, false).call(hook.OnClose, true)),
		"refused at on_connect": refused(newLife(1, hook.SRS1).call(hook.OnConnect, false)),
		"refused by a failure": newLife(1, hook.SRS6).connected().call(hook.OnConnect, true).fail(hook.OnPublish,
			errReset, -1).call(hook.OnClose, true),
		"accepted, answer lost": newLife(1, hook.SRS6).connected().call(hook.OnConnect, true).fail(hook.OnPublish,
			errReset, 0).call(hook.OnClose, true),
		"given up, comes late": newLife(1, hook.SRS6).connected().call(hook.OnConnect, true).fail(hook.OnPublish,
			errTime, time.Minute).call(hook.OnClose, true),
		"closing events lost": newLife(1, hook.SRS6).connected().call(hook.OnConnect, true).call(hook.OnPlay,
			true).fail(hook.OnStop, errReset, -1).fail(hook.OnClose, errTime, -1),
		"answers lost on its way": hurt(newLife(1, hook.SRS6).call(hook.OnConnect, true).call(hook.OnPublish,
			true).call(hook.OnUnpublish, true).call(hook.OnClose, true)),
		"an earlier one comes late": newLife(1, hook.SRS6).connected().call(hook.OnConnect, true).call(hook.OnPublish,
			true).let(hook.OnPublish).
			fail(hook.OnUnpublish, errTime, 7*time.Millisecond).call(hook.OnPublish,
			true).let(hook.OnPublish).call(hook.OnUnpublish, true).call(hook.OnClose, true),
	} {
		t.Run(name, func(t *testing.T) {
			if got := broken(l, publisher(2, hook.SRS6)); got != nil {
				t.Errorf("broken: %v\n%s", got, l.History())
			}
		})
	}
}

// TestSabotage spoils honest accounts, one thing at a time; the rules say so.
func TestSabotage(t *testing.T) {
	for _, row := range []struct {
		name  string
		spoil func(l *life)
		want  []string
	}{
		{"an event is lost, and the server does not know", func(l *life) {
			l.Records = slices.Delete(l.Records, 3, 4)
		}, []string{"known"}},
		{"an opening event is lost, and the client let in", func(l *life) {
			l.Records = slices.Delete(l.Records, 1, 2)
		}, []string{"known", "let-in"}},
		{"an event comes twice", func(l *life) { l.Records = append(l.Records, l.Records[2]) }, []string{"once"}},
		{"an event comes again later", func(l *life) {
			r := l.Records[3]
			r.Arrived, r.Answered = l.tick(), l.tick()
			l.Records = append(l.Records, r)
		}, []string{"once"}},
		{"an event comes that was never called", func(l *life) {
			l.Records = append(l.Records, Record{ID: l.id(), Event: hook.OnStop, Arrived: l.tick()})
		}, []string{"once"}},
		{"an event comes before it was called", func(l *life) { l.Records[3].Arrived = l.Calls[3].Start.Add(-1) },
			[]string{"known", "once"}},
		{"the answer is another's", func(l *life) { l.Records[1].Accepted = false }, []string{"known", "once",
			"let-in"}},
		{"a refusal is nobody's", func(l *life) {
			l.Calls[1].Decision.Accept = false
			l.Calls = slices.Delete(l.Calls, 2, 3)
			l.Records = slices.Delete(l.Records, 2, 3)
			l.Visit.Let = nil
		}, []string{"known", "once"}},
		{"a closing event is not called", func(l *life) {
			l.Calls, l.Records = slices.Delete(l.Calls, 2, 3), slices.Delete(l.Records, 2, 3)
		}, []string{"order", "due"}},
		{"the session never ends", func(l *life) { l.Calls, l.Records = l.Calls[:2], l.Records[:2] },
			[]string{"order", "due"}},
		{"a closing event is called twice", func(l *life) { l.call(hook.OnClose, true) }, []string{"order", "due"}},
		{"events overlap", func(l *life) { l.Calls[3].Start = l.Calls[2].End.Add(-1) }, []string{"order"}},
		{"a refused client gives on_unpublish", func(l *life) {
			l.Calls[1].Err, l.Calls[1].Status, l.Calls[1].Decision.Accept = errReset, 0, false
			l.Visit.Let = nil
		}, []string{"order"}},
		{"a failed hook lets in", func(l *life) {
			l.Calls[1].Err, l.Calls[1].Status, l.Calls[1].Decision.Accept = errReset, 0, false
			l.Calls, l.Records = slices.Delete(l.Calls, 2, 3), slices.Delete(l.Records, 2, 3)
		}, []string{"let-in", "due"}},
		{"a client is let in before the answer", func(l *life) { l.Visit.Let[0].At = l.Records[1].Answered.Add(-1) },
			[]string{"let-in"}},
		{"connect is accepted without a hook", func(l *life) {
			l.Calls, l.Records = l.Calls[3:],
				l.Records[3:]
			l.Visit.Let = nil
		}, []string{"order", "let-in", "due"}},
		{"two ids", func(l *life) { l.Calls[3].ClientID, l.Records[3].ID = "7", "7" }, []string{"one-id", "order"}},
		{"no id", func(l *life) { l.Records[0].ID = "" }, []string{"one-id"}},
		{"an id is another's", func(l *life) {
			for i := range l.Calls {
				l.Calls[i].ClientID, l.Records[i].ID = "102", "102"
			}
		}, []string{"one-id"}},
		{"a peer that never connected", func(l *life) { l.Visit.Asked, l.Visit.Connected = false, time.Time{} },
			[]string{"due"}},
		{"a client is dropped for nothing", func(l *life) { l.Visit.Done = false }, []string{"unhurt"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			l := publisher(1, hook.SRS1)
			row.spoil(l)
			got := broken(l, publisher(2, hook.SRS6))
			slices.Sort(got)
			slices.Sort(row.want)
			if !slices.Equal(got, row.want) {
				t.Errorf("broken: %v, want %v\n%s", got, row.want, l.History())
			}
		})
	}
}

// TestFrames spoils what a player saw.
func TestFrames(t *testing.T) {
	unaccepted := newLife(2, hook.SRS6).connected().call(hook.OnConnect, true).fail(hook.OnPublish, errReset,
		0).call(hook.OnClose, true)
	elsewhere := publisher(2, hook.SRS6)
	elsewhere.Stream = "other"
	refused := newLife(1, hook.SRS6).connected().call(hook.OnConnect, true).call(hook.OnPlay, false).call(hook.OnClose,
		true).saw(2)
	refused.Refused = true
	for name, lives := range map[string][]*life{
		"of a publisher that was not accepted": {player(1, 2), unaccepted},
		"of another stream":                    {player(1, 2), elsewhere},
		"of nobody":                            {player(1, 3), publisher(2, hook.SRS6)},
		"of a player that was refused":         {refused, publisher(2, hook.SRS6)},
	} {
		t.Run(name, func(t *testing.T) {
			if got := broken(lives...); !slices.Equal(got, []string{"frames"}) {
				t.Errorf("broken: %v", got)
			}
		})
	}
}

// TestAgain has servers that send closing events again.
func TestAgain(t *testing.T) {
	playing := func() *life {
		return newLife(1, hook.SRS6).connected().call(hook.OnConnect, true).call(hook.OnPlay, true)
	}
	for name, row := range map[string]struct {
		life  *life
		again bool
		want  []string
	}{
		"the second reaches it": {playing().fail(hook.OnStop, errReset, -1).call(hook.OnStop,
			true).again(2).call(hook.OnClose, true), true, nil},
		"both reach it": {playing().fail(hook.OnStop, errReset, 0).call(hook.OnStop,
			true).again(2).call(hook.OnClose, true), true, nil},
		"the answer is lost": {playing().call(hook.OnStop, true).fail(hook.OnClose, errReset, 0), true, nil},
		"none reaches it": {playing().fail(hook.OnStop, errReset, -1).fail(hook.OnStop, errReset,
			-1).again(2).call(hook.OnClose, true),
			true, []string{"kept"}},
		"not tried again": {playing().call(hook.OnStop, true).fail(hook.OnClose, errReset, -1), true,
			[]string{"kept"}},
		"nor promised": {playing().call(hook.OnStop, true).fail(hook.OnClose, errReset, -1), false, nil},
		"for nothing": {playing().call(hook.OnStop, true).call(hook.OnStop, true).again(2).call(hook.OnClose,
			true), true, []string{"once"}},
		"of an opening one": {newLife(1, hook.SRS6).connected().fail(hook.OnConnect, errReset, -1).call(hook.OnConnect,
			true).again(2).call(hook.OnClose, true), true, []string{"once"}},
		"comes once too often": {func() *life {
			l := playing().fail(hook.OnStop, errReset, 0).call(hook.OnStop, true).again(2).call(hook.OnClose, true)
			l.Records = append(l.Records, l.Records[2])
			return l
		}(), true, []string{"once"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := brokenIn(NewBook(row.again), row.life); !slices.Equal(got, row.want) {
				t.Errorf("broken: %v, want %v\n%s", got, row.want, row.life.History())
			}
		})
	}
}

// TestStrays are events of clients that are not there.
func TestStrays(t *testing.T) {
	b := NewBook(false)
	l := publisher(1, hook.SRS1)
	b.Called(-1, l.Calls[0])
	b.Recorded(5, l.Records[0])
	all, more := b.Settle()
	if len(all) != 2 || more != 0 || all[0].Rule != "nobody" || all[0].Client != -1 {
		t.Errorf("%+v, %d", all, more)
	}
}

func TestCounts(t *testing.T) {
	l := newLife(1, hook.SRS6).connected().call(hook.OnConnect, true).call(hook.OnPlay, true).let(hook.OnPlay).saw(2).
		fail(hook.OnStop, errReset, -1).fail(hook.OnClose, errTime, time.Second)
	p := publisher(2, hook.SRS6)
	r := newLife(3, hook.SRS1).call(hook.OnConnect, false)
	b := NewBook(false)
	for _, l := range []*life{l, p, r} {
		b.Enter(&Client{Number: l.Number, Profile: l.Profile, Stream: l.Stream})
		for _, c := range l.Calls {
			b.Called(l.Number, c)
		}
		for _, r := range l.Records {
			b.Recorded(l.Number, r)
		}
		b.Visited(l.Number, l.Visit)
	}
	b.Broken()
	if b.ID(1) != "101" || b.ID(9) != "" {
		t.Error(b.ID(1), b.ID(9))
	}
	if all, _ := b.Settle(); len(all) > 0 {
		t.Error(all)
	}
	n := b.Count()
	if n.Clients != 3 || n.Calls[hook.OnClose] != 2 || n.Failed[hook.OnClose] != 1 || n.Records[hook.OnStop] != 0 ||
		n.Lost != 1 || n.Late != 1 || n.Cut != 1 || n.Refused != 1 || n.Broken != 1 || n.Let != 2 || n.Fed != 1 ||
		n.Unhurt != 3 {
		t.Errorf("%+v", n)
	}
}

func TestTotals(t *testing.T) {
	good := Totals{Passed: 4, Accepted: 4, Requests: 3, Cuts: 2, UpFaults: 1}
	good.Count.Calls[hook.OnPlay], good.ServerCalls[hook.OnPlay] = 2, 2
	good.Count.Records[hook.OnPlay], good.Count.Broken, good.Count.Cut = 2, 1, 2
	if all := good.Check(); len(all) > 0 {
		t.Error(all)
	}
	for name, row := range map[string]struct {
		spoil func(*Totals)
		want  string
	}{
		"calls":       {func(t *Totals) { t.ServerCalls[hook.OnPlay]++ }, "counters"},
		"requests":    {func(t *Totals) { t.Requests-- }, "counters"},
		"connections": {func(t *Totals) { t.Accepted++ }, "counters"},
		"failures":    {func(t *Totals) { t.Cuts-- }, "causes"},
		"parts":       {func(t *Totals) { t.UpFaults-- }, "causes"},
	} {
		spoilt := good
		row.spoil(&spoilt)
		if all := spoilt.Check(); len(all) != 1 || all[0].Rule != row.want {
			t.Errorf("%s: %v", name, all)
		}
	}
}

// TestHeldUp excuses clients that were there while the process was not run.
func TestHeldUp(t *testing.T) {
	for name, row := range map[string]struct {
		held   []time.Duration // ends and beginnings in turn, from the client's beginning
		excuse bool
	}{
		"never":      {nil, false},
		"before":     {[]time.Duration{-time.Hour, 0}, false},
		"after":      {[]time.Duration{time.Minute, time.Hour}, false},
		"a little":   {[]time.Duration{time.Second, 3 * time.Second}, false},
		"throughout": {[]time.Duration{-time.Hour, time.Hour}, true},
		"in pieces":  {[]time.Duration{0, 3 * time.Second, 10 * time.Second, 13 * time.Second}, true},
	} {
		b := NewBook(false)
		b.Enter(&Client{Number: 1, Profile: hook.SRS6})
		for i := 0; i < len(row.held); i += 2 {
			b.HeldUp(origin.Add(row.held[i]), origin.Add(row.held[i+1]))
		}
		b.Visited(1, Visit{Began: origin, Ended: origin.Add(time.Minute), Err: "of no reason"})
		if all, _ := b.Settle(); (len(all) == 0) != row.excuse {
			t.Errorf("%s: %v", name, all)
		}
	}
}

// TestManyViolations keeps some and counts the rest.
func TestManyViolations(t *testing.T) {
	b := NewBook(false)
	for i := range maxKept + 10 {
		b.Enter(&Client{Number: i, Profile: hook.SRS6})
		b.Visited(i, Visit{Err: "of no reason"})
	}
	all, more := b.Settle()
	if len(all) != maxKept || more != 10 || !strings.Contains(all[0].Text, "of no reason") {
		t.Errorf("%d, and %d more", len(all), more)
	}
}
