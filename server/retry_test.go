package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"hookproof/hook"
)

// outage is a server whose hook server answers until it is down, with its log.
func outage(t *testing.T, retry time.Duration) (*fixture, *lockedBuffer) {
	t.Helper()
	h := newHookServer(t, hook.SRS6)
	log := &lockedBuffer{}
	cfg := DefaultConfig()
	cfg.Listen, cfg.VHosts = []string{"127.0.0.1:0"}, []VHost{h.vhost(DefaultVHost)}
	cfg.VHosts[0].Hooks.Retry = retry
	s, err := New(cfg, Options{Logger: slog.New(slog.NewTextHandler(log, nil))})
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &fixture{Server: s, t: t, hooks: h, ctx: t.Context()}, log
}

// down ends the hook server for good, its connections among it.
func (f *fixture) down() { f.hooks.http.Close() }

// An event that is given up is counted and logged; without retry it is lost at once, as in SRS.
func TestGivenUp(t *testing.T) {
	for _, retry := range []time.Duration{0, 200 * time.Millisecond} {
		f, log := outage(t, retry)
		c := f.publisher("cam?token=secret", flash)
		f.down()
		c.Vanish()
		f.eventually("the session is over", func() bool { return f.Stats().Connections == 0 })
		s := f.Stats()
		if s.HookLost[onUnpublish] != 1 || s.HookLost[onClose] != 1 || s.Hooks != (hook.Load{}) {
			t.Errorf("retry %v: lost %v, load %+v", retry, s.HookLost, s.Hooks)
		}
		if again := s.HookRetries[onUnpublish] > 0 && s.HookRetries[onClose] > 0; again != (retry > 0) {
			t.Errorf("retry %v: sent again %v", retry, s.HookRetries)
		}
		want := 0
		if retry > 0 {
			want = 2
		}
		if got := strings.Count(log.String(), `level=ERROR msg="hook given up"`); got != want ||
			strings.Contains(log.String(), "secret") {
			t.Errorf("retry %v: %d lines about events given up, want %d, and no token: %s", retry, got, want,
				log.String())
		}
	}
}

// The end of a server is not kept waiting by events that cannot be delivered, beyond its grace time.
func TestShutdownEndsRetries(t *testing.T) {
	f, log := outage(t, time.Hour)
	c := f.publisher("cam", flash)
	f.down()
	c.Vanish()
	f.eventually("an event that waits", func() bool { return f.Stats().Hooks.Retrying == 1 })
	ctx, cancel := context.WithTimeout(f.ctx, 50*time.Millisecond)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- f.Shutdown(ctx) }()
	select {
	case err := <-done:
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Shutdown: %v", err)
		}
	case <-time.After(patienceOfTests):
		t.Fatal("Shutdown does not end")
	}
	if got := strings.Count(log.String(), `msg="hook given up"`); got != 2 {
		t.Errorf("%d lines about events given up, want 2: %s", got, log.String())
	}
}

// While on_unpublish waits for its hook server to come back, the next publisher gets the name.
func TestRetryFreesTheName(t *testing.T) {
	f, _ := outage(t, time.Hour)
	first := f.publisher("cam", flash)
	f.down()
	first.Vanish()
	f.eventually("an event that waits", func() bool { return f.Stats().Hooks.Retrying == 1 })
	open := f.Config()
	open.VHosts = []VHost{DefaultVHostConfig(DefaultVHost)} // no hooks for those who come
	f.must(f.Reload(open))
	f.publisher("cam", flash)

	l, err := net.Listen("tcp", f.hooks.http.Listener.Addr().String())
	if err != nil {
		t.Skip("the hook server's port is taken: ", err)
	}
	back := f.hooks.again(l)
	defer back.Close()
	f.hooks.await("on_unpublish", func(all []seen) bool { return count(all, onUnpublish) == 1 })
}

// A client that the hook server never heard of does not wait for it to come back.
func TestUnheardClientGoesAtOnce(t *testing.T) {
	f, _ := outage(t, time.Hour)
	f.down()
	c := f.connect(flash)
	if err := c.Publish(f.ctx, "cam", ""); err == nil {
		t.Error("accepted without a hook server")
	}
	f.gone(c)
	f.eventually("the session is over", func() bool { return f.Stats().Connections == 0 })
	if s := f.Stats(); s.HookLost[onClose] != 0 || s.HookRetries[onClose] != 0 {
		t.Errorf("lost %v, sent again %v; nobody was to be told", s.HookLost, s.HookRetries)
	}
}
