package server

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/endpoint"
	"hookproof/internal/test/recorder"
)

// The size of TestOutage and TestSlowHooks. The figures of docs/reliability.md are of 1,000 clients, 10 s and 2 s.
var (
	outageClients = flag.Int("outage.clients", 150, "how many clients there are in TestOutage and TestSlowHooks")
	outageDown    = flag.Duration("outage.down", time.Second, "how long the hook server is down in TestOutage")
	outageSlow    = flag.Duration("outage.slow", 50*time.Millisecond,
		"how slow the hook server's answers are in TestSlowHooks")
)

// crowd is many clients of one server, whose hooks go to a recording endpoint.
type crowd struct {
	*fixture
	hooks *recorder.Recorder
}

// baseline is how many goroutines the server has while "live" is published: one that accepts, and one session.
const baseline = 2

// newCrowd has one stream "live" that goes on, and nobody else yet.
func newCrowd(t *testing.T, o endpoint.Options, change func(*Hooks)) *crowd {
	t.Helper()
	o.Profile = hook.SRS6
	e := recorder.New(t, o)
	v := DefaultVHostConfig(DefaultVHost)
	v.Hooks.Enabled, v.Hooks.Profile = true, hook.SRS6.Name
	for _, event := range hook.Events {
		v.Hooks.URLs[event] = []string{e.URL() + "/" + event.String()}
	}
	change(&v.Hooks)
	cfg := DefaultConfig()
	cfg.Listen, cfg.VHosts = []string{"127.0.0.1:0"}, []VHost{v}
	// Publishers that send nothing are to stay.
	cfg.Timeouts.FirstPacket, cfg.Timeouts.Publish = time.Hour, time.Hour
	s, err := New(cfg, Options{})
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(func() { cancel(); s.Close() })
	c := &crowd{fixture: &fixture{Server: s, t: t, ctx: ctx}, hooks: e}
	c.stream()
	c.over()
	return c
}

// stream publishes "live" for as long as the test takes.
func (c *crowd) stream() {
	p := c.publisher("live")
	loop, err := client.NewLoop(client.Clip())
	c.must(err)
	stop := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.WriteMedia(loop.Next())
			case <-stop:
				return
			}
		}
	})
	c.t.Cleanup(func() { close(stop); done.Wait() })
}

// bring lets n clients in, of which every second plays "live" and the others publish a stream of their own.
func (c *crowd) bring(prefix string, n int) []*client.Client {
	c.t.Helper()
	all := make([]*client.Client, n)
	c.parallel(n, func(i int) error {
		var err error
		all[i], err = c.enter(fmt.Sprint(prefix, i), i%2 == 1)
		return err
	})
	return all
}

// enter begins to play or to publish. A client that is not let in is closed.
func (c *crowd) enter(name string, plays bool) (*client.Client, error) {
	one, err := client.Dial(c.ctx, c.options(func(o *client.Options) { o.Quiet, o.Linger = true, -1 }))
	if err != nil {
		return nil, err
	}
	if err = one.Connect(c.ctx); err == nil && plays {
		err = one.Play(c.ctx, "live?name="+name)
	} else if err == nil {
		err = one.Publish(c.ctx, name, "")
	}
	if err != nil {
		one.Close()
	}
	return one, err
}

// parallel calls f for 0 to n-1, some at a time, and fails with the first error.
func (c *crowd) parallel(n int, f func(int) error) {
	c.t.Helper()
	const atOnce = 1024
	next, errs := make(chan int), make(chan error, n)
	var all sync.WaitGroup
	for range min(n, atOnce) {
		all.Go(func() {
			for i := range next {
				errs <- f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
	for range n {
		c.must(<-errs)
	}
}

// received counts what clients have received.
func received(clients []*client.Client) []uint64 {
	all := make([]uint64, len(clients))
	for i, one := range clients {
		k := one.Counters()
		all[i] = k.AudioFrames + k.VideoFrames
	}
	return all
}

// goOn waits until every player has got some more frames than it had.
func (c *crowd) goOn(players []*client.Client, since []uint64) {
	c.t.Helper()
	const more = 5
	c.eventually("every player gets more media", func() bool {
		for i, n := range received(players) {
			if n < since[i]+more {
				return false
			}
		}
		return true
	})
}

// over waits until the server has nothing left of its clients, but the stream "live".
func (c *crowd) over() {
	c.t.Helper()
	c.eventually("the server has only the stream", func() bool {
		return c.Stats().Connections == 1 && serverGoroutines() == baseline && c.Stats().Hooks == hook.Load{}
	})
}

// books are the events that the hook server got of each client, by stream name and parameters, an event that
// came again counted once; and how many did.
func (c *crowd) books() (books map[string]string, again int) {
	byID, names := map[string][]string{}, map[string]string{}
	for _, r := range c.hooks.Requests() {
		id, event := r.ClientID(), r.Event.String()
		if list := byID[id]; len(list) > 0 && list[len(list)-1] == event {
			again++
			continue
		}
		byID[id] = append(byID[id], event)
		if r.Event == onPublish || r.Event == onPlay {
			names[id] = r.Payload.Stream + r.Payload.Param
		}
	}
	books = map[string]string{}
	for id, list := range byID {
		books[names[id]] = strings.TrimSpace(books[names[id]] + " " + strings.Join(list, " "))
	}
	return books, again
}

// complete are the books of a client that came and left.
func complete(plays bool) string {
	if plays {
		return "on_connect on_play on_stop on_close"
	}
	return "on_connect on_publish on_unpublish on_close"
}

// balanced checks that all events of clients that bring let in have arrived, in order.
func (c *crowd) balanced(prefix string, n int) (again int) {
	c.t.Helper()
	books, again := c.books()
	wrong := 0
	for i := range n {
		name, plays := fmt.Sprint(prefix, i), i%2 == 1
		if plays {
			name = "live?name=" + name
		}
		if got := books[name]; got != complete(plays) {
			if wrong++; wrong <= 5 {
				c.t.Errorf("%s: got %q, want %q", name, got, complete(plays))
			}
		}
	}
	if wrong > 0 {
		c.t.Errorf("the events of %d clients of %d are not as they should be", wrong, n)
	}
	return again
}

// serverGoroutines counts the goroutines of servers and of their sessions.
func serverGoroutines() int {
	records := make([]runtime.StackRecord, 2*runtime.NumGoroutine()+100)
	n, _ := runtime.GoroutineProfile(records)
	count := 0
	for _, r := range records[:n] {
		frames := runtime.CallersFrames(r.Stack())
		for more := true; more; {
			var f runtime.Frame
			f, more = frames.Next()
			if strings.HasPrefix(f.Function, "hookproof/server.(*Server).") || strings.HasPrefix(f.Function,
				"hookproof/server.(*session).") {
				count++
				break
			}
		}
	}
	return count
}
