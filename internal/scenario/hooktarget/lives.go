package hooktarget

import (
	"fmt"
	"strconv"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/hookcheck"
)

// openedBy are the events that a client gave before a closing one.
var openedBy = map[hook.Event][]hook.Event{
	hook.OnUnpublish: {hook.OnConnect, hook.OnPublish},
	hook.OnStop:      {hook.OnConnect, hook.OnPlay},
	hook.OnClose:     {hook.OnConnect},
}

// before sends what a visitor did before a closing event, as far as it is
// configured: some hook servers know their clients.
func (s *Scene) before(v *visitor, ev hook.Event) error {
	for _, earlier := range openedBy[ev] {
		if len(s.Target.o.URLs[earlier]) == 0 {
			continue
		}
		sm := s.Target.o.Identities.Accepted(earlier)
		if err := s.sendPayload(v.payload(s.Target.o.Profile, sm), described("an acceptable", sm), hookcheck.Before); err != nil {
			return err
		}
	}
	return nil
}

// lifetime is every event, in an order in which one client can give them.
var lifetime = []hook.Event{hook.OnConnect, hook.OnPublish, hook.OnUnpublish, hook.OnPlay, hook.OnStop, hook.OnClose}

// Session sends all events of one client that are configured, in order.
func (s *Scene) Session(events ...hook.Event) error {
	v, sent := s.Target.visitor(), 0
	for _, ev := range events {
		if len(s.Target.o.URLs[ev]) == 0 {
			continue
		}
		sm := s.Target.o.Identities.Accepted(ev)
		if err := s.sendPayload(v.payload(s.Target.o.Profile, sm), described("an acceptable", sm), hookcheck.Accept); err != nil {
			return err
		}
		sent++
	}
	if sent == 0 {
		return &check.NotRun{Reason: "no URL is given for any of the events"}
	}
	return nil
}

// Unopened sends closing events of clients that the server never saw come.
// again sends each of them twice; late sends them behind the on_close.
func (s *Scene) Unopened(again, late bool) error {
	events := []hook.Event{hook.OnUnpublish, hook.OnStop, hook.OnClose}
	if late {
		events = []hook.Event{hook.OnClose, hook.OnUnpublish, hook.OnStop}
	}
	if err := s.Session(events...); err != nil || !again {
		return err
	}
	v := s.Target.visitor()
	for range 2 {
		for _, ev := range events {
			if len(s.Target.o.URLs[ev]) == 0 {
				continue
			}
			sm := s.Target.o.Identities.Accepted(ev)
			if err := s.sendPayload(v.payload(s.Target.o.Profile, sm), "a repeated "+ev.String(), hookcheck.Accept); err != nil {
				return err
			}
		}
	}
	return nil
}

// WithID sends every event with an integer client_id, or with a string.
func (s *Scene) WithID(integer bool) error {
	v := s.Target.visitor()
	for _, ev := range lifetime {
		if len(s.Target.o.URLs[ev]) == 0 {
			continue
		}
		pl := v.payload(s.Target.o.Profile, s.Target.o.Identities.Accepted(ev))
		o, err := s.object(pl)
		if err != nil {
			return err
		}
		id, kind := quote(fmt.Sprintf("h%07d", v.n)), "a string"
		if integer {
			id, kind = strconv.FormatInt(10_000+v.n, 10), "an integer"
		}
		if err := s.sendBody(pl, o.set("client_id", id).bytes(""), fmt.Sprintf("an acceptable %s whose client_id is %s", ev, kind), hookcheck.Accept); err != nil {
			return err
		}
	}
	return nil
}
