package webplayers

import (
	"bytes"
	"context"
	"log/slog"
	"os/exec"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/endpoint"
	"hookproof/internal/test/recorder"
	"hookproof/server"
)

func TestMain(m *testing.M) {
	// net/http keeps a connection that it gave up for half a second, so that the answer is read.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

// patience bounds every wait: generous, since the machine may be busy.
const patience = time.Minute

// rig is a server with a live stream, live/cam, and its hook server.
type rig struct {
	t     *testing.T
	ctx   context.Context
	hooks *recorder.Recorder
	base  string // http://host:port/live/cam
}

// need skips the test where a program is missing.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is not installed", p)
		}
	}
}

func newRig(t *testing.T) *rig {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	t.Cleanup(cancel)
	r := &rig{t: t, ctx: ctx, hooks: recorder.New(t, endpoint.Options{Profile: hook.SRS7})}
	v := server.DefaultVHostConfig(server.DefaultVHost)
	v.Hooks.Enabled, v.Hooks.Profile, v.Remux = true, hook.SRS7.Name, true
	v.HLS = server.HLS{Enabled: true, Fragment: time.Second, Window: 5 * time.Second, Ctx: true}
	for _, e := range hook.Events {
		v.Hooks.URLs[e] = []string{r.hooks.URL() + "/hooks/" + e.String()}
	}
	cfg := server.DefaultConfig()
	cfg.Listen, cfg.VHosts = []string{"127.0.0.1:0"}, []server.VHost{v}
	cfg.HTTP = server.HTTP{Enabled: true, Listen: "127.0.0.1:0", CrossOrigin: true}
	s, err := server.New(cfg, server.Options{Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	r.base = "http://" + s.HTTPAddr().String() + "/live/cam"
	r.publish("rtmp://" + s.Addr().String() + "/live")
	return r
}

// publish sends the clip, over and over, until the test ends.
func (r *rig) publish(url string) {
	r.t.Helper()
	c, err := client.Dial(r.ctx, client.Options{URL: url, Timeout: patience})
	if err == nil {
		err = c.Connect(r.ctx)
	}
	if err == nil {
		err = c.Publish(r.ctx, "cam", "")
	}
	if err != nil {
		r.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(r.ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		clip := client.Clip()
		length := clip[len(clip)-1].Timestamp + 40
		for round := uint32(0); c.Pace(ctx, clip, 1) == nil; round++ {
			clip = slices.Clone(client.Clip())
			for i := range clip {
				clip[i].Timestamp += (round + 1) * length
			}
		}
	}()
	r.t.Cleanup(func() { stop(); <-done; c.Close() })
}

// run runs a program to its end, and returns what it wrote and what it complained about.
func (r *rig) run(program string, args ...string) (out, complaints string, err error) {
	cmd := exec.CommandContext(r.ctx, program, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	return stdout.String(), stderr.String(), err
}

// await waits until an event has been answered so often.
func (r *rig) await(e hook.Event, n int) {
	r.t.Helper()
	err := r.hooks.Await(r.ctx, func(all []*endpoint.Request) bool {
		got := 0
		for _, q := range all {
			if q.HasEvent && q.Event == e && !q.Done.IsZero() {
				got++
			}
		}
		return got >= n
	})
	if err != nil {
		r.t.Fatalf("%d %s: %v", n, e, err)
	}
}
