package server

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hookproof/internal/cli"
	"hookproof/internal/client"
)

func (k *child) options() client.Options {
	return client.Options{URL: "rtmp://" + k.addr + "/live", Timeout: patienceOfTests, Quiet: true}
}

// connect makes n clients at once, and calls each with what it is for.
func (k *child) connect(n int, use func(context.Context, *client.Client) error) []*client.Client {
	all := make([]*client.Client, n)
	var g sync.WaitGroup
	var failed atomic.Pointer[error]
	const workers = 16
	for w := range workers {
		g.Go(func() {
			for i := w; i < n; i += workers {
				c, err := client.Dial(context.Background(), k.options())
				if err == nil {
					all[i] = c
					err = c.Connect(context.Background())
				}
				if err == nil && use != nil {
					err = use(context.Background(), c)
				}
				if err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	g.Wait()
	if err := failed.Load(); err != nil {
		k.t.Fatal(*err)
	}
	return all
}

func closeAll(all []*client.Client) {
	var g sync.WaitGroup
	for _, c := range all {
		g.Go(func() { c.Close() })
	}
	g.Wait()
}

// What a connected client that does nothing costs the server: less than 16 KB of resident memory, and
// nothing once it has gone.
func BenchmarkIdleConnections(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			if got, _ := cli.RaiseOpenFiles(uint64(n) + 200); got < uint64(n)+200 {
				b.Skipf("%d open files are too few", got)
			}
			for b.Loop() {
				idle(b, n)
			}
		})
	}
}

func idle(b *testing.B, n int) {
	k := startChild(b, func(c *Config) { c.MaxConnections = n + 100 })
	closeAll(k.connect(50, nil)) // what is set up once is not counted
	k.settle(0)
	_, before, _ := k.ask()
	empty := k.rss()
	all := k.connect(n, nil)
	k.settle(n)
	_, during, _ := k.ask()
	each := (k.rss() - empty) / n
	closeAll(all)
	k.settle(0)
	_, after, _ := k.ask()
	b.ReportMetric(float64(each), "rss-B/conn")
	b.ReportMetric(float64(during-before)/float64(n), "goroutines/conn")
	b.ReportMetric(float64(after-before), "goroutines-left")
	if each > 16<<10 || after > before {
		b.Errorf("%d bytes a connection, %d goroutines before and %d after", each, before, after)
	}
}

// What a message costs the server on its way to one player of many: one stream of 73 messages a second, 1 Mb/s.
func BenchmarkFanOut(b *testing.B) {
	for _, players := range []int{10, 500} {
		b.Run(fmt.Sprint(players, " players"), func(b *testing.B) {
			for b.Loop() {
				fanOut(b, players)
			}
		})
	}
}

func fanOut(b *testing.B, players int) {
	k := startChild(b)
	var frames atomic.Int64
	publisher := k.connect(1, func(ctx context.Context, c *client.Client) error { return c.Publish(ctx, "cam", "") })
	all := k.connect(players, func(ctx context.Context, c *client.Client) error { return c.Play(ctx, "cam") })
	k.settle(players + 1)
	before := k.cpu()
	const rounds = 2 // of the clip in real time
	begin := time.Now()
	for range rounds {
		if err := publisher[0].Pace(context.Background(), client.Clip(), 1); err != nil {
			b.Fatal(err)
		}
	}
	took, used := time.Since(begin), k.cpu()-before
	for _, c := range all {
		count := c.Counters()
		frames.Add(int64(count.AudioFrames + count.VideoFrames))
	}
	b.ReportMetric(100*used.Seconds()/took.Seconds(), "cpu-%")
	b.ReportMetric(float64(used.Microseconds())/float64(frames.Load()), "us/delivered")
	closeAll(append(all, publisher...))
	k.settle(0)
}
