package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"hookproof/internal/cli"
)

// patience bounds every wait of a test.
const patience = 20 * time.Second

// child is the command, running as a process of its own.
type child struct {
	t      *testing.T
	cmd    *exec.Cmd
	log    *bufio.Scanner
	cancel context.CancelFunc
}

// start runs the command with its log in JSON. It is killed when the test is
// over or out of patience.
func start(t *testing.T, args ...string) *child {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	c := &child{t: t, cancel: cancel}
	c.cmd = exec.CommandContext(ctx, os.Args[0], append([]string{"-log", "json", "-listen", "127.0.0.1:0"}, args...)...)
	c.cmd.Env = append(os.Environ(), childEnv+"=1")
	stderr, err := c.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.log = bufio.NewScanner(stderr)
	t.Cleanup(func() {
		cancel()
		if c.cmd.ProcessState == nil {
			c.cmd.Wait()
		}
	})
	return c
}

// says reads the log up to a line with that message and returns it.
func (c *child) says(msg string) map[string]any {
	c.t.Helper()
	var all []string
	for c.log.Scan() {
		line := map[string]any{}
		if json.Unmarshal(c.log.Bytes(), &line) == nil && line["msg"] == msg {
			return line
		}
		all = append(all, c.log.Text())
	}
	c.t.Fatalf("the log ended without %q:\n%s", msg, strings.Join(all, "\n"))
	return nil
}

// end sends a signal and returns the exit code.
func (c *child) end(s os.Signal) int {
	c.t.Helper()
	if err := c.cmd.Process.Signal(s); err != nil {
		c.t.Fatal(err)
	}
	c.says("done")
	var status *exec.ExitError
	if err := c.cmd.Wait(); err != nil && !errors.As(err, &status) {
		c.t.Fatal(err)
	}
	return c.cmd.ProcessState.ExitCode()
}

func post(t *testing.T, url, body string) string {
	t.Helper()
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	resp, err := c.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

// TestServe is the command as a process: answers, the log with masked tokens,
// rules, the recording, and the clean end by a signal while an answer is held.
func TestServe(t *testing.T) {
	const publish = `{"action":"on_publish","client_id":"a1","ip":"10.0.0.7","vhost":"v","app":"live","stream":"STREAM","param":"?token=TOKEN","tcUrl":"rtmp://h/live"}`
	body := func(stream, token string) string {
		return strings.NewReplacer("STREAM", stream, "TOKEN", token).Replace(publish)
	}
	for _, c := range []struct {
		profile     string
		signal      os.Signal
		yes, no, ru string
	}{
		{"srs1", syscall.SIGTERM, "0", "401", "403"},
		{"srs6", syscall.SIGINT, `{"code":0,"data":null}`, `{"code":401,"data":null}`, `{"code":403,"data":null}`},
	} {
		t.Run(c.profile, func(t *testing.T) {
			rules := tempFile(t, "rules.yaml",
				"rules:\n  - {stream: no, refuse: true}\n  - {event: on_stop, fault: hang}\n")
			record := filepath.Join(t.TempDir(), "hooks.jsonl")
			p := start(t, "-profile", c.profile, "-token", "token=good", "-rules", rules, "-record", record)
			base := "http://" + p.says("listening")["addr"].(string)
			for _, one := range []struct{ stream, token, want string }{
				{"cam1", "good", c.yes}, {"cam1", "bad", c.no}, {"no", "good", c.ru},
			} {
				if got := post(t, base+"/api/v1/streams", body(one.stream, one.token)); got != one.want {
					t.Errorf("%s with %s is answered %q, want %q", one.stream, one.token, got, one.want)
				}
				line := p.says("on_publish")
				if line["client_id"] != "a1" || line["ip"] != "10.0.0.7" || line["stream"] != one.stream ||
					line["param"] != "?token=***" {
					t.Errorf("the log says %v", line)
				}
			}
			held := make(chan error, 1)
			go func() {
				client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
				resp, err := client.Post(base+"/api/v1/sessions", "",
					strings.NewReader(strings.Replace(body("x", "good"), "on_publish", "on_stop", 1)))
				if err == nil {
					resp.Body.Close()
				}
				held <- err
			}()
			p.says("on_stop")
			if code := p.end(c.signal); code != cli.ExitOK {
				t.Errorf("exit code %d, want 0", code)
			}
			if err := <-held; err == nil {
				t.Error("the request that hangs was answered")
			}
			checkRecording(t, record)
		})
	}
}

// recordedLine is what checkRecording looks at.
type recordedLine struct {
	Seq         int64
	Event, Body string
}

// checkRecording reads what TestServe recorded.
func checkRecording(t *testing.T, name string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the recording can be read by others: %v, %v", info.Mode(), err)
	}
	var lines []recordedLine
	for dec := json.NewDecoder(f); dec.More(); {
		var line recordedLine
		if err := dec.Decode(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	first := slices.IndexFunc(lines, func(l recordedLine) bool { return l.Seq == 1 })
	if len(lines) != 5 || first < 0 || lines[first].Event != "on_publish" || !strings.Contains(lines[first].Body,
		"token=good") {
		t.Errorf("want a line about the recording and 4 requests, got %+v", lines)
	}
}
