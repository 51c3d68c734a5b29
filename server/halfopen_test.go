package server

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/rtmp/amf"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
	"hookproof/internal/rtmp/handshake"
)

// The machine must allow twice as many open files in this process and in the server's.
var halfOpenClients = flag.Int("halfopen", 300, "clients of TestHalfOpen that connect and go no further")

// halfOpenMost is what one of them may cost the server at most, in bytes of heap and stacks.
const halfOpenMost = 32 << 10

// idlers are the ways to hold a place and do nothing with it.
var idlers = []struct {
	name string
	do   func(c *raw) error
}{
	{"TCP only", func(*raw) error { return nil }},
	{"half of C0 and C1", func(c *raw) error { c.send(c0c1[:len(c0c1)/2]); return nil }},
	{"C0 and C1", func(c *raw) error { c.send(c0c1); return nil }},
	{"handshake only", shakeRaw},
	{"half of a connect", func(c *raw) error {
		err := shakeRaw(c)
		long := bytesOf(chunk.DefaultSize,
			connectMessage(amf.Property{Key: "pageUrl", Value: strings.Repeat("p", 15<<10)}))
		c.send(long[:12<<10])
		return err
	}},
	{"connected and silent", connectRaw},
	{"connected, and reads nothing", func(c *raw) error {
		c.SetReadBuffer(4 << 10)
		err := connectRaw(c)
		ping := bytesOf(chunk.DefaultSize, command.UserControl{Event: command.PingRequest, Value: 1}.Message())
		c.send(slices.Repeat(ping, 2000))
		return err
	}},
}

func shakeRaw(c *raw) error {
	_, err := handshake.Client(c, handshake.Options{})
	return err
}

func connectRaw(c *raw) error {
	err := shakeRaw(c)
	if err == nil {
		c.send(bytesOf(chunk.DefaultSize, connectMessage()))
		var m chunk.Message
		for err == nil && m.Type != 20 {
			err = c.r.Next(&m)
		}
	}
	return err
}

// Clients that take all the places and go no further shut nobody out: who comes with something to do gets
// one of theirs. What they cost is bounded, and the events of all who were let in are complete.
func TestHalfOpen(t *testing.T) {
	n := *halfOpenClients
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		h := newHookServer(t, p)
		k := startChild(t, func(c *Config) {
			c.MaxConnections, c.VHosts = n, []VHost{h.vhost(DefaultVHost)}
			c.Timeouts.Connect = 10 * time.Minute // only who needs their places ends them
		})
		k.visits(10) // what is set up once is not counted
		k.settle(0)
		quiet := k.visits(30)
		k.settle(0)
		empty, emptyRSS := k.memory(), k.rss()

		flood := k.flood(n)
		defer flood.close()
		k.settle(n)
		held, rss := k.memory(), k.rss()
		k.firstPlace()
		busy := k.visits(30)
		if t.Failed() {
			return
		}
		t.Logf("%d half-open clients: %d bytes of heap and stacks each, %d of resident memory", n, (held-empty)/n,
			(rss-emptyRSS)/n)
		t.Logf("honest clients, until the first frame: median %v, longest %v; without the others %v, %v",
			busy[len(busy)/2], busy[len(busy)-1], quiet[len(quiet)/2], quiet[len(quiet)-1])
		if each := (held - empty) / n; each > halfOpenMost {
			t.Errorf("%d bytes for each half-open client, want at most %d", each, halfOpenMost)
		}
		flood.close()
		k.settle(0)
		f := &fixture{t: t, hooks: h}
		f.checkPairs()
	})
}

// Who publishes, plays or waits for a hook keeps its place; of the others half-open ones go first, and what is
// told of those who were let in is complete.
func TestDisplaced(t *testing.T) {
	f := start(t, hook.SRS6, func(c *Config) { c.MaxConnections = 4 })
	g := &gate{make(chan struct{}), onPlay}
	f.hooks.rule(g.answer(true))
	pending := f.connect()
	_, err := pending.CreateStream(f.ctx)
	f.must(err)
	f.must(pending.SendPlay("cam"))
	f.hooks.pending(onPlay)
	f.publisher("cam")
	half := f.shaken()
	silent := f.connect()
	newcomer := func(name string) { // is refused until somebody has done nothing for long enough
		c, err := client.Dial(f.ctx, f.options())
		for err != nil && f.ctx.Err() == nil {
			c, err = client.Dial(f.ctx, f.options())
		}
		f.must(err)
		t.Cleanup(func() { c.Close() })
		f.must(c.Connect(f.ctx))
		f.must(c.Publish(f.ctx, name, ""))
	}
	newcomer("first")
	half.cut()
	select {
	case <-silent.Done():
		t.Error("a connected client was displaced while there was a half-open one")
	default:
	}
	newcomer("second")
	f.gone(silent)
	f.hooks.await("on_close of the silent one", func(all []seen) bool { return count(all, onClose) == 1 })
	if c, err := client.Dial(f.ctx, f.options()); err == nil {
		c.Close()
		t.Error("a client was let in where everybody has something to do")
	}
	close(g.open)
	f.must(pending.AwaitPlay(f.ctx))
	if st := f.Stats(); st.Displaced != 2 || st.Publishers != 3 || st.Players != 1 {
		t.Errorf("%+v", st)
	}
}

// A limit of open files below max_connections shuts nobody out either.
func TestOutOfFiles(t *testing.T) {
	t.Setenv(filesVariable, "64")
	k := startChild(t, func(c *Config) { c.Timeouts.Connect = 10 * time.Minute })
	for range 120 {
		c, err := dialRaw(t, k.addr, "")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	if err := k.visit("cam"); err != nil {
		t.Errorf("an honest client: %v", err)
	}
}

// flood makes n clients that go no further, of all kinds.
func (k *child) flood(n int) *flood {
	k.t.Helper()
	f := &flood{all: make([]*raw, n)}
	var g sync.WaitGroup
	const workers = 16
	for w := range workers {
		g.Go(func() {
			for i := w; i < n; i += workers {
				from := fmt.Sprintf("127.0.0.%d", 2+i/10000) // an address has no more than 28,000 ports to connect from
				c, err := dialRaw(k.t, k.addr, from)
				kind := idlers[i%len(idlers)]
				if err == nil {
					f.all[i] = c
					err = kind.do(c)
				}
				if err != nil {
					k.t.Errorf("%s: %v", kind.name, err)
				}
			}
		})
	}
	g.Wait()
	return f
}

type flood struct{ all []*raw }

func (f *flood) close() {
	for _, c := range f.all {
		if c != nil {
			c.Close()
		}
	}
}

// firstPlace waits until the others have done nothing for long enough to be displaced.
func (k *child) firstPlace() {
	k.t.Helper()
	again, late := time.NewTicker(10*time.Millisecond), time.After(patienceOfTests)
	defer again.Stop()
	for {
		c, err := client.Dial(context.Background(), k.options())
		if err == nil {
			c.Close()
			return
		}
		select {
		case <-again.C:
		case <-late:
			k.t.Fatalf("no place for an honest client: %v", err)
		}
	}
}

// visits are honest clients one after the other, each a publisher and its player. It returns how long they took
// until the player's first frame, sorted.
func (k *child) visits(n int) []time.Duration {
	k.t.Helper()
	all := make([]time.Duration, n)
	for i := range all {
		begin := time.Now()
		if err := k.visit(fmt.Sprint("cam", i)); err != nil {
			k.t.Fatalf("an honest client: %v", err)
		}
		all[i] = time.Since(begin)
	}
	slices.Sort(all)
	return all
}

func (k *child) visit(name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patienceOfTests)
	defer cancel()
	publisher, err := client.Dial(ctx, k.options())
	if err != nil {
		return err
	}
	defer publisher.Leave()
	if err := errors.Join(publisher.Connect(ctx), publisher.Publish(ctx, name, "live"),
		publisher.WriteMedia(client.Clip()...)); err != nil {
		return err
	}
	o := k.options()
	o.Quiet = false // the first frame, which may come before it is awaited, is kept
	player, err := client.Dial(ctx, o)
	if err != nil {
		return err
	}
	defer player.Leave()
	if err := errors.Join(player.Connect(ctx), player.Play(ctx, name)); err != nil {
		return err
	}
	_, err = player.Await(ctx, func(ev client.Event) bool {
		return ev.Kind == client.Media && ev.Frame &&
			ev.Name == "video"
	})
	return err
}
