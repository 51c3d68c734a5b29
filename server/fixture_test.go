package server

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/hook"
	"hookproof/internal/client"
)

func TestMain(m *testing.M) {
	if raw := os.Getenv(childVariable); raw != "" {
		serveChild(raw)
		return
	}
	// net/http keeps a connection that it gave up for half a second, so that the answer is read.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

// patienceOfTests bounds every wait: generous, since the machine may be busy.
const patienceOfTests = 20 * time.Second

// fixture is a server with its hook server.
type fixture struct {
	*Server
	t     *testing.T
	hooks *hookServer
	ctx   context.Context
}

func start(t *testing.T, profile *hook.Profile, change ...func(*Config)) *fixture {
	t.Helper()
	h := newHookServer(t, profile)
	cfg := DefaultConfig()
	cfg.Listen = []string{"127.0.0.1:0"}
	cfg.VHosts = []VHost{h.vhost(DefaultVHost)}
	for _, f := range change {
		f(&cfg)
	}
	log := slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelInfo}))
	s, err := New(cfg, Options{Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*patienceOfTests)
	t.Cleanup(func() {
		cancel()
		s.Close()
	})
	return &fixture{Server: s, t: t, hooks: h, ctx: ctx}
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

func (f *fixture) url(app string) string { return "rtmp://" + f.Addr().String() + "/" + app }

func (f *fixture) options(change ...func(*client.Options)) client.Options {
	o := client.Options{URL: f.url("live"), Timeout: patienceOfTests}
	for _, c := range change {
		c(&o)
	}
	return o
}

// dial connects TCP and shakes hands.
func (f *fixture) dial(change ...func(*client.Options)) *client.Client {
	f.t.Helper()
	c, err := client.Dial(f.ctx, f.options(change...))
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { c.Close() })
	return c
}

// connect also sends connect and waits for its success.
func (f *fixture) connect(change ...func(*client.Options)) *client.Client {
	f.t.Helper()
	c := f.dial(change...)
	f.must(c.Connect(f.ctx))
	return c
}

// publisher publishes name.
func (f *fixture) publisher(name string, change ...func(*client.Options)) *client.Client {
	f.t.Helper()
	c := f.connect(change...)
	f.must(c.Publish(f.ctx, name, ""))
	return c
}

// player plays name.
func (f *fixture) player(name string, change ...func(*client.Options)) *client.Client {
	f.t.Helper()
	c := f.connect(change...)
	f.must(c.Play(f.ctx, name))
	return c
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// status waits until a client was told that code.
func (f *fixture) status(c *client.Client, code string) client.Event {
	f.t.Helper()
	ev, err := c.Await(f.ctx, func(ev client.Event) bool { return ev.Code == code })
	f.must(err)
	return ev
}

// gone waits until the server has ended a client's connection.
func (f *fixture) gone(c *client.Client) client.Event {
	f.t.Helper()
	select {
	case <-c.Done():
	case <-time.After(patienceOfTests):
		f.t.Fatal("the client is still connected")
	}
	ev, _ := c.End()
	return ev
}

// frames waits until a player got that many audio and video frames.
func (f *fixture) frames(c *client.Client, n uint64) {
	f.t.Helper()
	count := func() uint64 { k := c.Counters(); return k.AudioFrames + k.VideoFrames }
	if count() >= n {
		return
	}
	_, err := c.Await(f.ctx, func(ev client.Event) bool { return count() >= n })
	if err != nil {
		f.t.Fatalf("%v after %d of %d frames", err, count(), n)
	}
}

// eventually looks again and again, for what no event tells of.
func (f *fixture) eventually(what string, ok func() bool) {
	f.t.Helper()
	look, late := time.NewTicker(time.Millisecond), time.After(patienceOfTests)
	defer look.Stop()
	for !ok() {
		select {
		case <-look.C:
		case <-late:
			f.t.Fatalf("not in time: %s", what)
		}
	}
}

// everTold tells whether a client was told that code.
func everTold(c *client.Client, code string) bool {
	return slices.ContainsFunc(c.Events(), func(ev client.Event) bool { return ev.Code == code })
}

// bothProfiles runs a test in each.
func bothProfiles(t *testing.T, f func(t *testing.T, p *hook.Profile)) {
	for _, p := range hook.Profiles() {
		t.Run(p.Name, func(t *testing.T) { f(t, p) })
	}
}
