package hooktarget

import (
	"fmt"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/hookcheck"
	"hookproof/internal/identity"
)

// anyOpening gives an opening event that has a URL, on_publish if that has one.
func (s *Scene) anyOpening(need string) (hook.Event, error) {
	for _, ev := range []hook.Event{hook.OnPublish, hook.OnPlay, hook.OnConnect} {
		if len(s.Target.o.URLs[ev]) > 0 && (need == "" || hasKey(s.Target.o.Profile, ev, need)) {
			return ev, nil
		}
	}
	reason := "no URL is given for an event that can be refused"
	if need != "" {
		reason += " and has the key " + need
	}
	return 0, &check.NotRun{Reason: reason}
}

// Variant sends the event with a body that means the same as the plain one, for
// a client that is accepted; and, where one is known, for one that is refused.
func (s *Scene) Variant(ev hook.Event, what string) error {
	vary := variants[what]
	if vary == nil {
		return fmt.Errorf("no body is known as one with %q", what)
	}
	id := &s.Target.o.Identities
	send := func(kind string, sm identity.Sample, want hookcheck.Want) error {
		v := s.Target.visitor()
		if err := s.before(v, ev); err != nil {
			return err
		}
		pl := v.payload(s.Target.o.Profile, sm)
		o, err := s.object(pl)
		if err != nil {
			return err
		}
		return s.sendBody(pl, vary(o, sm.Stream == ""), described(kind, sm)+" with "+what, want)
	}
	if err := send("an acceptable", id.Accepted(ev), hookcheck.Accept); err != nil {
		return err
	}
	for _, sm := range id.Refuses(ev) {
		return send("a refused", sm, hookcheck.Refuse)
	}
	return nil
}

// Odd sends the event with a value that is unusual and allowed (H-REQ-03).
func (s *Scene) Odd(ev hook.Event, what string) error {
	pl := s.Target.visitor().payload(s.Target.o.Profile, s.Target.o.Identities.Accepted(ev))
	set, ok := map[string]*string{"an empty param": &pl.Param, "an empty pageUrl": &pl.PageURL, "an empty stream": &pl.Stream, "an empty tcUrl": &pl.TCURL}[what]
	switch {
	case ok:
		*set = ""
	case what == "a param with several =":
		s.param(pl, "?token==a=b==&=&c=")
	case what == "a param with a second ?":
		s.param(pl, "?a=1?b=2??")
	case what == "a param that is a lone ?":
		s.param(pl, "?")
	case what == "a param with a broken percent escape":
		s.param(pl, "?a=%&b=%zz&c=%e")
	default:
		return fmt.Errorf("no value is known as %q", what)
	}
	return s.sendPayload(pl, fmt.Sprintf("an %s with %s", ev, what), hookcheck.AnyAnswer)
}

// param puts parameters where the profile has them.
func (s *Scene) param(pl *hook.Payload, param string) {
	if ev, ok := pl.Event(); ok && !hasKey(s.Target.o.Profile, ev, "param") {
		pl.Stream += param
	}
	pl.Param = param
	pl.TCURL += param
}

// Typed sends an acceptable event with another Content-Type; "" is none.
func (s *Scene) Typed(contentType string) error {
	return s.change(func(q *Request) {
		q.Header = append(q.Header, [2]string{"Content-Type", contentType})
		q.What += " with the Content-Type " + or(contentType, "left out")
	}, hookcheck.Accept)
}

// Method sends an acceptable event by another method.
func (s *Scene) Method(method string, body bool) error {
	return s.change(func(q *Request) {
		q.Method = method
		q.What += " by " + method
		if !body {
			q.Body, q.What = Body{}, q.What+", without a body"
		}
	}, hookcheck.NoAccept)
}

// change sends an acceptable event whose request is changed, for each opening
// event that is configured.
func (s *Scene) change(how func(*Request), want hookcheck.Want) error {
	if _, err := s.anyOpening(""); err != nil {
		return err
	}
	for _, ev := range identity.Openings {
		if len(s.Target.o.URLs[ev]) == 0 {
			continue
		}
		sm := s.Target.o.Identities.Accepted(ev)
		body, err := s.encode(s.Target.visitor().payload(s.Target.o.Profile, sm))
		if err != nil {
			return err
		}
		all, err := s.requests(ev, body, described("an acceptable", sm), want)
		if err != nil {
			return err
		}
		for i := range all {
			how(&all[i])
		}
		if err := s.Send(all...); err != nil {
			return err
		}
	}
	return nil
}

// Broken sends a body that no caller sends, and then an ordinary event.
func (s *Scene) Broken(what string) error {
	wrong, typed := wrongTypes[what]
	build := brokenBodies[what]
	if !typed && build == nil {
		return fmt.Errorf("no broken body is known as %q", what)
	}
	ev, err := s.anyOpening(wrong.key)
	if err != nil {
		return err
	}
	pl := s.Target.visitor().payload(s.Target.o.Profile, s.Target.o.Identities.Accepted(ev))
	o, err := s.object(pl)
	if err != nil {
		return err
	}
	body := o.set(wrong.key, wrong.value).bytes("")
	if build != nil {
		body = build(o)
	}
	if err := s.sendBody(pl, body, fmt.Sprintf("a request to %s's URL with %s", ev, what), hookcheck.NoAccept); err != nil {
		return err
	}
	return s.Ordinary()
}

// Ordinary sends an acceptable event, as ever.
func (s *Scene) Ordinary() error {
	ev, err := s.anyOpening("")
	if err != nil {
		return err
	}
	return s.Acceptable(ev, hookcheck.Accept)
}
