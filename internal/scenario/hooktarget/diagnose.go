package hooktarget

import (
	"strings"

	"hookproof/hook"
	"hookproof/internal/hookcheck"
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
