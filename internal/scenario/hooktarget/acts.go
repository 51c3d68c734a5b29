package hooktarget

import (
	"fmt"
	"strconv"
	"strings"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/hookcheck"
	"hookproof/internal/identity"
)

// described names an event of a client in words.
func described(kind string, sm identity.Sample) string {
	if sm.From == "" {
		return kind + " " + sm.Event.String()
	}
	return fmt.Sprintf("%s %s (%s, as %s says)", kind, sm.Event, sm.Spoken(), sm.From)
}

// Acceptable sends the event for every client that it accepts.
func (s *Scene) Acceptable(ev hook.Event) error {
	if err := s.Applies(ev); err != nil {
		return err
	}
	all := s.Target.o.Identities.Accepts(ev.Opening())
	if len(all) == 0 {
		all = []identity.Sample{{Event: ev.Opening()}}
	}
	for i := range all {
		err := s.visitAs(&all[i], ev, func(v *visitor) error {
			v.turn = i
			return s.sendPayload(v, v.payload(ev), described("an acceptable", v.sample(ev)), hookcheck.Accept)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Judged sends the event for every client that it accepts. Where it is not accepted, what could be meant is
// tried, too.
func (s *Scene) Judged(ev hook.Event) error {
	if err := s.Acceptable(ev); err != nil {
		return err
	}
	if hookcheck.Accepted(s.Target.o.Profile, s.Log.All()) == nil {
		return nil
	}
	return s.diagnose(ev)
}

// Ordinary sends an acceptable event, as ever.
func (s *Scene) Ordinary(want hookcheck.Want) error {
	ev, err := s.anyOpening("")
	if err != nil {
		return err
	}
	return s.ordinary(ev, want)
}

func (s *Scene) ordinary(ev hook.Event, want hookcheck.Want) error {
	return s.visit(ev, func(v *visitor) error {
		return s.sendPayload(v, v.payload(ev), described("an acceptable", v.sample(ev)), want)
	})
}

// Amid sends the event with its token among other parameters: after pad bytes of them, and before others.
func (s *Scene) Amid(ev hook.Event, pad int) error {
	if err := s.needs(ev); err != nil {
		return err
	}
	return s.visit(ev, func(v *visitor) error {
		sm := v.sample(ev)
		if sm.Param != "" || sm.TCURL != "" {
			return &check.NotRun{
				Reason:        fmt.Sprintf("the parameters of %s are given whole, by %s", ev, sm.From),
				NotApplicable: true,
			}
		}
		parts := []string{"a=" + fill(pad), string(sm.Token), "b=%20=%3F"}
		if sm.Token == "" {
			parts = []string{parts[0], parts[2]}
		}
		sm.Token = identity.Token(strings.Join(parts, "&"))
		what := fmt.Sprintf("an acceptable %s with other parameters, %d bytes before the token", ev, pad)
		return s.sendPayload(v, v.as(sm), what, hookcheck.Accept)
	})
}

func fill(n int) string {
	const digits = "0123456789abcdef"
	b := make([]byte, n)
	for i := range b {
		b[i] = digits[i%len(digits)]
	}
	return string(b)
}

// Session sends all events of one client that have a URL, in order.
func (s *Scene) Session(events ...hook.Event) error {
	v, sent := s.Target.visitor(), 0
	for _, ev := range events {
		if s.Applies(ev) != nil {
			continue
		}
		if ev == hook.OnPlay {
			if err := s.provide(v); err != nil {
				return err
			}
		}
		if err := s.sendPayload(v, v.payload(ev), described("an acceptable", v.sample(ev)),
			hookcheck.Accept); err != nil {
			return err
		}
		sent++
	}
	if sent == 0 {
		return &check.NotRun{Reason: "no URL is given for any of the events", NotApplicable: true}
	}
	return s.leave(v)
}

// Unopened sends closing events of clients that the server never saw come, each as often as times says.
func (s *Scene) Unopened(times int, events ...hook.Event) error {
	events, err := s.accepted(events...)
	if err != nil {
		return err
	}
	v := s.Target.visitor()
	for i := range times {
		for _, ev := range events {
			what := described("an acceptable", v.sample(ev)) + " of a client that never came"
			if i > 0 {
				what = "a repeated " + ev.String()
			}
			if err := s.sendPayload(v, v.payload(ev), what, hookcheck.Accept); err != nil {
				return err
			}
		}
	}
	return nil
}

// OtherID sends every event with a client_id of the type that the profile's callers do not send.
func (s *Scene) OtherID() error {
	v, player := s.Target.visitor(), s.Target.visitor()
	v.other, player.other = true, true
	return s.lifeOf(v, player, func(v *visitor, ev hook.Event) error {
		_, kind := v.otherID()
		what := fmt.Sprintf("an acceptable %s whose client_id is %s", ev, kind)
		return s.sendPayload(v, v.payload(ev), what, hookcheck.Accept)
	})
}

// otherID is the visitor's client_id as a value of the type that its profile does not have, and that type.
func (v *visitor) otherID() (value, kind string) {
	if v.p.ClientIDKind() == hook.NumberID {
		return quote(fmt.Sprintf("h%07d", v.n)), "a string"
	}
	return strconv.FormatInt(10_000+v.n, 10), "an integer"
}

// object makes the body of an event, to be changed.
func (v *visitor) object(pl *hook.Payload) (object, error) {
	body, err := v.p.Encode(nil, pl)
	if err != nil {
		return nil, err
	}
	return parseObject(body)
}

// body makes the body of an event of the visitor.
func (v *visitor) body(pl *hook.Payload) ([]byte, error) {
	if !v.other {
		return v.p.Encode(nil, pl)
	}
	o, err := v.object(pl)
	if err != nil {
		return nil, err
	}
	id, _ := v.otherID()
	return o.set("client_id", id).bytes(""), nil
}
