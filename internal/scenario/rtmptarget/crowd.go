package rtmptarget

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/endpoint"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// CrowdSpec says who comes.
type CrowdSpec struct {
	N       int
	Kind    CrowdKind
	Stream  string // of all, where they share one
	Round   int    // 0, 1, …: names are never used twice
	Leave   bool   // goes as soon as it has what it came for; otherwise all stay until all have it
	Abrupt  bool   // goes by vanishing
	Vanish  float64
	Refuse  float64       // share that is refused
	Delay   time.Duration // longest the hook server takes for an answer
	Watched string        // the live publisher whose stream is played; "" for none
}

// CrowdKind is what a crowd does.
type CrowdKind uint8

// The kinds of crowds.
const (
	Publishers CrowdKind = iota // each of its own stream
	Players                     // of one live stream
	Pairs                       // publishers, and as many players of their streams
	Rivals                      // publishers of one stream
)

// member is one client of a crowd, and what the plan has for it.
type member struct {
	timeline.Plan
	actor   *Actor
	pending chan struct{} // closed when the hook during which it vanishes is asked
	once    sync.Once
	delay   time.Duration
	gone    chan struct{} // closed when it has vanished
}

// plan decides who is who, from the seed alone.
func (s *Scene) plan(c CrowdSpec, r *rand.Rand) []*member {
	members := make([]*member, c.N)
	for i := range members {
		m := &member{pending: make(chan struct{}), gone: make(chan struct{}), Plan: timeline.Plan{
			Name: fmt.Sprintf("Client%d-%d", c.Round, i), Stream: fmt.Sprintf("s%d-%d", c.Round, i), Refuse: -1,
			Vanish: -1}}
		entry := hook.OnPublish
		switch c.Kind {
		case Players:
			m.Plays, m.Stream, m.Source = true, c.Stream, c.Watched
		case Pairs:
			if m.Plays = i%2 == 1; m.Plays {
				m.Stream, m.Source = members[i-1].Stream, members[i-1].Name
				if members[i-1].Refuse >= 0 || members[i-1].Vanish >= 0 {
					m.Source = ""
				}
			}
		case Rivals:
			m.Stream = c.Stream
		}
		if m.Plays {
			entry = hook.OnPlay
		}
		switch p := r.Float64(); {
		case p < c.Vanish:
			m.Vanish = int(entry)
		case p < c.Vanish+c.Refuse/2:
			m.Refuse = int(hook.OnConnect)
		case p < c.Vanish+c.Refuse:
			m.Refuse = int(entry)
		}
		if c.Delay > 0 {
			m.delay = time.Duration(r.Int64N(int64(c.Delay)))
		}
		members[i] = m
	}
	return members
}

// Crowd has a crowd come and, in the end, go. It returns when every client is
// gone and every on_close that must come is answered, or the scene's patience
// is over.
func (s *Scene) Crowd(ctx context.Context, c CrowdSpec, r *rand.Rand) error {
	members := s.plan(c, r)
	byName := map[string]*member{}
	for _, m := range members {
		m.actor = s.Actor(m.Name)
		m.actor.Plays, m.actor.Mute = m.Plays, m.Plays || c.Kind == Publishers
		m.actor.use(m.Stream)
		byName[m.Name] = m
		s.Log.Add(m.Plan.Observation())
	}
	s.Answer(Rule{Events: []hook.Event{hook.OnConnect, hook.OnPublish, hook.OnPlay},
		Of: func(actor string) bool { return byName[actor] != nil }, Decide: func(_ context.Context, ev hook.Event,
			a *Actor) endpoint.Answer {
			return s.crowdAnswer(byName, ev, a)
		}})
	var deciding, going sync.WaitGroup
	stay := make(chan struct{})
	deciding.Add(len(members))
	for _, m := range members {
		going.Go(func() { s.live(ctx, c, m, &deciding, stay) })
	}
	deciding.Wait()
	if c.Kind == Rivals {
		s.awaitOne(ctx, byName)
	}
	s.Note("crowd", "all %d clients of the crowd are on, refused or gone", len(members))
	close(stay)
	going.Wait()
	s.awaitClosed(ctx, byName)
	return ctx.Err()
}

// awaitOne waits until no more than one of the clients is connected.
func (s *Scene) awaitOne(ctx context.Context, members map[string]*member) {
	left, next := len(members), 0
	s.Await(ctx, func(obs []reports.Observation) bool {
		for ; next < len(obs); next++ {
			if o := &obs[next]; o.Kind == reports.KindDisconnect && members[o.Actor] != nil {
				left--
			}
		}
		return left <= 1
	})
}

// awaitClosed waits for the answers to the on_close of those that must give one.
func (s *Scene) awaitClosed(ctx context.Context, members map[string]*member) {
	left := map[string]bool{}
	for name, m := range members {
		if m.Refuse != int(hook.OnConnect) || s.Target.Profile.CloseAfterRefusal == hook.Must {
			left[name] = true
		}
	}
	next := 0
	s.Await(ctx, func(obs []reports.Observation) bool {
		for ; next < len(obs); next++ {
			if o := &obs[next]; o.Kind == reports.KindAnswer && o.Event == hook.OnClose.String() {
				delete(left, o.Actor)
			}
		}
		return len(left) == 0
	})
}

// crowdAnswer is the hook server's answer to a crowd: it refuses by the plan,
// takes its time, and for a client that vanishes while asked waits for that.
func (s *Scene) crowdAnswer(members map[string]*member, ev hook.Event, a *Actor) endpoint.Answer {
	m := members[a.Name]
	if m.Vanish == int(ev) {
		m.once.Do(func() { close(m.pending) })
		select {
		case <-m.gone:
		case <-s.Ctx.Done():
		}
	}
	ans := endpoint.Accept()
	if m.Refuse == int(ev) {
		ans = endpoint.Refuse()
	}
	ans.Delay = m.delay
	return ans
}

// live is the life of one client of a crowd.
func (s *Scene) live(ctx context.Context, c CrowdSpec, m *member, deciding *sync.WaitGroup, stay <-chan struct{}) {
	a := m.actor
	entered := begin(func() error { return a.Enter(ctx, m.Stream) })
	if m.Vanish >= 0 {
		a.vanishWhile(ctx, m, entered)
		deciding.Done()
		return
	}
	err := entered.wait()
	refused := m.Refuse >= 0 || err != nil && Refused(err)
	switch {
	case a.c.Load() == nil:
	case refused:
		a.awaitEnd(ctx)
	case m.Plays && m.Source != "":
		a.awaitFrame(ctx)
	}
	deciding.Done()
	switch {
	case a.c.Load() == nil || refused:
	case c.Abrupt:
		a.Vanish()
	default:
		if !c.Leave {
			<-stay
		}
		a.Leave()
	}
}

// vanishWhile vanishes while the hook is asked that the plan says. A server
// may tell a player that it plays before it asks, so entering is no sign. When
// the hook is never asked the accounting will say so.
func (a *Actor) vanishWhile(ctx context.Context, m *member, entered *task) {
	within, cancel := a.scene.Within(ctx)
	defer cancel()
	select {
	case <-m.pending:
	case <-within.Done():
	}
	if a.c.Load() != nil {
		a.c.Load().Vanish()
	}
	close(m.gone)
	entered.wait()
}

// awaitFrame waits for the first frame of audio or video.
func (a *Actor) awaitFrame(ctx context.Context) {
	ctx, cancel := a.scene.Within(ctx)
	defer cancel()
	a.c.Load().Await(ctx, func(ev client.Event) bool {
		return ev.Kind == client.Media && ev.Frame || ev.Kind == client.Disconnected
	})
}

// awaitEnd waits until the server has disconnected the client.
func (a *Actor) awaitEnd(ctx context.Context) {
	ctx, cancel := a.scene.Within(ctx)
	defer cancel()
	select {
	case <-a.c.Load().Done():
	case <-ctx.Done():
	}
}
