package suite

import (
	"context"
	"math/rand/v2"

	"github.com/cucumber/godog"

	"hookproof/features"
	"hookproof/internal/check"
	"hookproof/internal/hookcheck"
	"hookproof/internal/scenario/hooktarget"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/internal/timeline"
	"hookproof/reports"
	"hookproof/steps"
	"hookproof/steps/hooks"
)

// play is one scenario on the stage of its role: the steps act on it.
type play interface {
	// set sets the stage up. The stage of a sealed log does not act.
	set(ctx context.Context, log *timeline.Log, rnd *rand.Rand)
	// after looks at the target when the steps of the scenario of that id are
	// over, and whether they failed; what it finds is the scenario's doing, or,
	// where scenarios run side by side, leaves it undecided.
	after(id string, failed bool) *check.Finding
	// close takes the stage down and tells who was on it.
	close() []reports.Actor
}

// newPlay registers the role's steps for one scenario.
func (pr *profileRun) newPlay(sc *godog.ScenarioContext) play {
	if pr.role == features.RoleHookServer {
		p := &hookPlay{target: pr.hooks, world: &hooks.World{Profile: pr.profile, Clients: pr.o.Clients}}
		hooks.Register(sc, p.world)
		return p
	}
	p := &serverPlay{target: pr.target, world: &steps.World{Profile: pr.profile, Clients: pr.o.Clients}}
	steps.Register(sc, p.world)
	return p
}

// serverPlay is a scenario of role S.
type serverPlay struct {
	target *rtmptarget.Target
	world  *steps.World
}

func (p *serverPlay) set(ctx context.Context, log *timeline.Log, rnd *rand.Rand) {
	p.world.Rand = rnd
	if log.Sealed() {
		p.world.Scene = rtmptarget.Recorded(log)
		return
	}
	p.world.Scene = rtmptarget.NewScene(ctx, p.target, log)
}

func (p *serverPlay) after(_ string, failed bool) *check.Finding {
	if failed {
		p.world.Scene.CheckAlive()
	}
	return check.Alive(p.world.Scene.Log.Whole())
}

func (p *serverPlay) close() []reports.Actor {
	all := actors(p.world.Scene)
	p.world.Scene.Close()
	return all
}

// hookPlay is a scenario of role H.
type hookPlay struct {
	target *hooktarget.Target
	world  *hooks.World
}

func (p *hookPlay) set(ctx context.Context, log *timeline.Log, rnd *rand.Rand) {
	p.world.Rand = rnd
	if log.Sealed() {
		p.world.Scene = hooktarget.Recorded(log)
		return
	}
	p.world.Scene = hooktarget.NewScene(ctx, p.target, log)
}

func (p *hookPlay) after(id string, _ bool) *check.Finding {
	p.world.Scene.CheckAlive(id)
	return hookcheck.Alive(p.world.Scene.Log.Whole())
}

func (p *hookPlay) close() []reports.Actor { return p.world.Scene.Close() }

// actors describes the clients of a scene.
func actors(s *rtmptarget.Scene) []reports.Actor {
	var all []reports.Actor
	for _, name := range s.Names() {
		a := s.Actor(name)
		role := "publisher"
		if a.Plays {
			role = "player"
		}
		all = append(all, reports.Actor{Name: name, ClientID: a.ClientID(), Role: role})
	}
	return all
}
