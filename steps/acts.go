package steps

import (
	"context"
	"fmt"
	"strings"

	"github.com/cucumber/godog"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/client"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// ifOn ends a step that is taken only by who is there for it.
const ifOn = `(, if (?:she|he) is on)?$`

// what a client is said to be, between commas after its name.
const who = `([A-Z][a-z]+)(?:, (.+),)?`

func (w *rtmpWorld) registerActs(sc *godog.ScenarioContext) {
	step(sc, `^`+who+` publishes "([^"]*)"$`, w.publishes)
	step(sc, `^`+who+` publishes "(.*)" and leaves$`, w.publishesAndLeaves)
	step(sc, `^`+who+` publishes "([^"]*)" and closes (?:her|his) connection$`, w.publishesAndCloses)
	step(sc, `^`+who+` publishes "([^"]*)", unpublishes with (\w+) and publishes "([^"]*)", then leaves$`,
		w.publishesTwice)
	step(sc, `^`+who+` tries to (publish|play) "([^"]*)"(, sending media at once)?$`, w.tries)
	step(sc, `^`+who+` begins to (publish|play) "([^"]*)"(, sending media at once)?$`, w.begins)
	step(sc, `^`+who+` begins to publish "([^"]*)" and leaves at once$`, w.beginsAndLeaves)
	step(sc, `^`+who+` begins to connect$`, w.beginsToConnect)
	w.acting(sc, `^([A-Z][a-z]+) begins to (publish|play) "([^"]*)" on (?:her|his) connection`+ifOn, w.beginsOn)
	w.acting(sc, `^([A-Z][a-z]+(?:(?:, | and )[A-Z][a-z]+)+) begin to publish "([^"]*)" at once$`, w.beginAtOnce)
	step(sc, `^`+who+` plays "([^"]*)"(?: before anyone publishes)?$`, w.plays)
	step(sc, `^`+who+` plays "([^"]*)"(?: before anyone publishes)?,? and (leaves|closes (?:her|his) connection)$`,
		w.playsAndGoes)
	step(sc, `^([A-Z][a-z]+) plays "([^"]*)", stops, plays "([^"]*)" and leaves$`, w.playsTwice)
	step(sc, `^([A-Z][a-z]+) publishes "([^"]*)", ([A-Z][a-z]+) plays it, and both leave$`, w.session)
	step(sc,
		`^([A-Z][a-z]+) publishes "([^"]*)", ([A-Z][a-z]+) publishes "([^"]*)", ([A-Z][a-z]+) and ([A-Z][a-z]+) play "([^"]*)", and all leave$`, w.fourClients)
	step(sc,
		`^([A-Z][a-z]+) publishes "([^"]*)" on the default vhost and ([A-Z][a-z]+) publishes "([^"]*)" on the vhost (.+), and both leave$`, w.twoVHosts)
	step(sc, `^([A-Z][a-z]+) connects and leaves$`, w.connectsAndLeaves)
	w.acting(sc,
		`^([A-Z][a-z]+) (leaves|vanishes|falls silent|closes (?:her|his) connection|closes the sending half of (?:her|his) connection)$`, w.goes)
	w.acting(sc, `^([A-Z][a-z]+) unpublishes with (\w+)`+ifOn, w.unpublishes)
	w.acting(sc, `^([A-Z][a-z]+) unpublishes with (\w+) and begins to publish "([^"]*)"$`, w.unpublishesAndBegins)
	w.acting(sc, `^([A-Z][a-z]+) pauses and goes on`+ifOn, w.pauses)
	w.acting(sc, `^([A-Z][a-z]+) seeks`+ifOn, w.seeks)
	w.acting(sc, `^everyone leaves$`, func() error { w.scene.LeaveAll(); return nil })
	step(sc, `^(?:another client|a client of the default vhost) publishes and leaves$`, w.marker)
	w.acting(sc, `^a peer (.+) and goes$`, w.peer)
}

// actor returns the client of that name, presented as the scenario says.
func (w *rtmpWorld) actor(name, presented string) (*rtmptarget.Actor, error) {
	a := w.scene.Actor(name)
	quoted := ""
	if i, j := strings.IndexByte(presented, '"'), strings.LastIndexByte(presented, '"'); i >= 0 && j > i {
		quoted = w.scene.Expand(presented[i+1 : j])
		presented = presented[:i] + "…"
	}
	switch strings.TrimSpace(presented) {
	case "", "an encoder":
	case "a Flash publisher":
		a.Style = client.Flash
	case "without media":
		a.Mute = true
	case "from another local address":
		a.Local = rtmptarget.AnotherAddress
	case "with tcUrl …":
		a.TCURL = quoted
	case "who says to be at …":
		a.Forwarded = quoted
	case "whose tcUrl ends in …":
		a.Query = quoted
	case "whose pageUrl ends in …":
		a.Page = quoted
	default:
		return nil, fmt.Errorf("no client is known that is presented as %q", presented)
	}
	return a, nil
}

func (w *rtmpWorld) publishes(ctx context.Context, name, presented, stream string) error {
	a, err := w.actor(name, presented)
	if err != nil {
		return err
	}
	return w.enters(ctx, a, stream)
}

// enters has a client enter, and checks that it was let on.
func (w *rtmpWorld) enters(ctx context.Context, a *rtmptarget.Actor, stream string) error {
	err := w.act(func() error { return a.Enter(ctx, w.scene.Expand(stream)) })
	return w.letOn(ctx, a, err)
}

// leaves has clients say goodbye and close.
func (w *rtmpWorld) leaves(names ...string) {
	w.act(func() error {
		for _, name := range names {
			w.scene.Actor(name).Leave()
		}
		return nil
	})
}

// again has a client publish or play again, after the end of what it did
// before, and checks that it was let on.
func (w *rtmpWorld) again(ctx context.Context, name, command string, ended hook.Event, stream string) error {
	a := w.scene.Actor(name)
	if err := w.act(func() error { return a.Unpublish(command) }); err != nil {
		return err
	}
	w.ended(ctx, name, ended)
	return w.letOn(ctx, a, w.act(func() error { return a.Again(ctx, stream) }))
}

func (w *rtmpWorld) publishesAndLeaves(ctx context.Context, name, presented, stream string) error {
	err := w.publishes(ctx, name, presented, stream)
	w.leaves(name)
	return err
}

func (w *rtmpWorld) publishesAndCloses(ctx context.Context, name, presented, stream string) error {
	err := w.publishes(ctx, name, presented, stream)
	w.act(func() error { return w.goes(name, "closes her connection") })
	return err
}

func (w *rtmpWorld) publishesTwice(ctx context.Context, name, presented, first, command, second string) error {
	if err := w.publishes(ctx, name, presented, first); err != nil {
		return err
	}
	err := w.again(ctx, name, command, hook.OnUnpublish, w.scene.Expand(second))
	w.leaves(name)
	return err
}

// ended waits for the answer to a closing event; that it never comes is for
// the scenario's own check to say.
func (w *rtmpWorld) ended(ctx context.Context, name string, ev hook.Event) {
	w.scene.Await(ctx, func(obs []reports.Observation) bool {
		for _, h := range timeline.Hooks(obs, name) {
			if h.Event == ev && h.Answer >= 0 {
				return true
			}
		}
		return false
	})
}

// tries enters without expecting to be let on: it returns once the server has
// decided, one way or the other.
func (w *rtmpWorld) tries(ctx context.Context, name, presented, act, stream, eager string) error {
	a, err := w.actor(name, presented)
	if err != nil {
		return err
	}
	a.Plays, a.Eager = act == "play", eager != ""
	err = w.act(func() error { return a.Enter(ctx, w.scene.Expand(stream)) })
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	w.scene.Await(ctx, func(obs []reports.Observation) bool {
		return check.On(obs, a.Name, a.Entry()) || timeline.Disconnected(obs, a.Name) != nil
	})
	return nil
}

func (w *rtmpWorld) begins(ctx context.Context, name, presented, act, stream, eager string) error {
	a, err := w.actor(name, presented)
	if err != nil {
		return err
	}
	a.Plays, a.Eager = act == "play", eager != ""
	return w.act(func() error {
		a.Begin(ctx, w.scene.Expand(stream))
		return nil
	})
}

func (w *rtmpWorld) beginsAndLeaves(ctx context.Context, name, presented, stream string) error {
	if err := w.begins(ctx, name, presented, "publish", stream, ""); err != nil {
		return err
	}
	return w.act(func() error { return w.goes(name, "closes her connection") })
}

func (w *rtmpWorld) beginsToConnect(ctx context.Context, name, presented string) error {
	a, err := w.actor(name, presented)
	if err != nil {
		return err
	}
	return w.act(func() error {
		a.BeginConnect(ctx)
		return nil
	})
}

func (w *rtmpWorld) beginsOn(ctx context.Context, name, act, stream, ifOn string) error {
	a := w.scene.Actor(name)
	if ifOn != "" && !a.CanBegin() {
		return nil
	}
	a.Plays = act == "play"
	a.BeginOn(ctx, w.scene.Expand(stream))
	return nil
}

func (w *rtmpWorld) beginAtOnce(ctx context.Context, names, stream string) error {
	var all []*rtmptarget.Actor
	for _, name := range words(names) {
		all = append(all, w.scene.Actor(name))
	}
	w.scene.BeginAtOnce(ctx, all, w.scene.Expand(stream))
	return nil
}

func (w *rtmpWorld) plays(ctx context.Context, name, presented, stream string) error {
	a, err := w.actor(name, presented)
	if err != nil {
		return err
	}
	a.Plays = true
	return w.enters(ctx, a, stream)
}

func (w *rtmpWorld) playsAndGoes(ctx context.Context, name, presented, stream, how string) error {
	if err := w.plays(ctx, name, presented, stream); err != nil {
		return err
	}
	return w.act(func() error { return w.goes(name, how) })
}

func (w *rtmpWorld) playsTwice(ctx context.Context, name, first, second string) error {
	if err := w.plays(ctx, name, "", first); err != nil {
		return err
	}
	err := w.again(ctx, name, "closeStream", hook.OnStop, second)
	w.leaves(name)
	return err
}

func (w *rtmpWorld) session(ctx context.Context, publisher, stream, player string) error {
	if err := w.publishes(ctx, publisher, "", stream); err != nil {
		return err
	}
	if err := w.plays(ctx, player, "", stream); err != nil {
		return err
	}
	w.leaves(player, publisher)
	return nil
}

func (w *rtmpWorld) fourClients(ctx context.Context, p1, s1, p2, s2, v1, v2, watched string) error {
	for _, p := range [][2]string{{p1, s1}, {p2, s2}} {
		if err := w.publishes(ctx, p[0], "", p[1]); err != nil {
			return err
		}
	}
	for _, v := range []string{v1, v2} {
		if err := w.plays(ctx, v, "", watched); err != nil {
			return err
		}
	}
	w.leaves(v1, v2, p1, p2)
	return nil
}

func (w *rtmpWorld) twoVHosts(ctx context.Context, one, first, two, second, vhost string) error {
	v, err := rtmptarget.VHostSpoken(strings.Trim(vhost, `"`))
	if err != nil {
		return err
	}
	if err := w.publishes(ctx, one, "", first); err != nil {
		return err
	}
	w.scene.Actor(two).VHost = v
	if err := w.publishes(ctx, two, "", second); err != nil {
		return err
	}
	w.leaves(one, two)
	return nil
}

func (w *rtmpWorld) connectsAndLeaves(ctx context.Context, name string) error {
	a := w.scene.Actor(name)
	if err := w.act(func() error { return a.Connect(ctx) }); err != nil {
		return w.letOn(ctx, a, err)
	}
	w.leaves(name)
	return nil
}

func (w *rtmpWorld) goes(name, how string) error {
	w.scene.Actor(name).Goes(how)
	return nil
}

func (w *rtmpWorld) unpublishes(name, command, ifOn string) error {
	if ifOn != "" && !w.scene.Actor(name).CanEnd() {
		return nil
	}
	return w.scene.Actor(name).Unpublish(command)
}

func (w *rtmpWorld) unpublishesAndBegins(ctx context.Context, name, command, stream string) error {
	if err := w.unpublishes(name, command, ""); err != nil {
		return err
	}
	w.scene.Actor(name).BeginAgain(ctx, stream)
	return nil
}

func (w *rtmpWorld) pauses(ctx context.Context, name, ifOn string) error {
	a := w.scene.Actor(name)
	if ifOn == "" {
		return a.Pause(ctx)
	}
	if a.Connected() {
		_ = a.Pause(ctx) // a server that is about to drop it does not answer
	}
	return nil
}

func (w *rtmpWorld) seeks(name, ifOn string) error {
	a := w.scene.Actor(name)
	if ifOn != "" && !a.Connected() {
		return nil
	}
	return a.Seek()
}

func (w *rtmpWorld) marker(ctx context.Context) error {
	_, err := w.fence(ctx)
	return err
}

// peer comes as what never completes connect.
func (w *rtmpWorld) peer(ctx context.Context, how string) error {
	return w.scene.Peer(ctx, how)
}
