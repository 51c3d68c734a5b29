package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/hookserver"
	"hookproof/internal/reportdir"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/reports"
)

func TestMain(m *testing.M) {
	rtmptarget.ServeAsChild()
	os.Exit(m.Run())
}

// command runs the whole command with arguments.
func command(t *testing.T, args ...string) (code int, out, err string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, cli.Streams{In: strings.NewReader(""), Out: &o, Err: &e})
	return code, o.String(), e.String()
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		code int
		want string // in either output
	}{
		{"help", []string{"-h"}, 0, "Examples:"},
		{"help of config", []string{"config", "-h"}, 0, "paste them"},
		{"version", []string{"-version"}, 0, "conformance"},
		{"unknown flag", []string{"-foo"}, 2, "-foo"},
		{"operand", []string{"foo"}, 2, "unknown command \"foo\""},
		{"unknown id", []string{"-id", "S-FOO-01"}, 2, `no requirement "S-FOO-01"`},
		{"unknown tag", []string{"-tags", "@msut"}, 2, "@msut"},
		{"broken expression", []string{"-tags", "@must and"}, 2, "want a tag"},
		{"unknown profile", []string{"-profile", "srs9"}, 2, "srs9"},
		{"selects nothing", []string{"-id", "S-KEY-10", "-profile", "srs1"}, 2, "no scenario matches"},
		{"no parallel", []string{"-parallel", "0"}, 2, "-parallel: want 1 to 256, got 0"},
		{"no clients", []string{"-clients", "0"}, 2, "-clients: want 1 to 20000, got 0"},
		{"no time", []string{"-timeout-scale", "0"}, 2, "-timeout-scale: want 0.1 to 100, got 0"},
		{"another set of requirements", []string{"-requirements", "2025-01"}, 2,
			"-requirements: want one of 2026-11, " + features.Version()},
		{"pid alone", []string{"-pid", "1"}, 2, "goes with -rtmp"},
		{"restart alone", []string{"-restart", "true"}, 2, "goes with -rtmp"},
		{"pid of nobody", []string{"-rtmp", "rtmp://127.0.0.1/live", "-listen", freeListen(t), "-pid", "2147483647"}, 3,
			"process 2147483647 of the server under test"},
		{"listen alone", []string{"-listen", "127.0.0.1:1"}, 2, "goes with -rtmp"},
		{"two profiles of one server", []string{"-rtmp", "rtmp://127.0.0.1/live", "-profile", "all"}, 2, "one profile"},
		{"no such list", []string{"-known-failing", "nowhere"}, 3, "nowhere"},
		{"no server", []string{"-rtmp", "rtmp://127.0.0.1:1/live", "-listen", freeListen(t)}, 3,
			"no RTMP server answers at 127.0.0.1:1"},
		{"no URL", []string{"-rtmp", "http://127.0.0.1/live"}, 3, "want rtmp://"},
		{"two ways to a hook server", []string{"-hooks", "http://127.0.0.1:1", "-on_play", "http://127.0.0.1:1/x"}, 2,
			"exclude each other"},
		{"two roles", []string{"-hooks", "http://127.0.0.1:1", "-rtmp", "rtmp://127.0.0.1/live"}, 2, "one at a time"},
		{"a token for nobody", []string{"-refuse", "token=bad"}, 2, "go with -hooks"},
		{"no token", []string{"-hooks", "http://127.0.0.1:1", "-refuse", "bad"}, 2, "KEY=VALUE"},
		{"a field for nobody", []string{"-header", "X: y"}, 2, "go with -hooks"},
		{"no field", []string{"-hooks", "http://127.0.0.1:1", "-header", "secret"}, 2, "want NAME: VALUE"},
		{"a field in two lines", []string{"-hooks", "http://127.0.0.1:1", "-header", "X: a\r\nY: b"}, 2,
			"want NAME: VALUE"},
		{"a field of the suite", []string{"-hooks", "http://127.0.0.1:1", "-header", "content-length: 1"}, 2,
			"writes itself"},
		{"no URL of an event", []string{"-on_play", "ftp://x"}, 2, "on_play"},
		{"no hook server", []string{"-hooks", "http://127.0.0.1:1"}, 3, "does not answer"},
		{"no configuration", []string{"-conf", "nowhere.conf"}, 3, "nowhere.conf"},
		{"no identities", []string{"-hooks", "http://127.0.0.1:1", "-identities", "nowhere"}, 3, "nowhere"},
		{"an id of the other role", []string{"-hooks", "http://127.0.0.1:1", "-id", "S-ORD-01"}, 2,
			"no scenario matches"},
		{"judge nothing", []string{"judge"}, 2, "want one report directory"},
		{"judge nowhere", []string{"judge", "nowhere"}, 3, "nowhere"},
		{"diff one", []string{"diff", "a"}, 2, "want two report directories"},
		{"config of no profile", []string{"config", "-profile", "x"}, 2, "srs1"},
		{"config of no address", []string{"config", "-listen", "x"}, 2, "host:port"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, err := command(t, c.args...)
			if code != c.code || !strings.Contains(out+err, c.want) {
				t.Errorf("exit %d, want %d; want %q in:\n%s%s", code, c.code, c.want, out, err)
			}
		})
	}
}

// freeListen returns an address whose port, and the two above it, are free
// now. They are below the ports that systems give to outgoing connections:
// those may all be taken for a minute on a machine that makes many.
func freeListen(t *testing.T) string {
	for range 1000 {
		at, err := rtmptarget.Listens(fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000)))
		if err == nil && free(at.Main) && free(at.Stoppable) && free(at.TLS) {
			return at.Main
		}
	}
	t.Fatal("no three ports in a row are free")
	return ""
}

func free(addr string) bool {
	l, err := net.Listen("tcp", addr)
	if err == nil {
		l.Close()
	}
	return err == nil
}

func TestList(t *testing.T) {
	code, out, _ := command(t, "-list", "-id", "S-ANS-08", "-profile", "srs1")
	if code != 0 || !strings.Contains(out, "S-ANS-08") || !strings.Contains(out, "2 scenarios") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

func TestConfig(t *testing.T) {
	code, out, _ := command(t, "config", "-listen", "127.0.0.1:9000", "-profile", "srs6")
	if code != 0 || !strings.Contains(out, "http://127.0.0.1:9000/hooks/default/1/on_connect") ||
		strings.Contains(out, "profile srs6;") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

// The default callback server is a hook server that passes, by whichever way
// it is named; and a recorded run of it is judged again as such.
func TestHookServer(t *testing.T) {
	srv := hookserver.New(hookserver.Options{Profile: hook.SRS6})
	if err := srv.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	dir := t.TempDir()
	conf, report := filepath.Join(dir, "srs.conf"), filepath.Join(dir, "report")
	text := "listen 1935;\nvhost __defaultVhost__ {\n http_hooks {\n enabled on;\n on_publish " + srv.URL() +
		"/api/v1/streams;\n }\n}\n"
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, way := range map[string][]string{
		"base":          {"-hooks", srv.URL()},
		"event":         {"-on_publish", srv.URL() + "/api/v1/streams"},
		"configuration": {"-conf", conf},
	} {
		code, out, errs := command(t, append(way, "-id", "H-RSP-03", "-report", report)...)
		if code != 0 || !strings.Contains(out, "H-RSP-03") {
			t.Errorf("%s: exit %d:\n%s%s", name, code, out, errs)
		}
	}
	if code, out, errs := command(t, "judge", report); code != 0 || !strings.Contains(out, "H-RSP-03") {
		t.Errorf("judged again: exit %d:\n%s%s", code, out, errs)
	}
}

// A run writes its report, the report can be judged again and compared, and
// the list of known failures turns verdicts round.
func TestRunJudgeDiff(t *testing.T) {
	dir := t.TempDir()
	report, again := filepath.Join(dir, "report"), filepath.Join(dir, "again")
	summary := filepath.Join(dir, "summary.md")
	t.Setenv("GITHUB_STEP_SUMMARY", summary)
	code, out, errs := command(t, "-id", "S-ORD-01,S-ANS-04", "-report", report, "-clients", "5")
	if code != 0 || !strings.Contains(out, "S-ORD-01") {
		t.Fatalf("exit %d:\n%s%s", code, out, errs)
	}
	for _, name := range []string{"report.json", "report.html", "junit.xml", "events.ndjson", "summary.md"} {
		if st, err := os.Stat(filepath.Join(report, name)); err != nil || st.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if st, err := os.Stat(summary); err != nil || st.Size() == 0 {
		t.Errorf("the CI job's summary: %v", err)
	}
	var run reports.Run
	text, _ := os.ReadFile(filepath.Join(report, "report.json"))
	if err := json.Unmarshal(text, &run); err != nil || run.Target.Kind != reports.TargetBuiltIn ||
		len(run.Scenarios) == 0 {
		t.Errorf("report.json: %v, %d scenarios of %q", err, len(run.Scenarios), run.Target.Kind)
	}
	if code, out, errs := command(t, "judge", "-report", again, report); code != 0 {
		t.Errorf("judge: exit %d:\n%s%s", code, out, errs)
	}
	if code, out, errs := command(t, "diff", report, again); code != 0 {
		t.Errorf("diff: exit %d:\n%s%s", code, out, errs)
	}
	known := filepath.Join(dir, "known")
	os.WriteFile(known, []byte("S-ORD-01\n"), 0o644)
	if code, out, _ := command(t, "-id", "S-ORD-01", "-known-failing", known, "-quiet"); code != 1 ||
		!strings.Contains(out, "unexpected pass") {
		t.Errorf("a known failure that passes: exit %d:\n%s", code, out)
	}
}

// TestReportDirectory: what is wrong with -report is said before anything is
// run, and a run that cannot start leaves a whole report that says why.
func TestReportDirectory(t *testing.T) {
	code, out, errs := command(t, "-id", "S-ORD-01", "-report", "/proc/x")
	if code != 3 || out != "" || !strings.Contains(errs, "report: mkdir /proc/x") {
		t.Errorf("a directory that cannot be: exit %d:\n%s%s", code, out, errs)
	}
	dir := t.TempDir()
	old := filepath.Join(dir, reports.HTMLFile)
	if err := os.WriteFile(old, []byte("yesterday: conformant"), 0o644); err != nil {
		t.Fatal(err)
	}
	other, err := reportdir.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	code, out, errs = command(t, "-id", "S-ORD-01", "-report", dir)
	if code != 3 || out != "" || !strings.Contains(errs, reportdir.ErrTaken.Error()) {
		t.Errorf("two runs in one directory: exit %d:\n%s%s", code, out, errs)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	code, _, errs = command(t, "-rtmp", "rtmp://127.0.0.1:1/live", "-listen", freeListen(t), "-report", dir)
	if code != 3 || !strings.Contains(errs, "no RTMP server answers") {
		t.Errorf("no server: exit %d:\n%s", code, errs)
	}
	for name, want := range map[string]string{
		reports.ReportFile: `"error": "no RTMP server answers`, reports.HTMLFile: "Could not run",
		reports.SummaryFile: "could not run", reports.JUnitFile: "<error", reports.EventsFile: "hookproof.events",
	} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !strings.Contains(string(b), want) {
			t.Errorf("%s: %v, want %q in it:\n%.300s", name, err, want, b)
		}
	}
	if code, _, errs := command(t, "judge", "-report", dir, dir); code != 2 ||
		!strings.Contains(errs, "name another directory") {
		t.Errorf("judged into itself: exit %d:\n%s", code, errs)
	}
}
