package steps

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/cucumber/godog"

	"hookproof/hook"
	"hookproof/hook/order"
	"hookproof/internal/check"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// vanishing ends the step of a crowd.
const vanishing = ` and a tenth of it vanishes while its hook is pending$`

func (w *rtmpWorld) registerCrowd(sc *godog.ScenarioContext) {
	w.acting(sc, `^the hook server refuses a random third of the clients and takes up to 50 ms for its answers$`,
		w.refusesThird)
	w.acting(sc, `^a crowd of publishers, each of its own stream, comes at once,`+vanishing,
		w.crowdOf(rtmptarget.CrowdSpec{Kind: rtmptarget.Publishers, Vanish: 0.1}))
	w.acting(sc, `^a crowd of players of "([^"]*)" comes at once,`+vanishing,
		w.crowdPlays)
	w.acting(sc, `^a crowd of publishers and players of each other's streams comes at once,`+vanishing,
		w.crowdOf(rtmptarget.CrowdSpec{Kind: rtmptarget.Pairs, Vanish: 0.1}))
	w.acting(sc, `^a crowd of publishers, each of its own stream, comes and goes$`,
		w.crowdOf(rtmptarget.CrowdSpec{Kind: rtmptarget.Publishers, Leave: true}))
	w.acting(sc, `^a crowd of publishers, all of the stream "([^"]*)", comes at once$`, w.crowdOfRivals)
	w.acting(sc, `^a crowd of publishers, each of its own stream, comes and vanishes, in (\d+) rounds$`,
		w.crowdInRounds)
	step(sc, `^every client of the crowd is accounted for(?:, while ([A-Z][a-z]+) still waits)?$`, w.accounted)
	step(sc, `^at most one of them is live at any time$`,
		func() error { return failed(check.OneLive(w.scene.Log.All())) })
	const outcome = `^each that went live causes on_unpublish, and each that lost is disconnected with its on_close$`
	step(sc, outcome, func() error {
		return failed(check.Rivalry(w.Profile, w.scene.Log.All()))
	})
	step(sc, `^([A-Z][a-z]+) loses to the live publisher$`, w.loses)
	step(sc, `^one of ([A-Z][a-z]+) and ([A-Z][a-z]+) stays on, and the other loses to it$`, w.oneStays)
	step(sc, `^the server lists no client of the crowd any more$`, w.noneListed)
	step(sc, `^the memory of the server has stopped growing$`, w.memoryStays)
}

// crowd is what a scenario has said of its crowd.
type crowd struct {
	refuse float64
	delay  time.Duration
}

func (w *rtmpWorld) refusesThird() error {
	w.crowd.refuse, w.crowd.delay = 1.0/3, 50*time.Millisecond
	return nil
}

func (w *rtmpWorld) comes(ctx context.Context, c rtmptarget.CrowdSpec) error {
	c.N, c.Refuse, c.Delay = w.Clients, w.crowd.refuse, w.crowd.delay
	return w.scene.Crowd(ctx, c, w.rand)
}

func (w *rtmpWorld) crowdOf(c rtmptarget.CrowdSpec) func(context.Context) error {
	return func(ctx context.Context) error { return w.comes(ctx, c) }
}

func (w *rtmpWorld) crowdPlays(ctx context.Context, stream string) error {
	spec := rtmptarget.CrowdSpec{Kind: rtmptarget.Players, Stream: stream, Watched: w.publisherOf(stream), Vanish: 0.1}
	return w.comes(ctx, spec)
}

// publisherOf returns the publisher of a stream in this scenario.
func (w *rtmpWorld) publisherOf(stream string) string {
	for _, name := range w.scene.Names() {
		if a := w.scene.Actor(name); !a.Plays && a.Stream == w.scene.Named(stream) {
			return name
		}
	}
	return ""
}

func (w *rtmpWorld) crowdOfRivals(ctx context.Context, stream string) error {
	return w.comes(ctx, rtmptarget.CrowdSpec{Kind: rtmptarget.Rivals, Stream: stream})
}

// loses waits until a publisher is disconnected because another one is live.
func (w *rtmpWorld) loses(ctx context.Context, name string) error {
	if err := w.gone(ctx, name); err != nil {
		return err
	}
	want := check.Loser(w.Profile)
	ready := func(obs []reports.Observation) bool { return check.Fit(want, obs, name) != order.Begun }
	return w.fenced(ctx, ready, func(obs []reports.Observation) *check.Finding {
		return check.Exactly(want, obs, name)
	})
}

func (w *rtmpWorld) oneStays(ctx context.Context, one, two string) error {
	var winner, loser string
	err := w.eventually(ctx, func(obs []reports.Observation) (f *check.Finding) {
		winner, loser, f = check.OneStays(obs, one, two)
		return f
	})
	if err == nil {
		err = w.loses(ctx, loser)
	}
	if err != nil {
		return err
	}
	live := order.Expect(w.Profile, order.Deed{Event: hook.OnPublish, Answer: order.Accepted})
	return w.fenced(ctx, always, func(obs []reports.Observation) *check.Finding {
		return check.Exactly(live, obs, winner)
	})
}

// mostRounds is how many times the rounds asked for there can be, while the
// server's memory does not decide.
const mostRounds = 4

// crowdInRounds has half a crowd come and vanish, several times, and looks at the
// memory of a server that has no other clients. Somebody else's server takes as
// many rounds before, to fill its caches and pools.
func (w *rtmpWorld) crowdInRounds(ctx context.Context, rounds string) error {
	n, err := strconv.Atoi(rounds)
	if err != nil {
		return err
	}
	looks, first := w.alone && w.scene.Target.ShowsMemory(), 0
	if looks && w.scene.Target.Own == nil {
		first = n
	}
	for i := 0; i < first+n || looks && i < first+mostRounds*n && w.memoryUndecided(); i++ {
		spec := rtmptarget.CrowdSpec{N: w.roundSize(), Kind: rtmptarget.Publishers, Round: i, Abrupt: true,
			Refuse: w.crowd.refuse, Delay: w.crowd.delay}
		if err := w.scene.Crowd(ctx, spec, w.rand); err != nil {
			return err
		}
		if !looks || i < first {
			continue
		}
		m, err := w.scene.Target.Memory(ctx)
		if err != nil {
			return fmt.Errorf("the server's memory: %w", err)
		}
		w.scene.Memory(i, m)
	}
	return nil
}

// memoryUndecided reports whether what the server's memory was after the rounds
// so far does not decide.
func (w *rtmpWorld) memoryUndecided() bool {
	f := check.MemoryStays(w.scene.Log.All(), w.roundSize())
	return f != nil && f.Undecided
}

// roundSize is how many clients come in each of several rounds.
func (w *rtmpWorld) roundSize() int { return (w.Clients + 1) / 2 }

func (w *rtmpWorld) accounted(ctx context.Context, waiting string) error {
	return w.fenced(ctx, always, func(obs []reports.Observation) *check.Finding {
		if f := check.Accounted(w.Profile, obs); f != nil || waiting == "" {
			return f
		}
		return check.Waiting(obs, waiting)
	})
}

// noneListed asks the server's API for each client of the crowd, up to the
// first that it does not forget: one settles the matter, and each is waited for.
func (w *rtmpWorld) noneListed(ctx context.Context) error {
	if err := w.act(func() error { return w.awaitForgotten(ctx) }); err != nil {
		return err
	}
	return failed(check.NoneListed(w.scene.Log.All()))
}

func (w *rtmpWorld) awaitForgotten(ctx context.Context) error {
	for _, p := range timeline.Plans(w.scene.Log.All()) {
		id := w.scene.Actor(p.Name).ClientID()
		if id == "" {
			continue
		}
		forgotten, err := w.scene.AwaitForgotten(ctx, p.Name, id)
		if err != nil {
			return fmt.Errorf("the server's HTTP API: %w", err)
		}
		if !forgotten {
			break
		}
	}
	return nil
}

func (w *rtmpWorld) memoryStays() error {
	return failed(check.MemoryStays(w.scene.Log.All(), w.roundSize()))
}
