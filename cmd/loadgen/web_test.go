package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"hookproof/internal/cli"
)

// TestWeb watches a test in its live page: the content comes while the test
// runs, the result at its end, and then the service is gone.
func TestWeb(t *testing.T) {
	at := make(chan string, 1)
	found := regexp.MustCompile(`live at (http://\S+/)`)
	errs := &locked{on: func(line string) {
		if m := found.FindStringSubmatch(line); m != nil {
			at <- m[1]
		}
	}}
	var out locked
	done := make(chan int, 1)
	signals := make(chan os.Signal, 1)
	go func() {
		done <- run([]string{"-n", "4", "-publishers", "50%", "-ramp", "0s", "-hold", "1h", "-down", "0s", "-web",
			"127.0.0.1:0", "-threshold", "publish p99<10s"},
			cli.Streams{Out: &out, Err: errs}, signals)
	}()
	url := <-at
	page := get(t, url)
	if text := body(t, page); !strings.Contains(text, "EventSource") ||
		!strings.Contains(page.Header.Get("Content-Security-Policy"), "script-src 'sha256-") {
		t.Errorf("%s: %v\n%s", url, page.Header, text)
	}
	if text := body(t, get(t, url+"events")); !strings.Contains(text, "Running") ||
		!strings.Contains(text, "of 3600 s: hold") || !strings.Contains(text, "publish p99\\u0026lt;10s") {
		t.Errorf("the first event is %.3000s", text)
	}
	signals <- syscall.SIGTERM
	last := ""
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(last, "event: over") &&
		time.Now().Before(deadline); {
		last = body(t, get(t, url+"events"))
	}
	if !strings.Contains(last, "Partial") || !strings.Contains(last, "event: over") {
		t.Errorf("the last event is %.3000s", last)
	}
	if code := <-done; code != cli.ExitCouldNotRun {
		t.Errorf("exit code %d\n%s", code, out.String())
	}
	if r, err := http.Get(url); err == nil {
		r.Body.Close()
		t.Error("the page is still served")
	}
}

func get(t *testing.T, url string) *http.Response {
	t.Helper()
	c := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	defer r.Body.Close()
	b, err := io.ReadAll(bufio.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestResultIsTold: the verdict comes first and last, the report's place after
// it, and the page of a CI job gets the summary.
func TestResultIsTold(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "report")
	job := filepath.Join(t.TempDir(), "job.md")
	t.Setenv("GITHUB_STEP_SUMMARY", job)
	code, out, errs := command("-n", "4", "-ramp", "0s", "-hold", "1500ms", "-down", "0s", "-report", dir)
	if code != cli.ExitOK {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if n := len(lines); !strings.HasPrefix(lines[0], "PASSED:") || !strings.HasPrefix(lines[n-2], "PASSED:") ||
		lines[n-1] != "report: "+filepath.Join(dir, "report.html") {
		t.Errorf("the result is told as\n%s", out)
	}
	if !strings.Contains(errs, "p99 to publish or play") || !strings.Contains(errs, "thresholds so far") {
		t.Errorf("the live lines are\n%s", errs)
	}
	if b, err := os.ReadFile(job); err != nil || !strings.Contains(string(b), "# loadgen: PASSED") {
		t.Errorf("the job's page has %q (%v)", b, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "junit.xml")); err != nil {
		t.Error(err)
	}
}
