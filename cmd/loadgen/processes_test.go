package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/server"
)

// asCommand has the test's binary be the command itself.
const asCommand = "HOOKPROOF_TEST_AS_LOADGEN"

// freePorts finds ports that nobody has.
func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// serve starts a server at an address, whose hooks go to a base URL.
func serve(t *testing.T, p *hook.Profile, addr, hooks string) {
	t.Helper()
	cfg := server.DefaultConfig()
	cfg.Listen = []string{addr}
	urls, err := hook.DefaultURLs(hooks)
	if err != nil {
		t.Fatal(err)
	}
	h := &cfg.VHosts[0].Hooks
	h.Profile, h.Enabled, h.URLs = p.Name, true, urls
	srv, err := server.New(cfg, server.Options{})
	if err == nil {
		err = srv.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		srv.Shutdown(ctx)
	})
}

// process is one shard.
type process struct {
	cmd  *exec.Cmd
	out  bytes.Buffer
	errs *watched
	code chan int
}

func startShard(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(os.Args[0], args...), errs: &watched{until: " hold ", seen: make(chan struct{})},
		code: make(chan int, 1)}
	p.cmd.Env = append(os.Environ(), asCommand+"=1")
	p.cmd.Stdout, p.cmd.Stderr = &p.out, p.errs
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { // ends with the process
		p.cmd.Wait()
		p.code <- p.cmd.ProcessState.ExitCode()
	}()
	t.Cleanup(func() { p.cmd.Process.Kill() })
	return p
}

// test is a test of four shards.
type shardedTest struct {
	dir    string
	shards []*process
}

// playShards starts four shards of one test, and then the server, whose hooks go to a base URL. change may alter a
// shard's arguments; with nil the shard never comes.
func playShards(t *testing.T, p *hook.Profile, hooks string, listen func(k int) string,
	change func(k int, args []string) []string) *shardedTest {
	t.Helper()
	ports := freePorts(t, 2)
	rtmp, meet := fmt.Sprintf("127.0.0.1:%d", ports[0]), fmt.Sprintf("127.0.0.1:%d", ports[1])
	s := &shardedTest{dir: t.TempDir(), shards: make([]*process, 5)}
	for k := 1; k <= 4; k++ {
		args := change(k, []string{"-shard", fmt.Sprintf("%d/4", k), "-meet", meet, "-rtmp", "rtmp://" + rtmp + "/live",
			"-listen", listen(k), "-run", "parts", "-n", "80", "-ramp", "1s", "-hold", "3s", "-down", "1s", "-settle",
			"5s",
			"-no-media", "-report", filepath.Join(s.dir, fmt.Sprint(k-1))})
		if args != nil {
			s.shards[k] = startShard(t, args...)
		}
	}
	serve(t, p, rtmp, hooks)
	return s
}

// codes waits for all shards.
func (s *shardedTest) codes(t *testing.T) (codes []int) {
	t.Helper()
	for k, p := range s.shards {
		if p == nil {
			continue
		}
		select {
		case c := <-p.code:
			codes = append(codes, c)
		case <-time.After(2 * time.Minute):
			t.Fatalf("shard %d is still playing", k)
		}
	}
	return codes
}

// disturb waits until a shard's clients are held and sends it a signal.
func (s *shardedTest) disturb(t *testing.T, k int, sig syscall.Signal) {
	t.Helper()
	select {
	case <-s.shards[k].errs.seen:
	case <-time.After(time.Minute):
		t.Fatalf("shard %d never holds its clients: %s", k, s.shards[k].errs.text.String())
	}
	if err := s.shards[k].cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// TestShardsAsProcesses plays tests in four processes, undisturbed and disturbed. No disturbed one may pass.
func TestShardsAsProcesses(t *testing.T) {
	for _, c := range []struct {
		name    string
		disturb func(t *testing.T, s *shardedTest)
		codes   string // of the shards
		merge   int
		says    string // of the merge
		partial string // of the merge of what is there; "": the same
	}{
		{"undisturbed", func(*testing.T, *shardedTest) {}, "[0 0 0 0]", cli.ExitOK, "PASSED", ""},
		{"a shard gets SIGTERM", func(t *testing.T, s *shardedTest) { s.disturb(t, 3, syscall.SIGTERM) }, "[0 0 3 0]",
			cli.ExitCouldNotRun, "PARTIAL: shard 3 of 4: interrupted", ""},
		{"a shard is killed", func(t *testing.T, s *shardedTest) { s.disturb(t, 2, syscall.SIGKILL) }, "[0 -1 0 0]",
			cli.ExitCouldNotRun,
			"shard 2 of 4 has no report: its process did not end in order", "shard 2 of 4 has no report"},
		{"all get SIGTERM", func(t *testing.T, s *shardedTest) {
			for k := 1; k <= 4; k++ {
				s.disturb(t, k, syscall.SIGTERM)
			}
		}, "[3 3 3 3]", cli.ExitCouldNotRun, "shard 1 of 4: interrupted; shard 2 of 4: interrupted", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			hooks := fmt.Sprintf("127.0.0.1:%d", freePorts(t, 1)[0])
			s := playShards(t, hook.SRS6, "http://"+hooks, func(int) string { return hooks },
				func(_ int, args []string) []string { return args })
			c.disturb(t, s)
			if got := fmt.Sprint(s.codes(t)); got != c.codes {
				t.Errorf("exit codes %s, want %s\n%s", got, c.codes, s.words())
			}
			code, out, errs := command("merge", s.dir)
			if code != c.merge || !strings.Contains(out+errs, c.says) {
				t.Errorf("merge: exit code %d, want %d and %q\n%s%s", code, c.merge, c.says, out, errs)
			}
			code, out, errs = command("merge", "-partial", "-report", filepath.Join(s.dir, "all"), s.dir)
			if code != c.merge || c.partial != "" && !strings.Contains(out, c.partial) {
				t.Errorf("merge -partial: exit code %d, want %d and %q\n%s%s", code, c.merge, c.partial, out, errs)
			}
		})
	}
}

func (s *shardedTest) words() string {
	var b strings.Builder
	for k, p := range s.shards {
		if p != nil {
			fmt.Fprintf(&b, "shard %d: %s%s\n", k, p.errs.text.String(), p.out.String())
		}
	}
	return b.String()
}

// TestShardsWithAnEndpointEach spreads the hooks over four endpoints, as a Service does.
func TestShardsWithAnEndpointEach(t *testing.T) {
	for _, p := range hook.Profiles() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			port := freePorts(t, 1)[0]
			listen := func(k int) string { return fmt.Sprintf("127.0.0.%d:%d", k, port) }
			var turn atomic.Int64
			spread := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(&url.URL{Scheme: "http", Host: listen(int(turn.Add(1)%4) + 1)})
			}, Transport: &http.Transport{DisableKeepAlives: true}})
			t.Cleanup(spread.Close)
			s := playShards(t, p, spread.URL, listen, func(_ int, args []string) []string {
				return append(args, "-spread", "-profile", p.Name)
			})
			if got := fmt.Sprint(s.codes(t)); got != "[0 0 0 0]" {
				t.Errorf("exit codes %s\n%s", got, s.words())
			}
			if code, out, errs := command("merge", s.dir); code != cli.ExitOK ||
				!strings.Contains(out, "every hook of every client is accounted for (88 clients)") {
				t.Errorf("merge: exit code %d\n%s%s", code, out, errs)
			}
		})
	}
}

// TestShardsThatDoNotMeet: a shard that is missing, or plays another test, keeps all from beginning.
func TestShardsThatDoNotMeet(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(k int, args []string) []string
		codes  string
		says   string
	}{
		{"one is missing", func(k int, args []string) []string {
			if k == 4 {
				return nil
			}
			return append(args, "-meet-within", "3s")
		}, "[3 3 3]", "within 3s: missing of 4 shards: 4"},
		{"one has another seed", func(k int, args []string) []string {
			if k == 2 {
				args = append(args, "-seed", "7")
			}
			return append(args, "-meet-within", "20s")
		}, "[3 3 3 3]", `shard 2 plays another test: want run "parts", seed 1`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			hooks := fmt.Sprintf("127.0.0.1:%d", freePorts(t, 1)[0])
			s := playShards(t, hook.SRS6, "http://"+hooks, func(int) string { return hooks }, c.change)
			if got := fmt.Sprint(s.codes(t)); got != c.codes || !strings.Contains(s.shards[1].errs.text.String(),
				c.says) {
				t.Errorf("exit codes %s, want %s and %q\n%s", got, c.codes, c.says, s.words())
			}
		})
	}
}

// TestShardKeepsReports: a shard does not write over the report of another run.
func TestShardKeepsReports(t *testing.T) {
	dir := t.TempDir()
	if code, out, errs := command("-n", "2", "-ramp", "0s", "-hold", "0s", "-down", "0s", "-no-media", "-run", "old",
		"-quiet", "-report", dir); code == cli.ExitUsage {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	code, _, errs := command("-shard", "2/2", "-rtmp", "rtmp://127.0.0.1:1/live", "-run", "new", "-report", dir)
	if code != cli.ExitCouldNotRun || !strings.Contains(errs, `has the report of a shard of run "old" already`) {
		t.Errorf("exit code %d: %s", code, errs)
	}
}
