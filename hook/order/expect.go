package order

import (
	"slices"
	"strings"

	"hookproof/hook"
)

// Deed is one thing that a client did, named after the event that it causes:
// OnConnect is the RTMP connect, OnPublish and OnPlay a stream that it asked
// for, OnUnpublish and OnStop the end of that stream, OnClose the end of its
// connection, whoever ended it.
type Deed struct {
	Event  hook.Event
	Answer Answer // of the hook server; closing events have none
	Unsure bool   // the deed may not have reached the server
}

// Answer says what is known of how a deed was answered.
type Answer uint8

// The answers.
const (
	Unknown  Answer = iota // accepted or refused
	Accepted               // of an RTMP connect: the server accepted it
	Refused                // by the hook server, at this event
	Lost                   // a publish that lost to a live publisher (S-CON-04)
)

// Expectation is the events that must come of a client: the items in that order,
// and nothing else.
type Expectation struct {
	Items  []Item
	events eventSet // that are configured
	table  *table
	sure   bool // something that the client did has reached the server
	left   bool // its connection is over
}

// Item is one event of an expectation.
type Item struct {
	Event    hook.Event
	Optional bool // may be there, in this place
	answer   Answer
}

// Expect returns the events that must come of a client that did these things, in
// order. Ends that follow from other deeds need not be listed: a client that
// leaves has ended its stream. Without an OnConnect, connect was accepted.
func Expect(p *hook.Profile, did ...Deed) Expectation {
	w := walk{at: states(sNew), Expectation: Expectation{table: tableFor(p, false), events: allEvents}}
	if len(did) > 0 && did[0].Event != hook.OnConnect {
		w.connect(Deed{Event: hook.OnConnect, Answer: Accepted})
	}
	for _, d := range did {
		switch d.Event {
		case hook.OnConnect:
			w.connect(d)
		case hook.OnPublish, hook.OnPlay:
			w.open(d)
		case hook.OnUnpublish, hook.OnStop:
			w.end(d)
		case hook.OnClose:
			w.leave(d)
		}
	}
	return w.Expectation
}

// Configured returns the expectation where only these events have a URL.
func (x Expectation) Configured(events ...hook.Event) Expectation {
	x.events = set(events...)
	x.Items = slices.DeleteFunc(slices.Clone(x.Items), func(it Item) bool { return !x.events.has(it.Event) })
	return x
}

// Count returns how often an event must come at least, and may come at most.
func (x Expectation) Count(e hook.Event) (least, most int) {
	for _, it := range x.Items {
		if it.Event != e {
			continue
		}
		if most++; !it.Optional {
			least++
		}
	}
	return least, most
}

// String lists the events, the optional ones in brackets.
func (x Expectation) String() string {
	if len(x.Items) == 0 {
		return "none"
	}
	parts := make([]string, len(x.Items))
	for i, it := range x.Items {
		parts[i] = it.Event.String()
		if it.Optional {
			parts[i] = "[" + parts[i] + "]"
		}
	}
	return strings.Join(parts, ", ")
}

// walk follows a client's deeds through the table of its profile. Where the
// answers are not known it is in several states at once.
type walk struct {
	Expectation
	at stateSet
}

// do adds the event of a deed, and takes the step that its answer allows.
func (w *walk) do(d Deed, optional bool) {
	w.Items = append(w.Items, Item{Event: d.Event, Optional: optional, answer: d.Answer})
	next := w.at.follow(w.table, d.Event, d.Answer, allEvents)
	if optional {
		next |= w.at
	}
	w.at = next
	w.sure = w.sure || !d.Unsure
}

// connect adds on_connect: due at once, or once the client names its stream,
// depending on the profile.
func (w *walk) connect(d Deed) {
	later := w.table[sNew].events[hook.OnClose].kind == 0
	w.do(d, d.Unsure || later && d.Answer != Refused)
}

// open adds a publish or play, and before it the events that must precede it.
func (w *walk) open(d Deed) {
	w.endStream()
	switch {
	case w.at.has(sNew) && !d.Unsure:
		w.needConnect()
	case !w.at.has(sNew):
		if again, _ := w.at.may(w.table, hook.OnConnect); again {
			w.do(Deed{Event: hook.OnConnect, Answer: Accepted, Unsure: true}, true)
		}
	}
	w.do(d, d.Unsure || d.Answer == Lost)
}

// needConnect makes on_connect due, which was optional until the client named
// its stream.
func (w *walk) needConnect() {
	for i := range w.Items {
		if w.Items[i].Event == hook.OnConnect {
			w.Items[i].Optional = false
		}
	}
	w.at &^= states(sNew)
}

// end adds the end of a stream.
func (w *walk) end(d Deed) {
	if !w.endStream() {
		w.do(d, d.Unsure)
	}
}

// endStream adds the event that ends a stream, if there may be one: due if the
// stream was surely accepted, else optional.
func (w *walk) endStream() (ended bool) {
	for _, e := range [...]hook.Event{hook.OnUnpublish, hook.OnStop} {
		if some, due := w.at.may(w.table, e); some {
			ended = true
			w.Items = append(w.Items, Item{Event: e, Optional: !due})
			w.at = w.at.passed(w.table, e)
		}
	}
	return ended
}

// leave adds the end of the connection.
func (w *walk) leave(d Deed) {
	w.endStream()
	_, due := w.at.may(w.table, hook.OnClose)
	w.left = w.left || !d.Unsure
	w.do(Deed{Event: hook.OnClose, Unsure: true}, d.Unsure || !due || !w.sure)
}

// ExpectViewer returns the events that must come of a player over HTTP that did these things: OnPlay and OnStop, and
// nothing else, come of them.
func ExpectViewer(p *hook.Profile, did ...Deed) Expectation {
	w := walk{at: states(sNew), Expectation: Expectation{table: tableFor(p, true), events: allEvents}}
	for _, d := range did {
		w.do(d, d.Unsure)
	}
	return w.Expectation
}
