package hookcheck

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hookproof/hook"
	"hookproof/reports"
)

// Want is what the answer to a request is judged by.
type Want string

// The wants. A check looks at the requests of its own want alone.
const (
	Accept    Want = "accept"    // the event is acceptable
	Refuse    Want = "refuse"    // the event is to be refused
	NoAccept  Want = "no accept" // the request is broken: any answer but an accepting one
	AnyAnswer Want = "answer"    // any answer of the protocol
	Anything  Want = "anything"  // the server need only live
	Meanwhile Want = "meanwhile" // acceptable, while another request is under way
	Watched   Want = "watched"   // of an RTMP client whose way through is judged
	Before    Want = "before"    // what the client of a later event did first; not judged
	After     Want = "after"     // closes what a client has opened; not judged
	Tried     Want = "tried"     // an event that was not accepted, sent in another way: what it gets explains that
	Alike     Want = "alike"     // to be accepted or refused, as the others of this want are
)

// Failure is how a request came to no answer.
type Failure string

// The failures.
const (
	NotConnected Failure = "connect"   // no connection
	TimedOut     Failure = "time-out"  // no answer in time
	Dropped      Failure = "dropped"   // the connection ended without an answer
	Truncated    Failure = "truncated" // the answer broke off
	NotHTTP      Failure = "no HTTP"   // what came is no HTTP answer
)

// Exchange is one request and what came of it.
type Exchange struct {
	N, Answer int // numbers of observations; Answer is -1 without one
	Actor     string
	Event     string
	Visitor   int    // reports.Request.Visitor; 0 without one
	Tried     string // how it differs from one that was not accepted
	What      string // in words
	Want      Want
	Repro     string
	T         float64 // s: when it was sent
	Took      float64 // ms
	Status    int     // 0 without an answer
	Body      string
	Encoding  string
	Failure   Failure // "" with an answer
	Text      string  // the failure in words
}

// Exchanges lists what was asked and answered, in order of sending. Without wants: all of them.
func Exchanges(obs []reports.Observation, wants ...Want) []Exchange {
	var all []Exchange
	at := map[int]int{}
	for i := range obs {
		o := &obs[i]
		switch o.Kind {
		case reports.KindHook:
			d := o.Details()
			if !wanted(Want(d.Want), wants) {
				continue
			}
			at[o.N] = len(all)
			all = append(all, Exchange{N: o.N, Answer: -1, Actor: o.Actor, Event: o.Event, What: o.Text,
				Want: Want(
					d.Want,
				), Visitor: int(d.Visitor), Tried: d.Tried, Repro: d.Repro, T: o.T, Failure: TimedOut,
				Text: "no answer"})
		case reports.KindAnswer:
			if len(o.Refs) == 0 {
				continue
			}
			if i, ok := at[o.Refs[0]]; ok {
				x := &all[i]
				x.Answer, x.Body, x.Text = o.N, o.Body, o.Text
				x.Failure, x.Took, x.Encoding = Failure(o.Details().How), o.Details().TookMS, o.Details().Encoding
				x.Status, _ = strconv.Atoi(o.Code) // "none" is no answer
			}
		}
	}
	return all
}

func wanted(w Want, wants []Want) bool {
	for _, other := range wants {
		if w == other {
			return true
		}
	}
	return len(wants) == 0
}

// answer returns the answer as a profile judges it.
func (x *Exchange) answer() hook.Answer {
	a := hook.Answer{Status: x.Status, Body: []byte(x.Body)}
	if x.Failure != "" {
		a.Err = errors.New(x.Text)
	}
	return a
}

// accepts reports whether the answer lets the client on.
func (x *Exchange) accepts(p *hook.Profile) bool { return p.Judge(x.answer()).Accept }

// got describes the answer in words.
func (x *Exchange) got() string {
	if x.Failure != "" {
		return x.Text
	}
	body := strconv.Quote(x.Body)
	switch {
	case len(x.Body) > 200:
		body = fmt.Sprintf("%q… (%d bytes)", x.Body[:200], len(x.Body))
	case x.Body == "":
		body = "no body"
	case !strings.Contains(x.Body, "`") && strconv.CanBackquote(x.Body):
		body = "`" + x.Body + "`"
	}
	s := fmt.Sprintf("%d and %s", x.Status, body)
	if x.Encoding != "" {
		s += ", Content-Encoding " + x.Encoding
	}
	return s
}

// tell describes the exchange to whoever has to repair the hook server.
func (x *Exchange) tell(expected string) string {
	return fmt.Sprintf(
		"request:  %s\n          %s\nanswer:   %s (after %.1f ms)\nexpected: %s\n",
		x.What,
		x.Repro,
		x.got(),
		x.Took,
		expected,
	)
}

// evidence returns the numbers of its observations.
func (x *Exchange) evidence() []int {
	if x.Answer < 0 {
		return []int{x.N}
	}
	return []int{x.N, x.Answer}
}
