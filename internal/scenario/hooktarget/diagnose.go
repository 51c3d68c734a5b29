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
	for _, a := range s.attempts(ev) {
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

func (s *Scene) attempts(ev hook.Event) []attempt {
	all := []attempt{s.otherID(ev), s.otherParam(ev)}
	for _, p := range hook.Profiles() {
		if p != s.Target.o.Profile {
			all = append(all, attempt{says: "with the keys of profile " + p.Name, body: func(v *visitor, ev hook.Event) ([]byte, error) {
				other := *v
				other.p = p
				return p.Encode(nil, other.payload(ev))
			}})
		}
	}
	return append(all, attempt{says: "with a loopback address for ip", body: func(v *visitor, ev hook.Event) ([]byte, error) {
		pl := v.payload(ev)
		pl.IP = "127.0.0.1"
		return s.Target.o.Profile.Encode(nil, pl)
	}})
}

func (s *Scene) otherID(ev hook.Event) attempt {
	_, kind := s.Target.visitor().otherID()
	return attempt{says: "with " + kind + " for client_id", body: func(v *visitor, ev hook.Event) ([]byte, error) {
		o, err := s.object(v.payload(ev))
		if err != nil {
			return nil, err
		}
		id, _ := v.otherID()
		return o.set("client_id", id).bytes(""), nil
	}}
}

// otherParam leaves the "?" of param out, which callers send.
func (s *Scene) otherParam(hook.Event) attempt {
	return attempt{says: `with a param that has no "?" at its beginning`, body: func(v *visitor, ev hook.Event) ([]byte, error) {
		pl := v.payload(ev)
		if pl.Param == "" || !hasKey(v.p, ev, "param") {
			return nil, nil
		}
		pl.Param = strings.TrimPrefix(pl.Param, "?")
		return s.Target.o.Profile.Encode(nil, pl)
	}}
}
