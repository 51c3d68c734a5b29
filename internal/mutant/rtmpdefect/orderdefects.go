package rtmpdefect

import (
	"context"
	"errors"
	"slices"
	"strings"
	"syscall"
	"time"

	"hookproof/hook"
	"hookproof/internal/tcpproxy"
)

// hurry is how long goesOn waits for an answer: long enough for the
// request to be there before the next one, shorter than any scenario holds one.
const hurry = 5 * time.Millisecond

// ends are the events that end a stream.
var ends = []hook.Event{hook.OnUnpublish, hook.OnStop}

// goesOn answers the server's event with an acceptance when the endpoint's takes its
// time, so that the client's next event overlaps this one.
func goesOn(x *exchange) {
	got := make(chan *answer, 1)
	// The request goes on when this exchange is over: it ends with the world.
	r := x.req.clone()
	x.conn.front.Go(func() { got <- x.world.call(x.world.ctx, x.conn.upstream, r) })
	t := time.NewTimer(hurry)
	defer t.Stop()
	select {
	case a := <-got:
		x.relay(a)
	case <-t.C:
		x.relay(accepting())
	}
}

// holdBack keeps an event back, and says it was sent.
func holdBack(x *exchange) {
	x.client.held = append(x.client.held, x.req.clone())
	x.relay(accepting())
}

// sendHeld sends what was kept back of the client, in order.
func sendHeld(x *exchange) {
	held := x.client.held
	x.client.held = nil
	for _, r := range held {
		x.call(r)
	}
}

// afterNext sends an event only after the client's next one.
func afterNext(events ...hook.Event) hookFunc {
	return func(x *exchange) {
		for _, ev := range events {
			if x.req.known && x.req.event == ev {
				holdBack(x)
				return
			}
		}
		a := x.ask()
		sendHeld(x)
		x.relay(a)
	}
}

// onlyAtClose sends an event that ends a stream only if the client leaves: with
// its on_close. When it goes on to another stream the event is lost.
func onlyAtClose(ev hook.Event) hookFunc {
	return func(x *exchange) {
		switch {
		case x.req.known && x.req.event == ev:
			holdBack(x)
		case x.req.known && x.req.event == hook.OnClose:
			sendHeld(x)
			x.pass()
		default:
			x.client.held = nil
			x.pass()
		}
	}
}

// afterRefusal sends an event that must not follow the refusal of another, as
// soon as the refusal is in: in srs1 nothing else may follow it.
func afterRefusal(opening, extra hook.Event) hookFunc {
	return func(x *exchange) {
		if !x.req.known || x.req.event != opening {
			x.pass()
			return
		}
		a := x.ask()
		if !x.accepted(a) {
			x.call(x.client.last[opening].as(extra))
		}
		x.relay(a)
	}
}

// noCloseAfterRefusal sends no on_close, to its first URL, of a client that
// was refused at an event.
func noCloseAfterRefusal(opening hook.Event) hookFunc {
	return func(x *exchange) {
		switch {
		case x.req.known && x.req.event == opening:
			a := x.ask()
			x.client.refused[opening] = !x.accepted(a)
			x.relay(a)
		case x.req.known && x.req.event == hook.OnClose && x.client.refused[opening]:
			x.client.refused[opening] = false
			drop(x)
		default:
			x.pass()
		}
	}
}

// forgetsIdle sends no on_close of a client that had no stream,
// and was not refused.
func forgetsIdle(x *exchange) {
	last := x.client.last
	idle := !slices.ContainsFunc([]hook.Event{hook.OnPublish, hook.OnPlay, hook.OnUnpublish, hook.OnStop},
		func(ev hook.Event) bool { return last[ev] != nil })
	switch {
	case !x.req.known:
	case x.req.event == hook.OnConnect:
		a := x.ask()
		x.client.refused[hook.OnConnect] = !x.accepted(a)
		x.relay(a)
		return
	case x.req.event == hook.OnClose && idle && !x.client.refused[hook.OnConnect]:
		drop(x)
		return
	}
	x.pass()
}

// leaversForgotten sends no closing event of a stream whose client went while
// it was asked.
func leaversForgotten(x *exchange) {
	switch {
	case !x.req.known:
	case x.req.event == hook.OnPublish || x.req.event == hook.OnPlay:
		a := x.ask()
		if s := x.world.session(x.client); s != nil {
			x.client.left = get(s, func(s *session) bool { return s.bye })
		}
		x.relay(a)
		return
	case x.client.left && (x.req.event == hook.OnUnpublish || x.req.event == hook.OnStop):
		drop(x)
		return
	}
	x.pass()
}

// dropsEndsOf sends no on_unpublish and no on_stop of clients whose connection
// is one of those.
func dropsEndsOf(which func(*session) bool) hookFunc {
	return on(func(x *exchange) {
		if s := x.world.session(x.client); s != nil && get(s, which) {
			drop(x)
			return
		}
		x.pass()
	}, ends...)
}

// silentEnd sends no closing event of clients that are dropped because the
// server ends: when it takes no connections any more.
func silentEnd(x *exchange) {
	if s := x.world.session(x.client); s != nil && get(s, unasked) && x.world.ending(x.ctx) {
		drop(x)
		return
	}
	x.pass()
}

// ending reports whether the server has stopped listening.
func (w *world) ending(ctx context.Context) bool {
	c, err := tcpproxy.Dial(ctx, w.rtmp, nil)
	if err == nil {
		c.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}

// stopsPlayers tells on_stop of all players of a stream when it ends.
func stopsPlayers(x *exchange) {
	for _, r := range x.world.playersOf(&x.req.payload) {
		x.call(r.as(hook.OnStop))
	}
	x.pass()
}

// playersOf lists the on_play of the clients that play a stream.
func (w *world) playersOf(pl *hook.Payload) []*request {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []*request
	for _, c := range w.clients {
		r := c.last[hook.OnPlay]
		if r == nil || c.last[hook.OnStop] != nil || c.last[hook.OnClose] != nil {
			continue
		}
		if r.payload.App == pl.App && r.payload.Stream == pl.Stream && r.payload.VHost == pl.VHost {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b *request) int { return strings.Compare(a.payload.ClientID, b.payload.ClientID) })
	return all
}

// noEarlyPlay sends neither on_play nor on_stop of a player that comes before
// the publisher.
func noEarlyPlay(x *exchange) {
	if x.req.event == hook.OnPlay && !x.world.published(&x.req.payload) {
		x.client.left = true
	}
	if x.client.left {
		drop(x)
		return
	}
	x.pass()
}

// published reports whether a client publishes a stream, as far as the hooks tell.
func (w *world) published(pl *hook.Payload) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.clients {
		r := c.last[hook.OnPublish]
		if r != nil && c.last[hook.OnUnpublish] == nil && c.last[hook.OnClose] == nil &&
			r.payload.App == pl.App && r.payload.Stream == pl.Stream && r.payload.VHost == pl.VHost {
			return true
		}
	}
	return false
}

// connectsAgain sends the client's on_connect once more after its on_close.
func connectsAgain(x *exchange) {
	a := x.ask()
	if r := x.client.last[hook.OnConnect]; r != nil {
		x.call(r)
	}
	x.relay(a)
}

// unpublishesLosers tells on_unpublish of a publisher that was accepted and
// had none before its on_close: it lost to a live one.
func unpublishesLosers(x *exchange) {
	switch {
	case !x.req.known:
	case x.req.event == hook.OnPublish:
		a := x.ask()
		x.client.left = x.accepted(a)
		x.relay(a)
		return
	case x.req.event == hook.OnUnpublish:
		x.client.left = false
	case x.req.event == hook.OnClose && x.client.left:
		x.client.left = false
		x.call(x.client.last[hook.OnPublish].as(hook.OnUnpublish))
	}
	x.pass()
}
