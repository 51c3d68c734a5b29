package hooktest

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hookproof/hook"
	"hookproof/server"
)

// guard is a hook server that asks publishers and players for token=good.
// Broken, it accepts what is no event, and misses what it should do.
type guard struct{ broken bool }

func (g guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // what is cut off is no payload
	pl, err := hook.DecodeAny(body)
	e, _ := pl.Event()
	switch {
	case !g.broken && err != nil:
		io.WriteString(w, "100")
	case !g.broken && !e.Closing() && !allowed(pl.Param+"?"+pl.TCURL):
		io.WriteString(w, "1")
	default:
		io.WriteString(w, "0")
	}
}

func allowed(params string) bool {
	good := false
	for name, value := range hook.Params(params) {
		if name == "token" && value != "good" {
			return false
		}
		good = good || name == "token"
	}
	return good
}

var guarded = HookServer{Handler: guard{}, Accept: []string{"token=good"}, Refuse: []string{"token=bad"}}

func TestAHookServer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "report")
	TestHookServer(t, guarded, Only("H-RSP-01", "H-RSP-03", "H-REJ-02", "H-BAD-01", "H-BAD-02"),
		Skip("H-BAD-02", "it takes long"), Clients(10), ReportTo(dir))
	for _, name := range []string{"report.html", "report.json", "junit.xml"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestAnRTMPServer(t *testing.T) {
	TestRTMPServer(t, RTMPServer{Start: builtIn}, Profile(hook.SRS1), Only("S-ORD-01", "S-ANS-04", "S-CFG-01",
		"S-ORD-06"), Clients(10))
}

// builtIn starts the built-in server as its configuration says.
func builtIn(t testing.TB, h Hooks) string {
	cfg := server.DefaultConfig()
	cfg.Listen, cfg.VHosts = []string{"127.0.0.1:0"}, nil
	for _, v := range h.VHosts {
		vhost := server.DefaultVHostConfig(v.Name)
		vhost.Hooks.Enabled, vhost.Hooks.Profile = v.Enabled, h.Profile.Name
		for e, urls := range v.URLs {
			vhost.Hooks.URLs[e] = urls
		}
		cfg.VHosts = append(cfg.VHosts, vhost)
	}
	s, err := server.New(cfg, server.Options{})
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s.Addr().String()
}

// childVariable makes the test binary test a hook server that is broken.
const childVariable = "HOOKPROOF_TEST_BROKEN"

func TestBrokenChild(t *testing.T) {
	if os.Getenv(childVariable) == "" {
		t.Skip("for TestBrokenHookServerFails")
	}
	broken := guarded
	broken.Handler = guard{broken: true}
	t.Run("fails", func(t *testing.T) { TestHookServer(t, broken, Only("H-REJ-02", "H-BAD-03")) })
	t.Run("known", func(t *testing.T) {
		TestHookServer(t, broken, Only("H-REJ-02", "H-RSP-03"), KnownFailing("H-REJ-02"))
	})
	t.Run("passes unexpectedly", func(t *testing.T) {
		TestHookServer(t, guarded, Only("H-RSP-03"),
			KnownFailing("H-RSP-03"))
	})
}

// TestBrokenHookServerFails: a MUST that is broken fails its subtest and says
// why, a SHOULD is logged, and so is what is known to fail.
func TestBrokenHookServerFails(t *testing.T) {
	child := exec.Command(os.Args[0], "-test.run=^TestBrokenChild$", "-test.v")
	child.Env = append(os.Environ(), childVariable+"=1")
	out, err := child.CombinedOutput()
	if err == nil {
		t.Fatalf("want it to fail, but it passes:\n%s", out)
	}
	for _, want := range []string{
		"--- FAIL: TestBrokenChild/fails/", "token=bad", "--- PASS: TestBrokenChild/known ",
		"--- FAIL: TestBrokenChild/passes_unexpectedly/",
		"H-REJ-02", "H-BAD-03",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("want %q in the output", want)
		}
	}
	if strings.Contains(string(out), "--- FAIL: TestBrokenChild/fails/requests/H-BAD-03") {
		t.Error("want a SHOULD logged, but it fails")
	}
	if t.Failed() {
		t.Logf("%s", out)
	}
}
