package main

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/internal/cli"
	"hookproof/internal/reportdir"
	"hookproof/loadgen"
	"hookproof/loadgen/result"
)

func TestMain(m *testing.M) {
	loadgen.ServeAsChild()
	if os.Getenv(asCommand) != "" {
		main()
	}
	goleak.VerifyTestMain(m)
}

// command runs the command in this process.
func command(args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(args, cli.Streams{Out: &o, Err: &e}, make(chan os.Signal))
	return code, o.String(), e.String()
}

// TestCommandLine runs everything that ends by itself.
func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		name     string
		args     []string
		code     int
		out, err string
	}{
		{"help", []string{"-h"}, cli.ExitOK, "usage: loadgen [-n N]", ""},
		{"version", []string{"-version"}, cli.ExitOK, "loadgen ", ""},
		{"another protocol", []string{"-rtmp", "http://127.0.0.1/live"}, cli.ExitUsage, "", "-rtmp: want rtmp://HOST"},
		{"a shard without a server", []string{"-shard", "1/2"}, cli.ExitUsage, "",
			"-shard needs -rtmp, the one server that all shards load"},
		{"two starts", []string{"-shard", "1/2", "-rtmp", "rtmp://127.0.0.1/live", "-meet", "127.0.0.1:1", "-start-at",
			"2026-01-02T15:04:05Z"}, cli.ExitUsage, "", "-meet and -start-at exclude each other"},
		{"a time without its unit", []string{"-hold", "10"}, cli.ExitUsage, "", "unit"},
		{"no FLV file", []string{"-media", "main.go"}, cli.ExitCouldNotRun, "", "main.go: not an FLV file"},
		{"a token of no use", []string{"-hooks", "http://127.0.0.1:1", "-refuse", "k=v", "-refuse-at",
			"on_play,on_stop"},
			cli.ExitUsage, "", "refuse at on_stop"},
		{"a place", []string{"-token-at", "x"}, cli.ExitUsage, "", "-token-at: want auto, tcUrl, param or both"},
		{"no RTMP server", []string{"-rtmp", "rtmp://127.0.0.1:1/live"}, cli.ExitCouldNotRun, "",
			"the RTMP server at rtmp://127.0.0.1:1/live does not answer: connection refused"},
		{"no hook server", []string{"-hooks", "http://127.0.0.1:1"}, cli.ExitCouldNotRun, "",
			"the hook server at 127.0.0.1:1 cannot be reached"},
		{"no hook server, without RTMP", []string{"-hooks", "http://127.0.0.1:1", "-hooks-only"}, cli.ExitCouldNotRun,
			"",
			"the hook server at 127.0.0.1:1 cannot be reached"},
		{"operand", []string{"1000"}, cli.ExitUsage, "", `unknown command "1000"`},
		{"nobody", []string{"-n", "0"}, cli.ExitUsage, "", "never reach one session"},
		{"share", []string{"-refused", "many"}, cli.ExitUsage, "", "-refused: share \"many\": want a percentage"},
		{"arrivals", []string{"-arrivals", "x"}, cli.ExitUsage, "", "want poisson or even"},
		{"stages and n", []string{"-stages", "1s:1", "-n", "5"}, cli.ExitUsage, "",
			"-n cannot be given together with -stages"},
		{"stages", []string{"-stages", "1s"}, cli.ExitUsage, "", "want TIME:SESSIONS like 30s:200"},
		{"profile", []string{"-profile", "srs2"}, cli.ExitUsage, "",
			"want one of srs1, srs3, srs4, srs6, srs7, or auto"},
		{"rtmp", []string{"-rtmp", "127.0.0.1"}, cli.ExitUsage, "", "want rtmp://HOST[:PORT]/APP"},
		{"listen alone", []string{"-listen", "127.0.0.1:1"}, cli.ExitUsage, "", "-listen needs -rtmp"},
		{"pid alone", []string{"-pid", "1"}, cli.ExitUsage, "", "-pid needs -rtmp"},
		{"pid of nobody", []string{"-rtmp", "rtmp://127.0.0.1/live", "-pid", "2147483647"}, cli.ExitCouldNotRun, "",
			"no such process"},
		{"pprof", []string{"-pprof", "nowhere:x"}, cli.ExitCouldNotRun, "", "-pprof: cannot listen: "},
		{"hooks", []string{"-hooks", "ftp://x"}, cli.ExitUsage, "", "want http or https"},
		{"hooks only", []string{"-hooks-only"}, cli.ExitUsage, "", "-hooks-only needs -hooks"},
		{"threshold", []string{"-threshold", "publish fast"}, cli.ExitUsage, "",
			"want a condition like 'publish p99<500ms'"},
		{"two media", []string{"-bitrate", "1M", "-no-media"}, cli.ExitUsage, "", "exclude each other"},
		{"bitrate", []string{"-bitrate", "x"}, cli.ExitUsage, "", "want bits per second like 300k or 2M"},
		{"media", []string{"-media", "nowhere.flv"}, cli.ExitCouldNotRun, "", "nowhere.flv"},
		{"shard", []string{"-shard", "3/2"}, cli.ExitUsage, "", "want K/N like 2/8"},
		{"start", []string{"-start-at", "noon"}, cli.ExitUsage, "", "want a time like"},
		{"run", []string{"-run", "A b"}, cli.ExitUsage, "", "want 1 to 20 lower-case letters"},
		{"source", []string{"-source", "x"}, cli.ExitUsage, "", "want addresses like 127.0.0.2-127.0.0.9"},
		{"refuse at", []string{"-refuse-at", "on_stop"}, cli.ExitUsage, "", "want on_connect, on_publish or on_play"},
		{"find and stages", []string{"-find", "-stages", "1s:1"}, cli.ExitUsage, "", "-find cannot be given together"},
		{"compare one", []string{"compare", "x"}, cli.ExitUsage, "", "want two directories"},
		{"compare nothing", []string{"compare", "nowhere", "nowhere"}, cli.ExitCouldNotRun, "", "nowhere"},
		{"merge nothing", []string{"merge"}, cli.ExitUsage, "", "want the directories"},
		{"merge nowhere", []string{"merge", "nowhere"}, cli.ExitCouldNotRun, "", "nowhere"},
		{"too many", []string{"-n", "1500000", "-no-media"}, cli.ExitCouldNotRun, "", "sessions at once need"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, errs := command(c.args...)
			if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(errs, c.err) {
				t.Errorf("exit code %d, want %d\nstdout %q, want %q\nstderr %q, want %q", code, c.code, out, c.out,
					errs, c.err)
			}
		})
	}
}

// TestRun plays a short test and reads its files back.
func TestRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	code, out, errs := command("-n", "20", "-ramp", "1s", "-hold", "2s", "-down", "1s", "-metrics", "0", "-report", dir,
		"-threshold", "publish p99<1m", "-threshold", "hooks lost==0")
	if code == cli.ExitFailed || !strings.Contains(out, "every hook of every client is accounted for") ||
		!strings.Contains(errs, "/metrics") {
		t.Fatalf("exit code %d\n%s\n%s", code, out, errs)
	}
	for _, name := range []string{"report.json", "report.html", "summary.md", "latencies.hdr", "evidence.json.gz"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if code, out, errs := command("compare", dir, dir); code != cli.ExitOK ||
		!strings.Contains(out, "figures are the same") {
		t.Errorf("compare: exit code %d\n%s\n%s", code, out, errs)
	}
	if code, out, errs := command("merge", "-report", dir+"m", dir); code == cli.ExitFailed ||
		!strings.Contains(out, "accounted for") {
		t.Errorf("merge: exit code %d\n%s\n%s", code, out, errs)
	}
}

// watched is a stream that a test waits on.
type watched struct {
	mu    sync.Mutex
	text  bytes.Buffer
	until string
	seen  chan struct{} // closed when until was written
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := strings.Contains(w.text.String(), w.until)
	w.text.Write(p)
	if !before && strings.Contains(w.text.String(), w.until) {
		close(w.seen)
	}
	return len(p), nil
}

// interrupted runs ten clients into dir, and sends sig after they are live and
// after first has run. The run has to end as one that could not run; interrupted
// returns its stdout and stderr.
func interrupted(t *testing.T, sig os.Signal, dir string, first func()) (stdout, stderr string) {
	t.Helper()
	var out bytes.Buffer
	errs := &watched{until: "live 2+", seen: make(chan struct{})}
	signals, code := make(chan os.Signal, 1), make(chan int)
	go func() {
		code <- run([]string{"-n", "10", "-ramp", "0s", "-hold", "1h", "-refused", "0", "-report", dir},
			cli.Streams{Out: &out, Err: errs}, signals)
	}()
	select {
	case <-errs.seen:
	case <-time.After(time.Minute):
		t.Error("nobody is live after a minute")
	}
	first()
	signals <- sig
	if got := <-code; got != cli.ExitCouldNotRun {
		t.Errorf("exit code %d, want %d", got, cli.ExitCouldNotRun)
	}
	return out.String(), errs.text.String()
}

// TestInterruptedIsPartial: whatever the signal, a run that was cut short passes nowhere.
func TestInterruptedIsPartial(t *testing.T) {
	for _, sig := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "report")
			out, errs := interrupted(t, sig, dir, func() {})
			if !strings.Contains(out, "PARTIAL: interrupted") {
				t.Errorf("want PARTIAL: interrupted, got\n%s\n%s", out, errs)
			}
			for name, args := range map[string][]string{"merge": {"merge", dir}, "compare": {"compare", dir, dir}} {
				if got, out, errs := command(args...); got != cli.ExitCouldNotRun ||
					!strings.Contains(out, "interrupted") {
					t.Errorf("%s: exit code %d, want %d\n%s%s", name, got, cli.ExitCouldNotRun, out, errs)
				}
			}
		})
	}
}

// TestSummaryIsNotLost: what the report cannot keep is printed all the same.
func TestSummaryIsNotLost(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "report")
	out, errs := interrupted(t, syscall.SIGTERM, dir, func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if !strings.Contains(out, "10 of 10 started") || !strings.Contains(errs, "report.json") {
		t.Errorf("want the summary and the report's name, got\n%s\n%s", out, errs)
	}
}

func TestFailedThreshold(t *testing.T) {
	code, out, _ := command("-n", "5", "-ramp", "0s", "-hold", "1s", "-down", "0s", "-quiet", "-threshold",
		"sessions started<5")
	if code != cli.ExitFailed || !strings.Contains(out, "FAILED  sessions started<5 (is 5)") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

func TestMetrics(t *testing.T) {
	m, err := serveMetrics("0", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	s := loadgen.State{Sample: result.Sample{Playing: 42}}
	m.state.Store(&s)
	resp, err := http.Get("http://" + m.addr + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	b.ReadFrom(resp.Body)
	http.DefaultClient.CloseIdleConnections()
	if !strings.Contains(b.String(), "loadgen_sessions_playing 42") {
		t.Errorf("metrics are %s", b.String())
	}
}

func TestParseShard(t *testing.T) {
	for _, c := range []struct {
		text, index string
		number, of  int
	}{
		{"2/8", "", 2, 8}, {"/8", "0", 1, 8}, {"/8", "7", 8, 8}, {"2/8", "5", 2, 8},
		{"/8", "", 0, 0}, {"/8", "8", 0, 0}, {"/8", "x", 0, 0}, {"0/8", "", 0, 0}, {"8", "", 0, 0},
		{"1/99999", "", 0, 0},
	} {
		s, err := parseShard(c.text, c.index)
		if s.Number != c.number || s.Of != c.of || (err == nil) != (c.of > 0) {
			t.Errorf("%q with index %q is %+v, %v", c.text, c.index, s, err)
		}
	}
}

func TestPlainLine(t *testing.T) {
	line := plainLine(loadgen.State{Sample: result.Sample{At: 3, Started: 7}, Planned: 9, Phase: "ramp"})
	if !strings.Contains(line, "started 7/9") || strings.Contains(line, "\n") {
		t.Errorf("the line is %q", line)
	}
}

// TestShardsAgree looks at what the shards of one command line have in common.
func TestShardsAgree(t *testing.T) {
	var runs []string
	for _, k := range []string{"1/2", "2/2"} {
		o := newOptions()
		if err := o.flags.Parse([]string{"-shard", k, "-rtmp", "rtmp://127.0.0.1/live", "-listen", "127.0.0.1:0",
			"-seed",
			"9"}); err != nil {
			t.Fatal(err)
		}
		cfg, err := o.config(cli.Streams{Err: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, cfg.Run)
	}
	if runs[0] == "" || runs[0] != runs[1] {
		t.Errorf("runs %v", runs)
	}
}

// TestReportDirectory: what is wrong with -report is said before a client is
// started.
func TestReportDirectory(t *testing.T) {
	code, out, errs := command("-n", "1", "-ramp", "0s", "-hold", "1h", "-report", "/proc/x")
	if code != cli.ExitCouldNotRun || out != "" || !strings.Contains(errs, "report: mkdir /proc/x") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	dir := t.TempDir()
	other, err := reportdir.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	code, _, errs = command("-n", "1", "-ramp", "0s", "-hold", "1h", "-report", dir)
	if code != cli.ExitCouldNotRun || !strings.Contains(errs, reportdir.ErrTaken.Error()) {
		t.Errorf("exit code %d\n%s", code, errs)
	}
	code, _, errs = command("merge", "-report", dir, dir)
	if code != cli.ExitUsage || !strings.Contains(errs, "is one of the shards") {
		t.Errorf("exit code %d\n%s", code, errs)
	}
}
