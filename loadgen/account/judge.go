package account

import (
	"fmt"
	"slices"
	"time"

	"hookproof/hook"
	"hookproof/hook/order"
	"hookproof/loadgen/measure"
	"hookproof/loadgen/plan"
)

// Case is what is to be judged.
type Case struct {
	Profile  *hook.Profile
	Plan     *plan.Plan
	Outcomes []Outcome // of every client that was to start, in any order
	Entries  []Entry   // of all endpoints
	// Hooks is false where no endpoint could see the hooks: only what clients
	// saw is judged then.
	Hooks bool
	// LateAfter is how long an answer may take; 0: no limit. Our own endpoint
	// is part of the generator: that it is slow says nothing of anybody else.
	LateAfter time.Duration
	// Shared says that others may use the same hook server: requests of nobody
	// in this test are counted, and no finding.
	Shared bool
	// Measure, if set, gets the times from refusals to disconnects, of clients
	// due after Warmup.
	Measure *measure.Set
	Warmup  time.Duration
}

// judge is a Case at work.
type judge struct {
	Case
	books    *Books
	byClient map[int][]*Entry
	names    map[string]int // client_id → client
	wrong    map[int]bool   // clients whose counts or verdicts are wrong
	lone     int            // on_close that may come of clients which never showed their key
}

// Judge lays what clients saw beside what hooks came.
func Judge(c Case) *Books {
	j := &judge{
		Case: c, byClient: map[int][]*Entry{}, names: map[string]int{}, wrong: map[int]bool{},
		books: &Books{Expected: map[string]int{}, Seen: map[string]int{}, Counts: map[Kind]int{},
			Findings: []Finding{}},
	}
	for _, k := range Kinds {
		j.books.Counts[k] = 0
	}
	j.index()
	for i := range c.Outcomes {
		if o := &c.Outcomes[i]; o.End != NotStarted {
			j.client(&c.Plan.Sessions[o.Client], o)
		}
	}
	j.foreign()
	if c.Hooks {
		j.order()
	}
	j.books.sort()
	return j.books
}

// index sorts the entries by client.
func (j *judge) index() {
	slices.SortStableFunc(j.Entries, func(a, b Entry) int { return int(a.Arrived - b.Arrived) })
	for i := range j.Entries {
		e := &j.Entries[i]
		if e.Known {
			j.books.Seen[e.Event.String()]++
		}
		if e.Client >= 0 {
			j.byClient[e.Client] = append(j.byClient[e.Client], e)
			j.names[e.ID] = e.Client
		}
	}
}

// client judges one client.
func (j *judge) client(s *plan.Session, o *Outcome) {
	j.books.Clients++
	entries := j.byClient[o.Client]
	accepted := j.falseAccept(s, o, entries)
	refused := j.falseRefusal(s, o, entries)
	j.frames(s, o)
	if accepted || refused {
		j.wrong[o.Client] = true
	}
	if !j.Hooks {
		return
	}
	if s.Refused && !accepted {
		j.measureRefusal(s, o, entries)
	}
	want := expect(j.Profile, s, o, opened(s, o, entries))
	if want[hook.OnClose] == (span{0, 1}) && !o.Asked && !j.Profile.ConnectFirst && o.Dialed {
		j.lone++
	}
	if accepted || refused { // what follows from a wrong verdict is part of it
		return
	}
	j.counts(s, o, entries, want)
	j.late(o, entries)
}

// opened reports whether the hook of a client's stream was accepted before its connection ended.
func opened(s *plan.Session, o *Outcome, entries []*Entry) bool {
	return slices.ContainsFunc(entries, func(e *Entry) bool {
		return e.Known && e.Event == s.Role.Event() && e.Accepted && e.Answered > 0 && e.Answered < o.EndedAt
	})
}

// counts compares how often each event came with how often it should have.
func (j *judge) counts(s *plan.Session, o *Outcome, entries []*Entry, want [len(hook.Events)]span) {
	var got [len(hook.Events)]int
	for _, e := range entries {
		if e.Known {
			got[e.Event]++
		}
	}
	for _, e := range hook.Events {
		w, n := want[e], got[e]
		j.books.Expected[e.String()] += w.least
		f := Finding{Event: e.String(), Requirement: requirement(s, o, e)}
		switch {
		case n < w.least:
			f.Kind, f.Text = Lost, fmt.Sprintf("no %s of a %s that %s", e, s.Role, o.End.words())
		case n > w.most && w.most == 0:
			f.Kind, f.Text = Unexpected, fmt.Sprintf("%s of a %s that %s%s", e, s.Role, o.End.words(), at(s))
		case n > w.most:
			f.Kind, f.Text = Doubled, fmt.Sprintf("%s came %d times", e, n)
		default:
			continue
		}
		j.find(o.Client, f)
	}
}

// find notes a finding of a client's counts.
func (j *judge) find(client int, f Finding) {
	j.wrong[client] = true
	f.Client = Name(client)
	if list := j.byClient[client]; len(list) > 0 {
		f.ClientID = list[0].ID
	}
	j.books.add(f)
}

// late looks for answers that took too long, or were never given.
func (j *judge) late(o *Outcome, entries []*Entry) {
	for _, e := range entries {
		took := time.Duration(e.Answered - e.Arrived)
		f := Finding{Kind: Late, Event: e.Event.String(), Requirement: "H-RSP-08"}
		switch {
		case e.Answered == 0 && o.End != Cut:
			f.Text = fmt.Sprintf("%s was never answered", e.Event)
		case j.LateAfter > 0 && took > j.LateAfter:
			f.Text = fmt.Sprintf("%s was answered after %v", e.Event, took.Round(time.Millisecond))
		default:
			continue
		}
		f.Client, f.ClientID = Name(o.Client), e.ID
		j.books.add(f)
	}
}

// foreign counts the requests that no client of the test explains.
func (j *judge) foreign() {
	for i := range j.Entries {
		e := &j.Entries[i]
		if e.Client >= 0 {
			continue
		}
		if e.Known && e.Event == hook.OnClose && j.lone > 0 {
			j.lone--
			continue
		}
		j.books.Foreign++
		if j.Shared {
			continue
		}
		f := Finding{Client: Name(-1), Kind: Unexpected, ClientID: e.ID, Text: "a request that is no hook event"}
		if e.Known {
			f.Event, f.Text = e.Event.String(), fmt.Sprintf("%s of client_id %q, which is no client of this test",
				e.Event, e.ID)
		}
		j.books.add(f)
	}
}

// order walks every client through the order checker. What it finds of a
// client whose counts are wrong already is the same thing seen twice.
func (j *judge) order() {
	viewers := slices.ContainsFunc(j.Plan.Sessions, func(s plan.Session) bool { return s.Over != plan.RTMP })
	k := order.New(order.Options{Profile: j.Profile, HTTPPlayers: viewers, KeepClosed: len(j.Entries) + 1,
		MaxProblems: 100_000})
	outcomes := map[int]*Outcome{}
	open := false
	for i := range j.Outcomes {
		outcomes[j.Outcomes[i].Client] = &j.Outcomes[i]
		open = open || j.Outcomes[i].End == Cut
	}
	told := map[int]bool{}
	for i := range j.Entries {
		e := &j.Entries[i]
		if !e.Known || e.Client < 0 {
			continue
		}
		o := outcomes[e.Client]
		late := j.Plan.Sessions[e.Client].Over == plan.HLS // it is missed only after a while
		if e.Event.Closing() && o != nil && o.LeftAt > 0 && !told[e.Client] && !late {
			told[e.Client] = true
			k.Left(e.ID, o.how(), time.Unix(0, o.LeftAt))
		}
		var answered time.Time
		if e.Answered > 0 {
			answered = time.Unix(0, e.Answered)
		}
		k.Feed(e.ID, e.Event, time.Unix(0, e.Arrived), answered, e.Accepted)
	}
	k.Finish(open)
	for _, p := range k.Problems() {
		j.problem(&p)
	}
}

// problem makes a finding of what the order checker found.
func (j *judge) problem(p *order.Problem) {
	client, known := j.names[p.Client]
	if !known {
		client = -1
	}
	if p.Verdict != order.Fail || j.wrong[client] {
		return
	}
	f := Finding{Client: Name(client), Kind: OutOfOrder, Event: p.Event.String(), Requirement: p.ID, ClientID: p.Client,
		Text: fmt.Sprintf("expected %s, seen %s", p.Expected, p.Seen)}
	switch p.Kind {
	case order.Late:
		f.Kind = Late
	case order.NoID:
		f.Kind = Unexpected
	case order.Missing:
		if p.At.IsZero() || client >= 0 && !j.came(client, j.Plan.Sessions[client].Role.Event()+1) {
			f.Kind = Lost // and not merely late: it never came
		}
	}
	j.books.add(f)
}

// came reports whether an event of a client came at all.
func (j *judge) came(client int, e hook.Event) bool {
	return slices.ContainsFunc(j.byClient[client], func(got *Entry) bool { return got.Known && got.Event == e })
}
