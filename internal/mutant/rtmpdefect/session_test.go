package rtmpdefect

import (
	"context"
	"testing"
	"time"

	"hookproof/hook"
	rtmp "hookproof/internal/client"
	"hookproof/internal/endpoint"
	"hookproof/internal/mutant"
	"hookproof/internal/test/recorder"
	"hookproof/server"
)

// A stageOf has the built-in server between a mutant's proxies.
type stageOf struct {
	endpoint *recorder.Recorder
	server   *server.Server
	front    Front
}

func put(t *testing.T, m mutant.Row, answer func(*endpoint.Request) endpoint.Answer) stageOf {
	t.Helper()
	return putServer(t, m, answer, server.DefaultConfig())
}

// putServer is put with a configuration of the server's.
func putServer(t *testing.T, m mutant.Row, answer func(*endpoint.Request) endpoint.Answer, cfg server.Config) stageOf {
	t.Helper()
	e := hooks(t, answer)
	cfg.Listen = []string{"127.0.0.1:0"}
	cfg.API.Enabled = false
	srv, err := server.New(cfg, server.Options{Forget: true}) // as the stage has it
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	at := between(t, m, Upstream{RTMP: srv.Addr().String(), Main: e.Addr()})
	urls := map[hook.Event][]string{}
	for _, ev := range hook.Events {
		urls[ev] = []string{"http://" + at.Main + "/hooks/default/1/" + ev.String() + "?vhost=default&n=1"}
	}
	cfg.Listen = []string{srv.Addr().String()}
	cfg.VHosts = []server.VHost{{Name: "__defaultVhost__", Enabled: true, Hooks: server.Hooks{Enabled: true,
		Profile: "srs6", Timeout: patience, URLs: urls}}}
	if err := srv.Reload(cfg); err != nil {
		t.Fatal(err)
	}
	return stageOf{e, srv, at}
}

// enter connects a client that is called name.
func (s stageOf) enter(t *testing.T, name string) *rtmp.Client {
	t.Helper()
	return connect(t, s.front.RTMP, name)
}

// connect connects a client to an address.
func connect(t *testing.T, addr, name string) *rtmp.Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := rtmp.Dial(ctx, rtmp.Options{URL: "rtmp://" + addr + "/live", PageURL: "http://page.test/key/" + name +
		"/", Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Vanish(); <-c.Done() })
	if err := c.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	return c
}

// events waits for n requests and lists their events.
func (s stageOf) events(t *testing.T, n int) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := s.endpoint.Await(ctx, func(all []*endpoint.Request) bool { return len(all) >= n }); err != nil {
		t.Fatal(err)
	}
	list := ""
	for _, q := range s.endpoint.Requests() {
		list += q.Event.String() + " "
	}
	return list
}

func refuseAt(ev hook.Event) func(*endpoint.Request) endpoint.Answer {
	return func(q *endpoint.Request) endpoint.Answer {
		if q.Event == ev {
			return endpoint.Refuse()
		}
		return endpoint.Accept()
	}
}

func TestSessionPasses(t *testing.T) {
	s := put(t, Sound, nil)
	alice := s.enter(t, "alice")
	if err := alice.Publish(t.Context(), "cam", "live"); err != nil {
		t.Fatal(err)
	}
	bob := s.enter(t, "bob")
	if err := bob.Play(t.Context(), "cam"); err != nil {
		t.Fatal(err)
	}
	bob.Close()
	s.events(t, 6)
	alice.Vanish()
	want := "on_connect on_publish on_connect on_play on_stop on_close on_unpublish on_close "
	if got := s.events(t, 8); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestStartBeforeAnswer(t *testing.T) {
	s := put(t, named(t, "start-before-answer"), refuseAt(hook.OnPublish))
	if err := s.enter(t, "alice").Publish(t.Context(), "cam", "live"); err != nil {
		t.Errorf("the refused publisher was not told that it is on: %v", err)
	}
}

func TestLateDisconnect(t *testing.T) {
	s := put(t, named(t, "late-disconnect"), refuseAt(hook.OnPublish))
	alice := s.enter(t, "alice")
	since := time.Now()
	if err := alice.Publish(t.Context(), "cam", "live"); err == nil {
		t.Error("the refused publisher was told that it is on")
	}
	<-alice.Done()
	if d := time.Since(since); d < lateBy/2 {
		t.Errorf("off after %v, want %v", d, lateBy)
	}
}

func TestVanishedForgotten(t *testing.T) {
	s := put(t, named(t, "vanished-forgotten"), nil)
	alice := s.enter(t, "alice")
	if err := alice.Publish(t.Context(), "cam", "live"); err != nil {
		t.Fatal(err)
	}
	alice.Vanish()
	if got, want := s.events(t, 3), "on_connect on_publish on_close "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestEndsSilently(t *testing.T) {
	s := put(t, named(t, "ends-silently"), nil)
	alice, bob := s.enter(t, "alice"), s.enter(t, "bob")
	publish(t, alice, "cam")
	play(t, bob, "cam")
	bob.Close()
	s.events(t, 6)
	if err := s.server.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	want := "on_connect on_publish on_connect on_play on_stop on_close "
	if got := s.events(t, 6); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The publisher that goes round the proxies is the fence: it fell silent later
// and has been dropped.
func TestSilenceUnnoticed(t *testing.T) {
	cfg := server.DefaultConfig()
	cfg.Timeouts.FirstPacket, cfg.Timeouts.Publish = 2*time.Second, 2*time.Second
	s := putServer(t, named(t, "silence-unnoticed"), nil, cfg)
	alice := s.enter(t, "alice")
	publish(t, alice, "cam")
	carol := connect(t, s.server.Addr().String(), "carol")
	publish(t, carol, "door")
	await(t, carol, "to be dropped", isEnd)
	if end, over := alice.End(); over {
		t.Errorf("the publisher behind the proxies was dropped: %+v", end)
	}
}

func TestPauseStops(t *testing.T) {
	s := put(t, named(t, "pause-stops"), nil)
	bob := s.enter(t, "bob")
	if err := bob.Play(t.Context(), "cam"); err != nil {
		t.Fatal(err)
	}
	if err := bob.SendPause(true); err != nil {
		t.Fatal(err)
	}
	if got, want := s.events(t, 3), "on_connect on_play on_stop "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Who ends a stream and publishes another has not left: its closing events are
// those of any client.
func TestLeaversForgotten(t *testing.T) {
	s := put(t, named(t, "leavers-forgotten"), nil)
	alice := s.enter(t, "alice")
	publish(t, alice, "cam")
	if err := alice.FCUnpublish(t.Context(), "cam"); err != nil {
		t.Fatal(err)
	}
	publish(t, alice, "door")
	if err := alice.Leave(); err != nil {
		t.Fatal(err)
	}
	want := "on_connect on_publish on_unpublish on_publish on_unpublish on_close "
	if got := s.events(t, 6); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
