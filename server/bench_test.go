package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hookproof/internal/cli"
	"hookproof/internal/client"
	"hookproof/internal/rtmp/flv"
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

// What a message costs the server on its way to one player of many, over RTMP and over HTTP-FLV: one stream of 73
// messages a second, 1 Mb/s.
func BenchmarkFanOut(b *testing.B) {
	for _, players := range []int{10, 500} {
		for over, join := range map[string]func(*child, int) *audience{"RTMP": rtmpCrowd, "HTTP-FLV": flvCrowd} {
			b.Run(fmt.Sprint(players, " players over ", over), func(b *testing.B) {
				var took, used time.Duration
				frames := int64(0)
				for b.Loop() {
					t, u, n := fanOut(b, players, join)
					took, used, frames = took+t, used+u, frames+n
				}
				b.ReportMetric(100*used.Seconds()/took.Seconds(), "cpu-%")
				b.ReportMetric(float64(used.Microseconds())/float64(frames), "us/delivered")
			})
		}
	}
}

// audience are many players of one stream.
type audience struct {
	frames func() int64 // audio and video messages that they got
	leave  func()
}

func rtmpCrowd(k *child, n int) *audience {
	all := k.connect(n, func(ctx context.Context, c *client.Client) error { return c.Play(ctx, "cam") })
	frames := func() (sum int64) {
		for _, c := range all {
			count := c.Counters()
			sum += int64(count.AudioFrames + count.VideoFrames)
		}
		return sum
	}
	return &audience{frames, func() { closeAll(all) }}
}

func flvCrowd(k *child, n int) *audience {
	var frames atomic.Int64
	var reading sync.WaitGroup
	all := make([]net.Conn, n)
	for i := range all {
		nc, err := net.Dial("tcp", k.http)
		if err == nil {
			_, err = fmt.Fprint(nc, "GET /live/cam.flv HTTP/1.1\r\nHost: x\r\n\r\n")
		}
		in := bufio.NewReaderSize(nc, 64<<10) // as RTMP clients read
		for line := ""; err == nil && line != "\r\n"; {
			line, err = in.ReadString('\n')
		}
		if err != nil {
			k.t.Fatal(err)
		}
		all[i] = nc
		reading.Go(func() { countTags(in, &frames) })
	}
	return &audience{frames.Load, func() {
		for _, nc := range all {
			nc.Close()
		}
		reading.Wait()
	}}
}

// countTags counts audio and video tags until the connection ends.
func countTags(in *bufio.Reader, frames *atomic.Int64) {
	if _, err := in.Discard(len(flv.FileHeader(true, true))); err != nil {
		return
	}
	for {
		var head [flv.HeadSize]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return
		}
		if _, err := in.Discard(int(head[1])<<16 + int(head[2])<<8 + int(head[3]) + flv.TailSize); err != nil {
			return
		}
		if head[0] != byte(flv.TypeData) {
			frames.Add(1)
		}
	}
}

// fanOut returns how long it took, what it cost the server, and how many messages reached players.
func fanOut(b *testing.B, players int, join func(*child, int) *audience) (took, used time.Duration, frames int64) {
	k := startChild(b, overHTTP, func(c *Config) { c.VHosts[0].HLS.Enabled = false })
	publisher := k.connect(1, func(ctx context.Context, c *client.Client) error { return c.Publish(ctx, "cam", "") })
	all := join(k, players)
	k.settle(players + 1)
	before := k.cpu()
	const rounds = 2 // of the clip in real time
	begin := time.Now()
	for range rounds {
		if err := publisher[0].Pace(context.Background(), client.Clip(), 1); err != nil {
			b.Fatal(err)
		}
	}
	took, used, frames = time.Since(begin), k.cpu()-before, all.frames()
	all.leave()
	closeAll(publisher)
	k.settle(0)
	return took, used, frames
}
