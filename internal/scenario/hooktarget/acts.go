package hooktarget

import (
	"fmt"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/hookcheck"
	"hookproof/internal/identity"
)

// encode makes the body of an event of a visitor.
func (s *Scene) encode(pl *hook.Payload) ([]byte, error) {
	return s.Target.o.Profile.Encode(nil, pl)
}

// sendPayload sends an event to each of its URLs.
func (s *Scene) sendPayload(pl *hook.Payload, what string, want hookcheck.Want) error {
	body, err := s.encode(pl)
	if err != nil {
		return err
	}
	return s.sendBody(pl, body, what, want)
}

func (s *Scene) sendBody(pl *hook.Payload, body []byte, what string, want hookcheck.Want) error {
	ev, err := hook.ParseEvent(pl.Action)
	if err != nil {
		return err
	}
	requests, err := s.requests(ev, body, what, want)
	if err != nil {
		return err
	}
	return s.Send(requests...)
}

// acceptable are the clients that an event accepts: those given, or one that
// nothing is said of.
func (s *Scene) acceptable(ev hook.Event) []identity.Sample {
	if all := s.Target.o.Identities.Accepts(ev); len(all) > 0 {
		return all
	}
	return []identity.Sample{s.Target.o.Identities.Accepted(ev)}
}

// described names an event of a client in words.
func described(kind string, sm identity.Sample) string {
	if sm.From == "" {
		return kind + " " + sm.Event.String()
	}
	return fmt.Sprintf("%s %s (%s, as %s says)", kind, sm.Event, sm.Spoken(), sm.From)
}

// Acceptable sends the event for every client that it accepts.
func (s *Scene) Acceptable(ev hook.Event, want hookcheck.Want) error {
	for _, sm := range s.acceptable(ev) {
		v := s.Target.visitor()
		if err := s.before(v, ev); err != nil {
			return err
		}
		if err := s.sendPayload(v.payload(s.Target.o.Profile, sm), described("an acceptable", sm), want); err != nil {
			return err
		}
	}
	return nil
}

// Refusable sends the event for every client that it refuses.
func (s *Scene) Refusable(ev hook.Event) error {
	all := s.Target.o.Identities.Refuses(ev)
	if len(all) == 0 {
		return &check.NotRun{Reason: fmt.Sprintf("no client is named that %s refuses", ev)}
	}
	for _, sm := range all {
		if err := s.sendPayload(s.Target.visitor().payload(s.Target.o.Profile, sm), described("a refused", sm), hookcheck.Refuse); err != nil {
			return err
		}
	}
	return nil
}

// secret gives an event's token and a wrong one.
func (s *Scene) secret(ev hook.Event) (good, bad identity.Token, err error) {
	id := &s.Target.o.Identities
	good, ok := id.Secret(ev)
	if !ok || len(id.Refuses(ev)) == 0 {
		return good, bad, &check.NotRun{Reason: fmt.Sprintf("no token is known that %s accepts while it refuses others: give -accept KEY=VALUE and -refuse KEY=VALUE", ev)}
	}
	return good, id.Wrong(good), nil
}

// Near sends the event with a near miss of its token.
func (s *Scene) Near(ev hook.Event, what string) error {
	miss := nearMisses[what]
	if miss == nil {
		return fmt.Errorf("no near miss is known as %q", what)
	}
	good, bad, err := s.secret(ev)
	if err != nil {
		return err
	}
	q, ok := miss(good, bad)
	if !ok {
		return &check.NotRun{Reason: fmt.Sprintf("%s cannot be made of the token %s", what, good)}
	}
	v, sm := s.Target.visitor(), s.Target.o.Identities.Accepted(ev)
	tcQuery := query(q)
	switch what {
	case "the right one in tcUrl, a wrong one":
		tcQuery = query(good.String())
	case "a wrong one in tcUrl, the right one":
		tcQuery = query(bad.String())
	}
	pl := v.present(s.Target.o.Profile, sm, tcQuery, query(q))
	if what == "the token in pageUrl alone" {
		pl.PageURL += query(good.String())
	}
	return s.sendPayload(pl, fmt.Sprintf("an %s with %s; the token is %s", ev, missWords(what), good), hookcheck.Refuse)
}

func missWords(what string) string {
	switch what {
	case "the right one in tcUrl, a wrong one", "a wrong one in tcUrl, the right one":
		return what + " in param"
	}
	return what
}

// Amid sends the event with its token among other parameters: before and
// behind it stand pad bytes of others.
func (s *Scene) Amid(ev hook.Event, pad int) error {
	sm := s.Target.o.Identities.Accepted(ev)
	filler := "a=" + fill(pad)
	q := filler + "&b=%20=%3F"
	if sm.Token.Key != "" {
		q = filler + "&" + sm.Token.String() + "&b=%20=%3F"
	}
	if sm.Param != "" || sm.TCURL != "" {
		return &check.NotRun{Reason: fmt.Sprintf("the parameters of %s are given whole, by %s", ev, sm.From)}
	}
	pl := s.Target.visitor().present(s.Target.o.Profile, sm, query(q), query(q))
	return s.sendPayload(pl, fmt.Sprintf("an acceptable %s with other parameters, %d bytes before the token", ev, pad), hookcheck.Accept)
}

func fill(n int) string {
	const digits = "0123456789abcdef"
	b := make([]byte, n)
	for i := range b {
		b[i] = digits[i%len(digits)]
	}
	return string(b)
}

// Doubled sends the event with its token twice in param, as SRS 7 sends what
// stands in tcUrl (H-REQ-04).
func (s *Scene) Doubled(ev hook.Event) error {
	good, _, err := s.secret(ev)
	if err != nil {
		return err
	}
	q := query(good.String())
	pl := s.Target.visitor().present(s.Target.o.Profile, s.Target.o.Identities.Accepted(ev), q, q+q)
	return s.sendPayload(pl, fmt.Sprintf("an acceptable %s whose param is %s", ev, q+q), hookcheck.Accept)
}

// object makes the body of an event, to be changed.
func (s *Scene) object(pl *hook.Payload) (object, error) {
	body, err := s.encode(pl)
	if err != nil {
		return nil, err
	}
	return parseObject(body)
}
