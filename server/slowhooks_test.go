package server

import (
	"sync/atomic"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/hook/order"
	"hookproof/internal/client"
	"hookproof/internal/endpoint"
)

// TestSlowHooks: every answer of the hook server takes its time, and more clients come at once than it is asked
// about at once. All are let in and leave with all their events, once and in order; it is never asked more at a
// time than max_calls; players of before play on; and nothing is left of it.
//
// go test ./server -run TestSlowHooks -v -outage.clients 1000 -outage.slow 2s
func TestSlowHooks(t *testing.T) {
	n := *outageClients
	most := int64(max(n/4, 1))
	var load, highest atomic.Int64
	c := newCrowd(t, endpoint.Options{Observe: func(_ *endpoint.Request, p endpoint.Phase) {
		switch p {
		case endpoint.PhaseArrived:
			now := load.Add(1)
			for old := highest.Load(); now > old && !highest.CompareAndSwap(old, now); old = highest.Load() {
			}
		case endpoint.PhaseAnswered: // nothing that the caller does because of it comes before this
			load.Add(-1)
		}
	}}, func(h *Hooks) { h.MaxCalls = int(most) })
	players := []*client.Client{c.player("live"), c.player("live")}
	c.hooks.Answer(func(*endpoint.Request) endpoint.Answer {
		a := endpoint.Accept()
		a.Delay = *outageSlow
		return a
	})
	stop, start, since := make(chan struct{}), time.Now(), received(players)
	watch := c.watch(stop)
	all := c.bring("slow", n)
	let := time.Since(start)
	c.goOn(players, since)
	for _, one := range all {
		one.Vanish()
	}
	c.must(c.hooks.Await(c.ctx, closedAre(n)))
	closed := time.Since(start) - let
	close(stop)
	watch.all.Wait()
	for _, one := range players {
		one.Vanish()
	}
	c.over()

	c.balanced("slow", n)
	checker := order.New(order.Options{Profile: hook.SRS6})
	for _, r := range c.hooks.Requests() {
		checker.Feed(r.ClientID(), r.Event, r.Arrived, r.Answered, true)
	}
	for _, p := range checker.Problems() {
		t.Errorf("%+v", p)
	}
	if got := highest.Load(); got > most {
		t.Errorf("%d calls at once, want at most %d", got, most)
	}
	t.Logf("%d clients, answers after %v, %d calls at once at most, seen %d: all were let in after %v, all closing "+
		"events were there after %v; "+
		"at most %d goroutines, %d before and after", n, *outageSlow, most, highest.Load(),
		let.Round(time.Millisecond), closed.Round(time.Millisecond),
		watch.goroutines.Load(), baseline)
}
