package server

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/endpoint"
)

// TestOutage: the hook server is down for a while, with clients that leave, others that come, and players of a
// live stream. Who comes is refused, at once; who plays plays on; what the server holds stays bounded; and when
// the hook server is back it gets the closing events of everybody who left meanwhile, at least once.
//
// go test ./server -run TestOutage -v -outage.clients 1000 -outage.down 10s
func TestOutage(t *testing.T) {
	const churners = 8
	n := *outageClients
	c := newCrowd(t, endpoint.Options{}, func(h *Hooks) { h.Retry = *outageDown + time.Minute })
	stay := c.bring("stay", n/10)
	leave := c.bring("leave", n-n/10)
	var players []*client.Client
	for i, one := range stay {
		if i%2 == 1 {
			players = append(players, one)
		}
	}

	c.must(c.hooks.Down())
	down, since := time.Now(), received(players)
	stop := make(chan struct{})
	watch := c.watch(stop)
	churn := c.churn(churners, stop)
	c.depart(leave, *outageDown)
	c.goOn(players, since)
	c.eventually("refused clients", func() bool { return churn.refused.Load() >= churners })
	c.eventually("events that wait", func() bool { return c.Stats().Hooks.Retrying == len(leave) })
	if rest := *outageDown - time.Since(down); rest > 0 {
		<-time.After(rest)
	}
	close(stop)
	churn.all.Wait()
	watch.all.Wait()
	outage := time.Since(down)
	waiting := c.Stats().Hooks.Retrying

	up := time.Now()
	c.must(c.hooks.Up())
	first, err := c.enter("first", false)
	c.must(err)
	entered := time.Since(up)
	c.must(c.hooks.Await(c.ctx, closedAre(len(leave))))
	recovered := time.Since(up)
	for _, one := range append(stay, first) {
		one.Vanish()
	}
	c.must(c.hooks.Await(c.ctx, closedAre(n+1)))
	c.over()

	again := c.balanced("leave", len(leave)) + c.balanced("stay", len(stay))
	s := c.Stats()
	for e := range hook.Events {
		if s.HookLost[e] != 0 {
			t.Errorf("%d %s were given up", s.HookLost[e], hook.Event(e))
		}
	}
	// A session has a goroutine, and another while it plays; those of refused clients end on their own time.
	most := 2 * (n + 1 + 10*churners)
	if got := watch.goroutines.Load(); got > int64(most) {
		t.Errorf("the server had %d goroutines in the outage, want at most %d", got, most)
	}
	t.Logf("%d clients, down for %v: %d refused, in %v at most; %d events waited; at most %d goroutines and %d "+
		"connections, %d goroutines before and after; "+
		"a new client was let in %v after the end; all closing events were there after %v, %d of %d requests had "+
		"come again",
		n, outage.Round(time.Millisecond), churn.refused.Load(),
		time.Duration(churn.longest.Load()).Round(time.Millisecond), waiting,
		watch.goroutines.Load(), watch.connections.Load(), baseline,
		entered.Round(time.Millisecond), recovered.Round(time.Millisecond), again, len(c.hooks.Requests()))
}

// closedAre asks for so many clients whose on_close was answered.
func closedAre(n int) func([]*endpoint.Request) bool {
	return func(all []*endpoint.Request) bool {
		closed := map[string]bool{}
		for _, r := range all {
			if r.Event == onClose && !r.Answered.IsZero() {
				closed[r.ClientID()] = true
			}
		}
		return len(closed) >= n
	}
}

// depart lets clients leave one after the other, spread over most of a time: by a reset, or in order.
func (c *crowd) depart(all []*client.Client, over time.Duration) {
	tick := time.NewTicker(max(over*3/4/time.Duration(len(all)), time.Microsecond))
	defer tick.Stop()
	for i, one := range all {
		<-tick.C
		if i%3 == 0 {
			one.BeginClose()
		} else {
			one.Vanish()
		}
	}
}

// churning are clients that come again and again.
type churning struct {
	all     sync.WaitGroup
	refused atomic.Int64
	longest atomic.Int64 // time for a client from coming to being told, in nanoseconds
}

// churn lets clients come that must be refused, at most so many at once, until stop is closed.
func (c *crowd) churn(atOnce int, stop <-chan struct{}) *churning {
	const soon = 10 * time.Second // less than any time-out of a hook
	k := &churning{}
	for worker := range atOnce {
		k.all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				start := time.Now()
				one, err := c.enter(fmt.Sprintf("churn%d-%d", worker, i), i%2 == 1)
				took := time.Since(start)
				var told *client.StatusError
				var cut *client.DisconnectError
				if !errors.As(err, &told) && !errors.As(err, &cut) || took > soon {
					c.t.Errorf("a client that came in the outage: %v after %v, want refused at once", err, took)
					if one != nil {
						one.Vanish()
					}
					return
				}
				k.refused.Add(1)
				for old := k.longest.Load(); int64(took) > old && !k.longest.CompareAndSwap(old,
					int64(took)); old = k.longest.Load() {
				}
			}
		})
	}
	return k
}

// watching is the most that was seen of a server.
type watching struct {
	all                     sync.WaitGroup
	goroutines, connections atomic.Int64
}

// watch looks at the server until stop is closed.
func (c *crowd) watch(stop <-chan struct{}) *watching {
	w := &watching{}
	w.all.Go(func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			w.goroutines.Store(max(w.goroutines.Load(), int64(serverGoroutines())))
			w.connections.Store(max(w.connections.Load(), c.Stats().Connections))
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	})
	return w
}
