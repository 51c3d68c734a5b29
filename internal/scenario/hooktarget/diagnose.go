package hooktarget

import (
	"fmt"
	"strings"

	"hookproof/hook"
	"hookproof/internal/hookcheck"
	"hookproof/internal/identity"
)

// attempt is another way to send an event that was not accepted. What it says is for whoever reads that the
// event is accepted this way.
type attempt struct {
	says string
	body func(v *visitor, ev hook.Event) ([]byte, error)
}

// diagnose sends an event that was not accepted as other callers would: what changes the answer explains it.
func (s *Scene) diagnose(ev hook.Event) error {
	for _, a := range s.attempts() {
		err := s.visit(ev, func(v *visitor) error {
			body, err := a.body(v, ev)
			if err != nil || body == nil {
				return err
			}
			requests, err := s.requests(v, v.payload(ev), "the "+ev.String()+" again, "+a.says, hookcheck.Tried)
			if err != nil {
				return err
			}
			for i := range requests {
				requests[i].Body, requests[i].Tried = Body{Before: body}, a.says
			}
			return s.Send(requests...)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// presentedAt sends an event with its credential at another place.
func presentedAt(place identity.Place) attempt {
	says := fmt.Sprintf("with the credential in %s alone (-token-at %[1]s)", place)
	if place == identity.Both {
		says = "with the credential in tcUrl and in param (-token-at both)"
	}
	return attempt{says: says, body: func(v *visitor, ev hook.Event) ([]byte, error) {
		if sm := v.sample(ev); sm.Token == "" || sm.TCURL != "" || sm.Param != "" {
			return nil, nil
		}
		other := *v
		other.place = place
		return v.body(other.payload(ev))
	}}
}

func (s *Scene) attempts() []attempt {
	_, kind := s.Target.visitor().otherID()
	all := []attempt{{says: "with " + kind + " for client_id", body: func(v *visitor, ev hook.Event) ([]byte, error) {
		v.other = true
		return v.body(v.payload(ev))
	}}, {says: `with a param that has no "?" at its beginning`, body: func(v *visitor, ev hook.Event) ([]byte, error) {
		pl := v.payload(ev)
		if pl.Param == "" || !hasKey(v.p, ev, "param") {
			return nil, nil
		}
		pl.Param = strings.TrimPrefix(pl.Param, "?")
		return v.body(pl)
	}}, {says: "with a loopback address for ip", body: func(v *visitor, ev hook.Event) ([]byte, error) {
		pl := v.payload(ev)
		pl.IP = "127.0.0.1"
		return v.body(pl)
	}}}
	for _, place := range []identity.Place{identity.TCURL, identity.Param, identity.Both} {
		if place != s.Target.place() {
			all = append(all, presentedAt(place))
		}
	}
	for _, p := range hook.Profiles() {
		if p != s.Target.o.Profile {
			all = append(
				all,
				attempt{says: "with the keys of profile " + p.Name, body: func(v *visitor, ev hook.Event) ([]byte,
					error) {
					other := *v
					other.p = p
					return other.body(other.payload(ev))
				}},
			)
		}
	}
	return all
}
