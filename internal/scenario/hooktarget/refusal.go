package hooktarget

import (
	"fmt"
	"strings"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/hookcheck"
	"hookproof/internal/identity"
)

// Refusable sends the event for every client that it refuses.
func (s *Scene) Refusable(ev hook.Event) error {
	return s.eachRefused(
		ev,
		func(sm identity.Sample) (identity.Sample, string) { return sm, described("a refused", sm) },
	)
}

// Refused sends the event for every client that it refuses, and was seen to refuse.
func (s *Scene) Refused(ev hook.Event) error {
	if err := s.needsRefusal(ev); err != nil {
		return err
	}
	return s.Refusable(ev)
}

// From sends the event for every client that it refuses, as coming from an address (H-REJ-07).
func (s *Scene) From(ev hook.Event, ip string) error {
	if err := s.needsRefusal(ev); err != nil {
		return err
	}
	return s.eachRefused(ev, func(sm identity.Sample) (identity.Sample, string) {
		what := described("a refused", sm) + " from " + ip
		if sm.IP == "" {
			sm.IP = ip
		}
		return sm, what
	})
}

// eachRefused sends the event for every client that it refuses, each as present makes it.
func (s *Scene) eachRefused(ev hook.Event, present func(identity.Sample) (identity.Sample, string)) error {
	if err := s.needs(ev); err != nil {
		return err
	}
	all := s.Target.o.Identities.Refuses(ev)
	if len(all) == 0 {
		return unnamed(ev)
	}
	for _, sm := range all {
		sm, what := present(s.completed(sm))
		if err := s.refusedVisit(sm, what); err != nil {
			return err
		}
	}
	return nil
}

// completed returns a client with a refused credential at the app, stream and vhost of one that is accepted, where
// it names none: it is to be refused for its credential alone.
func (s *Scene) completed(sm identity.Sample) identity.Sample {
	good := s.Target.o.Identities.Accepted(sm.Event, 0)
	if sm.Credential() != "" {
		sm.App, sm.Stream, sm.VHost = or(sm.App, good.App), or(sm.Stream, good.Stream), or(sm.VHost, good.VHost)
	}
	return sm
}

// refusedVisit sends the event of a client that is to be refused.
func (s *Scene) refusedVisit(sm identity.Sample, what string) error {
	return s.visitAs(&sm, sm.Event, func(v *visitor) error {
		return s.sendPayload(v, v.payload(sm.Event), what, hookcheck.Refuse)
	})
}

// credentialed returns a client that is accepted for its credential, at an event that refuses others.
func (s *Scene) credentialed(ev hook.Event) (identity.Sample, error) {
	if err := s.needsRefusal(ev); err != nil {
		return identity.Sample{}, err
	}
	sm, ok := s.Target.o.Identities.Credentialed(ev)
	if !ok {
		return sm, &check.NotRun{
			NotApplicable: true,
			Reason:        fmt.Sprintf("no client is named that %s accepts for a credential", ev),
		}
	}
	return sm, nil
}

// Near sends the event with near misses of its credential: one for each of the credential's keys.
func (s *Scene) Near(ev hook.Event, what string) error {
	miss := nearMisses[what]
	if miss == nil {
		return fmt.Errorf("no near miss is known as %q", what)
	}
	sm, err := s.credentialed(ev)
	if err != nil {
		return err
	}
	sent := 0
	for i, pair := range sm.Credential().Pairs() {
		near, ok := miss(sm.Credential(), i)
		if !ok {
			continue
		}
		words := fmt.Sprintf("an %s with %s (the key %s of the credential %s)", ev, what, pair.Key, sm.Credential())
		if err := s.refusedVisit(sm.With(near), words); err != nil {
			return err
		}
		sent++
	}
	if sent == 0 {
		return &check.NotRun{
			NotApplicable: true,
			Reason:        fmt.Sprintf("%s cannot be made of the credential %s", what, sm.Credential()),
		}
	}
	return nil
}

// InPageURL sends the event with its credential in pageUrl alone.
func (s *Scene) InPageURL(ev hook.Event) error {
	sm, err := s.credentialed(ev)
	if err != nil {
		return err
	}
	bare := sm.With("")
	return s.visitAs(&bare, ev, func(v *visitor) error {
		pl := v.payload(ev)
		pl.PageURL += query(string(sm.Credential()))
		what := fmt.Sprintf("an %s with its credential in pageUrl alone; the credential is %s", ev, sm.Credential())
		return s.sendPayload(v, pl, what, hookcheck.Refuse)
	})
}

// Bare sends the event without any credential, or with parameters that are none (H-REJ-06).
func (s *Scene) Bare(ev hook.Event, params string) error {
	sm, err := s.credentialed(ev)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("an %s without a credential", ev)
	if params != "" {
		what += ", with the parameters " + params
	}
	return s.refusedVisit(sm.With(identity.Token(strings.TrimPrefix(params, "?"))), what)
}

// Together sends the event with a good and a bad credential in either order (H-REJ-08): in one query, or one in
// tcUrl and the other in param.
func (s *Scene) Together(ev hook.Event, apart bool) error {
	sm, err := s.credentialed(ev)
	if err != nil {
		return err
	}
	if apart && s.Target.place() != identity.Both {
		return s.inOnePlace()
	}
	good := sm.Credential()
	bad := s.Target.o.Identities.Wrong(good)
	for _, pair := range [][2]identity.Token{{good, bad}, {bad, good}} {
		err := s.visitAs(&sm, ev, func(v *visitor) error {
			one := sm.With(pair[0] + "&" + pair[1])
			pl, what := v.as(one), "an %s with %s and then %s"
			if apart {
				one = sm.With(pair[0])
				pl, what = v.present(
					one,
					query(string(pair[0])),
					query(string(pair[1])),
				), "an %s with %s in tcUrl and %s in param"
			}
			return s.sendPayload(v, pl, fmt.Sprintf(what, ev, pair[0], pair[1]), hookcheck.Alike)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// inOnePlace says that -token-at leaves no room for a scenario.
func (s *Scene) inOnePlace() error {
	return &check.NotRun{Reason: "credentials are presented in " + string(s.Target.place()) + " alone (-token-at)",
		NotApplicable: true}
}

// Doubled sends the event with its credential twice in param, as SRS 7 sends a
// credential of tcUrl (H-REQ-04).
func (s *Scene) Doubled(ev hook.Event) error {
	sm, err := s.credentialed(ev)
	if err != nil {
		return err
	}
	if s.Target.place() == identity.TCURL {
		return s.inOnePlace()
	}
	return s.visitAs(&sm, ev, func(v *visitor) error {
		q := query(string(sm.Credential()))
		what := fmt.Sprintf("an acceptable %s whose param is %s", ev, q+q)
		return s.sendPayload(v, v.present(sm, q, q+q), what, hookcheck.Accept)
	})
}
