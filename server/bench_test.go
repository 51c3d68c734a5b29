package server

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hookproof/internal/client"
)

// childVariable makes the test binary a server in a process of its own, so that its memory and CPU time are
// not mixed with those of the clients.
const childVariable = "HOOKPROOF_TEST_SERVER"

// serveChild runs a server without time-outs. It answers each line of its input with what it costs.
func serveChild() {
	cfg := DefaultConfig()
	cfg.Listen = []string{"127.0.0.1:0"}
	cfg.Timeouts.Idle, cfg.Timeouts.Publish, cfg.Timeouts.FirstPacket = 0, 0, 0
	s, err := New(cfg, Options{})
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(s.Addr())
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		st := s.Stats()
		fmt.Println(st.Connections, runtime.NumGoroutine(), st.SentBytes)
	}
	s.Close()
}

// child is that process.
type child struct {
	b    *testing.B
	cmd  *exec.Cmd
	in   *os.File
	out  *bufio.Scanner
	addr string
}

func startChild(b *testing.B) *child {
	b.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	k := &child{b: b, cmd: exec.Command(os.Args[0]), in: w}
	k.cmd.Env, k.cmd.Stdin, k.cmd.Stderr = append(os.Environ(), childVariable+"=1"), r, os.Stderr
	out, err := k.cmd.StdoutPipe()
	if err == nil {
		err = k.cmd.Start()
	}
	r.Close()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { w.Close(); k.cmd.Wait() })
	k.out = bufio.NewScanner(out)
	k.out.Scan()
	k.addr = k.out.Text()
	return k
}

// ask gives the connections and goroutines of the server, and the bytes it sent.
func (k *child) ask() (connections, goroutines int, sent int64) {
	fmt.Fprintln(k.in)
	k.out.Scan()
	if _, err := fmt.Sscan(k.out.Text(), &connections, &goroutines, &sent); err != nil {
		k.b.Fatalf("%q: %v", k.out.Text(), err)
	}
	return connections, goroutines, sent
}

// settle waits until the server has that many connections.
func (k *child) settle(n int) {
	deadline := time.Now().Add(patienceOfTests)
	for {
		if have, _, _ := k.ask(); have == n {
			return
		}
		if time.Now().After(deadline) {
			k.b.Fatalf("the server has not got to %d connections", n)
		}
	}
}

// rss is the server's resident memory in bytes.
func (k *child) rss() int {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", k.cmd.Process.Pid))
	var size, resident int
	if err == nil {
		_, err = fmt.Sscan(string(raw), &size, &resident)
	}
	if err != nil {
		k.b.Skipf("no /proc here: %v", err)
	}
	return resident * os.Getpagesize()
}

// cpu is the processor time the server has used.
func (k *child) cpu() time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", k.cmd.Process.Pid))
	if err != nil {
		k.b.Skipf("no /proc here: %v", err)
	}
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	var user, system int
	fmt.Sscan(fields[11], &user)
	fmt.Sscan(fields[12], &system)
	return time.Duration(user+system) * tick
}

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
		k.b.Fatal(*err)
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
	const n = 1000
	for b.Loop() {
		k := startChild(b)
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
		b.ReportMetric(float64(during-before)/n, "goroutines/conn")
		b.ReportMetric(float64(after-before), "goroutines-left")
		if each > 16<<10 || after > before {
			b.Errorf("%d bytes a connection, %d goroutines before and %d after", each, before, after)
		}
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
