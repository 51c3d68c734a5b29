package explore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/client"
	"hookproof/internal/explore/oracle"
	"hookproof/internal/explore/program"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// played is what came of one program.
type played struct {
	found    []*check.Finding
	obs      []reports.Observation
	actors   []reports.Actor
	took     []bool // which steps did anything
	pairs    []string
	refusals int
	reason   string // why nothing can be said; "" otherwise
}

// id returns the requirement that the first finding breaks; "" without one.
func (p *played) id() string {
	if len(p.found) == 0 {
		return ""
	}
	return p.found[0].Requirement
}

// breaks reports whether a finding of that requirement is among those of p.
func (p *played) breaks(id string) bool {
	for _, f := range p.found {
		if f.Requirement == id {
			return true
		}
	}
	return false
}

// player plays one program.
type player struct {
	ctx    context.Context
	target *rtmptarget.Target
	scene  *rtmptarget.Scene
	result played
}

// play plays a program in a scene of its own, and judges it.
func play(run context.Context, t *rtmptarget.Target, p program.Program, name string, start time.Time) *played {
	ctx, cancel := context.WithTimeout(run, time.Duration(float64(programTime)*t.Scale))
	defer cancel()
	log := timeline.New(name, t.Profile.Name, start, nil)
	s := &player{ctx: ctx, target: t, scene: rtmptarget.NewScene(ctx, t, log)}
	s.scene.WatchStrays()
	err := s.steps(p)
	if err == nil {
		err = s.ending()
	}
	r := &s.result
	var f *check.Finding
	switch {
	case run.Err() != nil:
		r.reason = interrupted
	case ctx.Err() != nil:
		r.reason = fmt.Sprintf("it did not end within %v", time.Duration(float64(programTime)*t.Scale))
	case errors.As(err, &f):
		r.found = append(r.found, f)
	case err != nil:
		r.reason = err.Error()
	}
	if len(r.found) > 0 {
		if gone := s.scene.After(name, true); gone != nil {
			gone.Requirement, gone.Cause, gone.Undecided, gone.Fatal = alive, "server ended", false, true
			r.found = append([]*check.Finding{gone}, r.found...)
		}
		if reason, _ := check.Disturbed(log.Whole()); reason != "" {
			r.reason, r.found = reason, nil
		}
	}
	r.actors = s.scene.Close()
	r.obs = log.Whole()
	for _, h := range timeline.Hooks(r.obs, "") {
		if h.Answer >= 0 && !h.Accept && !h.Event.Closing() {
			r.refusals++
		}
	}
	return r
}

// programTime bounds one program, before scaling: far above what its steps wait for.
const programTime = 2 * time.Minute

// interrupted is why nothing can be said of a program that was cut off.
const interrupted = "interrupted"

// alive is the requirement that a server breaks which ends: no client is let on.
const alive = "S-ANS-01"

// steps takes the steps of a program, as far as its clients are there for it.
func (s *player) steps(p program.Program) error {
	s.result.took = make([]bool, len(p))
	for i := range p {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		s.result.pairs = append(s.result.pairs, s.pair(&p[i]))
		took, err := s.step(&p[i])
		if err != nil {
			return err
		}
		s.result.took[i] = took
	}
	return nil
}

// step takes one step; took is false where there was nothing to do.
func (s *player) step(st *program.Step) (took bool, err error) {
	switch st.Kind {
	case program.Answer, program.Hold, program.Release, program.ReleaseAs:
		return true, s.answers(st)
	case program.Fence:
		return true, s.fence()
	case program.Peer:
		return true, s.scene.Peer(s.ctx, st.How)
	case program.AtOnce:
		var all []*rtmptarget.Actor
		for _, name := range st.Acting() {
			all = append(all, s.scene.Actor(name))
		}
		s.scene.BeginAtOnce(s.ctx, all, st.Stream)
		return true, nil
	}
	a := s.scene.Actor(st.Client)
	switch st.Kind {
	case program.Connect:
		a.BeginConnect(s.ctx)
		return true, nil
	case program.Enter:
		a.Plays, a.Eager = st.Act == "play", st.Eager
		if st.Flash {
			a.Style = client.Flash
		}
		a.Begin(s.ctx, st.Stream)
		return true, nil
	}
	if !a.Connected() {
		return false, nil
	}
	return s.does(st, a)
}

// does takes a step of a client that is connected. That a server which is about to
// drop it does not take a command is no failure.
func (s *player) does(st *program.Step, a *rtmptarget.Actor) (took bool, err error) {
	switch st.Kind {
	case program.Again:
		if !a.CanBegin() {
			return false, nil
		}
		a.Plays = st.Act == "play"
		a.BeginOn(s.ctx, st.Stream)
	case program.End:
		return a.CanEnd() && a.Unpublish(st.Command) == nil, nil
	case program.Pause:
		return a.Pause(s.ctx) == nil, nil
	case program.Seek:
		return a.Seek() == nil, nil
	case program.Go:
		a.Goes(st.How)
	case program.Kick:
		if a.ClientID() == "" {
			return false, nil
		}
		return s.scene.Kick(s.ctx, a.Name) == nil, nil
	}
	return true, nil
}

// answers has the hook server behave from now on as the step says.
func (s *player) answers(st *program.Step) error {
	if st.Kind == program.Release {
		s.scene.Release(nil)
		return nil
	}
	r := rtmptarget.Rule{Actors: []string{st.Client}, Hold: st.Kind == program.Hold}
	if st.Answer != "" {
		a, err := rtmptarget.ParseAnswer(st.Answer)
		if err != nil {
			return err
		}
		r.Answer = a
	}
	if st.Kind == program.ReleaseAs {
		s.scene.Release(&r.Answer)
		return nil
	}
	ev, err := hook.ParseEvent(st.Event)
	if err != nil {
		return err
	}
	r.Events = []hook.Event{ev}
	s.scene.Answer(r)
	return nil
}

// fence has a marker client run through. That an ordinary publisher cannot is the
// server's failure.
func (s *player) fence() error {
	err := s.scene.Fence(s.ctx, s.scene.Marker())
	if err == nil || s.ctx.Err() != nil {
		return err
	}
	return &check.Finding{Requirement: alive, Cause: "marker", Expected: "an ordinary client to publish and leave",
		Seen: err.Error()}
}

// ending ends the program and judges it: what program.Ending says in words.
func (s *player) ending() error {
	s.scene.Release(nil)
	if err := s.fence(); err != nil {
		return err
	}
	p := s.target.Profile
	var unsettled *check.Finding
	s.await(func(obs []reports.Observation) bool {
		unsettled = oracle.Settled(p, obs)
		return unsettled == nil
	})
	s.scene.LeaveAll()
	s.await(func(obs []reports.Observation) bool { return oracle.Complete(p, obs) })
	if err := s.fence(); err != nil {
		return err
	}
	s.result.found = oracle.Judge(p, s.scene.Log.All())
	if unsettled != nil {
		s.result.found = append(s.result.found, unsettled)
	}
	return nil
}

// await waits until cond holds, which is asked only after what can decide it.
func (s *player) await(cond func([]reports.Observation) bool) {
	looked := -1
	s.scene.Await(s.ctx, func(obs []reports.Observation) bool {
		for i := len(obs) - 1; i > looked; i-- {
			switch obs[i].Kind {
			case reports.KindAnswer, reports.KindDisconnect, reports.KindMedia, reports.KindStatus, reports.KindFence:
				looked = len(obs) - 1
				return cond(obs)
			}
		}
		return false
	})
}

// pair names a step and the state in which it is taken: what its client is up to, and how
// many others there are of its stream.
func (s *player) pair(st *program.Step) string {
	state := "nobody"
	if st.Client != "" && s.scene.Has(st.Client) {
		state = s.scene.Actor(st.Client).State()
	}
	return fmt.Sprintf("%d %s %s %s%s%s: %s", st.Kind, st.Act, st.Event, st.Command, st.How, st.Answer, state)
}
