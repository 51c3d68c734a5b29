package hooktarget

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"hookproof/hook"
	"hookproof/internal/hookcheck"
	"hookproof/internal/identity"
)

// guest is one client of a crowd, or several that have to come one after the other: what is sent, in order.
type guest struct {
	requests []Request
}

// crowd is a number of guests that come at once, and the publishers whose streams they play.
type crowd struct {
	guests     []guest
	publishers map[string]*visitor // by the stream that players are given; "" is one of ours
	chains     map[string]int      // the guest that publishes a stream that is given
}

// Crowd has n clients send their events at once, the events of each one after
// the other, every request on a connection of its own. Where it is known whom
// the server refuses, a third of the clients is refused at one of its events.
func (s *Scene) Crowd(n int, r *rand.Rand) error {
	_, err := s.comeAtOnce(n, r, false)
	return err
}

// timings is how often a crowd may come until its answers come in time: once
// is too little on a machine that has other work.
const timings = 3

// Timed has a crowd come as in Crowd, and again when its answers took longer
// than H-CON-02 allows: a server that is slow is slow each time. What the same
// takes without the target is recorded with it.
func (s *Scene) Timed(n int, r *rand.Rand) error {
	for range timings {
		slowest, err := s.comeAtOnce(n, r, true)
		if err != nil || slowest <= s.bar() {
			return err
		}
	}
	return s.Ctx.Err()
}

// bar is the time that H-CON-02 allows.
func (s *Scene) bar() time.Duration { return time.Duration(float64(hookcheck.Bar) * s.Facts.Scale) }

// comeAtOnce has n clients come at once: publishers and players together, or, where the streams that can be
// published are given, first those and then the players. It returns the longest 99th percentile; with control, a
// server of our own is met, too, where that is too long.
func (s *Scene) comeAtOnce(n int, r *rand.Rand, control bool) (slowest time.Duration, err error) {
	kinds, err := s.kinds()
	if err != nil {
		return 0, err
	}
	parties := [][][]hook.Event{kinds}
	if s.streamsGiven() && len(kinds) > 1 {
		parties = [][][]hook.Event{kinds[:1], kinds[1:]}
	}
	for _, kinds := range parties {
		c, err := s.crowd(n/len(parties), kinds, r)
		if err != nil {
			return 0, err
		}
		took := s.storm(c.guests)
		if control && took > s.bar() {
			s.control(c.guests)
		}
		slowest = max(slowest, took)
		for _, p := range c.publishers {
			if err := s.leave(p); err != nil {
				return 0, err
			}
		}
	}
	return slowest, s.Ctx.Err()
}

// The events of a client of each kind.
var (
	publishing = []hook.Event{hook.OnConnect, hook.OnPublish, hook.OnUnpublish, hook.OnClose}
	playing    = []hook.Event{hook.OnConnect, hook.OnPlay, hook.OnStop, hook.OnClose}
)

// kinds lists the events that clients of each kind cause, publishers first.
func (s *Scene) kinds() (all [][]hook.Event, err error) {
	for _, kind := range [][]hook.Event{publishing, playing} {
		events, lacking := s.accepted(kind...)
		if lacking != nil {
			err = lacking
		} else if len(all) == 0 || !slices.Equal(events, all[0]) {
			all = append(all, events)
		}
	}
	if len(all) > 0 {
		return all, nil
	}
	return nil, err
}

// streamsGiven reports whether publishers are accepted on given streams.
func (s *Scene) streamsGiven() bool {
	return slices.ContainsFunc(s.Target.o.Identities.Accepts(hook.OnPublish), func(sm identity.Sample) bool {
		return sm.Stream != ""
	})
}

// crowd makes n clients, of these kinds in turn.
func (s *Scene) crowd(n int, kinds [][]hook.Event, r *rand.Rand) (*crowd, error) {
	c := &crowd{publishers: map[string]*visitor{}, chains: map[string]int{}}
	for i := range max(n, 1) {
		v, events := s.Target.visitor(), kinds[i%len(kinds)]
		if slices.Contains(events, hook.OnPlay) {
			if err := s.seat(c, v); err != nil {
				return c, err
			}
		}
		g, err := s.guest(v, i, events, r)
		if err != nil {
			return c, err
		}
		c.add(g, v.sample(hook.OnPublish), slices.Contains(events, hook.OnPublish))
	}
	return c, nil
}

// add adds a guest. Those who publish the same stream come one after the other.
func (c *crowd) add(g guest, sm identity.Sample, publishes bool) {
	if publishes && sm.Stream != "" {
		stream := sm.VHost + "/" + sm.App + "/" + sm.Stream
		if i, ok := c.chains[stream]; ok {
			c.guests[i].requests = append(c.guests[i].requests, g.requests...)
			return
		}
		c.chains[stream] = len(c.guests)
	}
	c.guests = append(c.guests, g)
}

// seat has a player play a stream that is published: the one given, or one that the others play, too.
func (s *Scene) seat(c *crowd, v *visitor) error {
	given := v.sample(hook.OnPlay).Stream
	if p, ok := c.publishers[given]; ok {
		if p != nil {
			v.stream = p.stream
		}
		return nil
	}
	err := s.provide(v)
	c.publishers[given] = v.publisher
	return err
}

// guest decides what the i-th client of a crowd sends. After a refused event nothing comes but its on_close.
func (s *Scene) guest(v *visitor, i int, events []hook.Event, r *rand.Rand) (g guest, err error) {
	refuseAt := -1
	if r.IntN(3) == 0 {
		refuseAt = r.IntN(2)
	}
	for k := 0; k < len(events); k++ {
		ev, want, verdict := events[k], hookcheck.Accept, "accepted"
		pl := v.payload(ev)
		if k == refuseAt && s.refuses(ev) {
			all := s.Target.o.Identities.Refuses(ev)
			sm := s.completed(all[r.IntN(len(all))])
			other := *v
			other.own = &sm
			pl, want, verdict = other.payload(ev), hookcheck.Refuse, "refused"
			if k = max(k, len(events)-2); events[len(events)-1] != hook.OnClose {
				k = len(events)
			}
		}
		what := fmt.Sprintf("%s of client %d, one of many at once, to be %s", ev, i, verdict)
		all, err := s.requests(v, pl, what, want)
		if err != nil {
			return g, err
		}
		for j := range all {
			all[j].Actor = fmt.Sprintf("Client%d", i)
			all[j].line = all[j].curl()
		}
		g.requests = append(g.requests, all...)
	}
	return g, nil
}

// Burst has n callers each open a connection at once and send one event on it.
func (s *Scene) Burst(n int) error {
	ev, err := s.anyOpening("")
	if err != nil {
		return err
	}
	guests, visitors := make([]guest, n), make([]*visitor, n)
	for i := range guests {
		v := s.Target.visitor()
		all, err := s.requests(v, v.payload(ev), fmt.Sprintf("an acceptable %s, one of %d at once", ev, n),
			hookcheck.Accept)
		if err != nil {
			return err
		}
		q := all[0]
		q.Actor, q.line = fmt.Sprintf("Client%d", i), q.curl()
		guests[i].requests, visitors[i] = []Request{q}, v
	}
	s.storm(guests)
	for _, v := range visitors {
		if err := s.leave(v); err != nil {
			return err
		}
	}
	return s.Ctx.Err()
}
