package hooktarget

import (
	"fmt"
	"slices"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/hookcheck"
	"hookproof/internal/identity"
)

// Variant sends the event with a body that means the same as the plain one, for
// a client that is accepted; and, where one is known, for one that is refused.
func (s *Scene) Variant(ev hook.Event, what string) error {
	vary := variants[what]
	if vary == nil {
		return fmt.Errorf("no body is known as one with %q", what)
	}
	if err := s.needs(ev); err != nil {
		return err
	}
	send := func(v *visitor, kind string, want hookcheck.Want) error {
		pl, sm := v.payload(ev), v.sample(ev)
		o, err := v.object(pl)
		if err != nil {
			return err
		}
		return s.sendBody(v, pl, vary(o, sm.Stream == "" && ev != hook.OnPlay), described(kind, sm)+" with "+what, want)
	}
	err := s.visit(ev, func(v *visitor) error { return send(v, "an acceptable", hookcheck.Accept) })
	if err != nil || !s.refuses(ev) {
		return err
	}
	sm := s.completed(s.Target.o.Identities.Refuses(ev)[0])
	return s.visitAs(&sm, ev, func(v *visitor) error { return send(v, "a refused", hookcheck.Refuse) })
}

// Odd sends the event of an acceptable client with a value that is unusual and allowed (H-REQ-03).
func (s *Scene) Odd(ev hook.Event, what string) error {
	if err := s.needs(ev); err != nil {
		return err
	}
	return s.visit(ev, func(v *visitor) error {
		pl, sm := v.payload(ev), v.sample(ev)
		beside := func(more string) *hook.Payload {
			odd := string(sm.Credential())
			if odd != "" {
				odd += more
			} else {
				odd = more[1:]
			}
			sm = sm.With(identity.Token(odd))
			return v.as(sm)
		}
		switch what {
		case "an empty pageUrl":
			pl.PageURL = ""
		case "several = beside its credential":
			pl = beside("&a==b=&=&c=")
		case "a second ? beside its credential":
			pl = beside("?b=2")
		default:
			return fmt.Errorf("no value is known as %q", what)
		}
		return s.sendPayload(v, pl, fmt.Sprintf("an acceptable %s with %s", ev, what), hookcheck.AnyAnswer)
	})
}

// Typed sends acceptable events with another Content-Type; "" leaves it out.
func (s *Scene) Typed(contentType string) error {
	return s.change(func(q *Request) {
		q.Header = append(q.Header[:len(q.Header):len(q.Header)], [2]string{"Content-Type", contentType})
		q.What += " with the Content-Type " + or(contentType, "left out")
		q.Want = hookcheck.Accept
	})
}

// Method sends acceptable events by another method.
func (s *Scene) Method(method string, body bool) error {
	return s.change(func(q *Request) {
		q.Method = method
		q.What += " by " + method
		q.Want = hookcheck.NoAccept
		if !body {
			q.Body, q.What = Body{}, q.What+", without a body"
		}
	})
}

// change sends an acceptable event whose request is changed, for each opening
// event that is accepted.
func (s *Scene) change(how func(*Request)) error {
	events, err := s.accepted(identity.Openings...)
	if err != nil {
		return err
	}
	for _, ev := range events {
		err := s.visit(ev, func(v *visitor) error {
			all, err := s.requests(v, v.payload(ev), described("an acceptable", v.sample(ev)), hookcheck.Accept)
			if err != nil {
				return err
			}
			for i := range all {
				how(&all[i])
			}
			return s.Send(all...)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Sharing says which URLs are meant: those that several events have tell them apart by the action.
type Sharing int

// The kinds of URLs.
const (
	AnyURL    Sharing = iota
	SharedURL         // of several events
	OwnURL            // of one event
)

// Broken sends to the URLs of opening events a body that is no event, and then an ordinary one.
func (s *Scene) Broken(what string, sharing Sharing) error {
	build := brokenBodies[what]
	if build == nil {
		return fmt.Errorf("no broken body is known as %q", what)
	}
	events, err := s.distinct(sharing)
	if err != nil {
		return err
	}
	for _, ev := range events {
		err := s.visit(ev, func(v *visitor) error {
			pl := v.payload(ev)
			o, err := v.object(pl)
			if err != nil {
				return err
			}
			return s.sendBody(v, pl, build(o), fmt.Sprintf("a request to the URL of %s with %s", ev, what),
				hookcheck.NoAccept)
		})
		if err == nil {
			err = s.ordinary(ev, hookcheck.Accept)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Mistyped sends to the URL of an opening event a value that a key must not have, and then an ordinary event.
func (s *Scene) Mistyped(what string) error {
	wrong, ok := wrongTypes[what]
	if !ok {
		return fmt.Errorf("no value is known as %q", what)
	}
	ev, err := s.anyOpening(wrong.key)
	if err != nil {
		return err
	}
	err = s.visit(ev, func(v *visitor) error {
		pl := v.payload(ev)
		o, err := v.object(pl)
		if err != nil {
			return err
		}
		body := o.set(wrong.key, wrong.value).bytes("")
		return s.sendBody(v, pl, body, fmt.Sprintf("a request to the URL of %s with %s", ev, what), hookcheck.NoAccept)
	})
	if err != nil {
		return err
	}
	return s.ordinary(ev, hookcheck.Accept)
}

// distinct lists accepted opening events with URLs that differ, so that each URL is met once.
func (s *Scene) distinct(sharing Sharing) ([]hook.Event, error) {
	all, err := s.accepted(hook.OnPublish, hook.OnPlay, hook.OnConnect)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var some []hook.Event
	for _, ev := range all {
		u := s.Target.o.URLs[ev][0]
		if !seen[u] && (sharing == AnyURL || (sharing == SharedURL) == (s.sharers(u) > 1)) {
			seen[u] = true
			some = append(some, ev)
		}
	}
	if len(some) == 0 {
		reason := "each event has a URL of its own"
		if sharing == OwnURL {
			reason = "no event has a URL of its own"
		}
		return nil, &check.NotRun{Reason: reason, NotApplicable: true}
	}
	return some, nil
}

// sharers counts the events that have a URL.
func (s *Scene) sharers(u string) (n int) {
	for _, urls := range s.Target.o.URLs {
		if slices.Contains(urls, u) {
			n++
		}
	}
	return n
}
