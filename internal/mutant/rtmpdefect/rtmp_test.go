package rtmpdefect

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"hookproof/hook"
	rtmp "hookproof/internal/client"
	"hookproof/internal/endpoint"
)

// publish publishes a stream and sends its first frames.
func publish(t *testing.T, c *rtmp.Client, stream string) {
	t.Helper()
	if err := c.Publish(t.Context(), stream, "live"); err != nil {
		t.Fatal(err)
	}
	feed(t, c)
}

// feed sends a publisher's frames.
func feed(t *testing.T, c *rtmp.Client) {
	t.Helper()
	if err := c.WriteMedia(rtmp.Clip()...); err != nil {
		t.Fatal(err)
	}
}

func play(t *testing.T, c *rtmp.Client, stream string) {
	t.Helper()
	if err := c.Play(t.Context(), stream); err != nil {
		t.Fatal(err)
	}
}

// begin publishes or plays in the background, until the command is sent.
func begin(t *testing.T, c *rtmp.Client, command string) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		// What comes of it is not what the test is about; the client's end ends it.
		if command == "play" {
			_ = c.Play(context.Background(), "cam")
		} else {
			_ = c.Publish(context.Background(), "cam", "live")
		}
	}()
	t.Cleanup(func() { c.Vanish(); <-done })
	await(t, c, "to send "+command, func(ev rtmp.Event) bool { return ev.Kind == rtmp.Sent && ev.Name == command })
}

func await(t *testing.T, c *rtmp.Client, what string, match func(rtmp.Event) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := c.Await(ctx, match); err != nil {
		t.Fatalf("waited for the client %s: %v", what, err)
	}
}

func isFrame(ev rtmp.Event) bool { return ev.Kind == rtmp.Media && ev.Frame }

func isEnd(ev rtmp.Event) bool { return ev.Kind == rtmp.Disconnected }

// holding holds the answers to an event back until the test ends or opens.
func holding(t *testing.T, ev hook.Event) func(*endpoint.Request) endpoint.Answer {
	gate := make(chan struct{})
	t.Cleanup(func() { close(gate) })
	return func(q *endpoint.Request) endpoint.Answer {
		a := endpoint.Accept()
		if q.Event == ev {
			a.Gate = gate
		}
		return a
	}
}

// second answers the second of an event in its own way; the others are
// accepted.
func second(ev hook.Event, a endpoint.Answer) func(*endpoint.Request) endpoint.Answer {
	var asked atomic.Int32
	return func(q *endpoint.Request) endpoint.Answer {
		if q.Event == ev && asked.Add(1) == 2 {
			return a
		}
		return endpoint.Accept()
	}
}

// gated is an accepting answer that is held back until the test ends.
func gated(t *testing.T) endpoint.Answer {
	gate := make(chan struct{})
	t.Cleanup(func() { close(gate) })
	a := endpoint.Accept()
	a.Gate = gate
	return a
}

// What a player gets that is not let on, or not yet. The player before it is
// the fence: once that one has a frame the proxies have seen it, and what comes
// before it.
func TestPlayersServed(t *testing.T) {
	for name, c := range map[string]struct {
		answer endpoint.Answer
		seen   func(rtmp.Event) bool
	}{
		"pending-player-served":  {gated(t), isFrame},
		"pending-player-headers": {gated(t), isSequenceHeader},
		"refused-player-served":  {endpoint.Refuse(), isFrame},
		"refused-player-headers": {endpoint.Refuse(), isSequenceHeader},
	} {
		t.Run(name, func(t *testing.T) {
			s := put(t, named(t, name), second(hook.OnPlay, c.answer))
			carol := s.enter(t, "carol")
			play(t, carol, "cam")
			publish(t, s.enter(t, "alice"), "cam")
			await(t, carol, "to get a frame", isFrame)
			bob := s.enter(t, "bob")
			begin(t, bob, "play")
			await(t, bob, "to get it", c.seen)
			if c.answer.Gate == nil {
				await(t, bob, "to be dropped", isEnd)
			}
		})
	}
}

func TestPendingFramesLeak(t *testing.T) {
	s := put(t, named(t, "pending-frames-leak"), holding(t, hook.OnPublish))
	bob, alice := s.enter(t, "bob"), s.enter(t, "alice")
	play(t, bob, "cam")
	publishEagerly(t, alice)
	await(t, bob, "to get a frame", isFrame)
}

// The player that came later is the fence: it has its frames, the early one
// has none.
func TestEarlyPlayEmpty(t *testing.T) {
	s := put(t, named(t, "early-play-empty"), nil)
	bob, alice, carol := s.enter(t, "bob"), s.enter(t, "alice"), s.enter(t, "carol")
	play(t, bob, "cam")
	publish(t, alice, "cam")
	play(t, carol, "cam")
	feed(t, alice)
	await(t, carol, "to get a frame", isFrame)
	if n := bob.Counters().VideoFrames; n > 0 {
		t.Errorf("the early player got %d frames", n)
	}
}

func TestNameBusyAfterRefusal(t *testing.T) {
	var asked atomic.Int32
	s := put(t, named(t, "name-busy-after-refusal"), func(q *endpoint.Request) endpoint.Answer {
		if q.Event == hook.OnPublish && asked.Add(1) == 1 {
			return endpoint.Refuse()
		}
		return endpoint.Accept()
	})
	alice := s.enter(t, "alice")
	if err := alice.Publish(t.Context(), "cam", "live"); err == nil {
		t.Fatal("the refused publisher was let on")
	}
	await(t, alice, "to be dropped", isEnd)
	if err := s.enter(t, "carol").Publish(t.Context(), "cam", "live"); err == nil {
		t.Error("the next publisher was let on")
	}
}

func TestNameBusyAfterVanishing(t *testing.T) {
	s := put(t, named(t, "name-busy-after-vanishing"), nil)
	alice := s.enter(t, "alice")
	publish(t, alice, "cam")
	alice.Vanish()
	s.events(t, 4)
	if err := s.enter(t, "carol").Publish(t.Context(), "cam", "live"); err == nil {
		t.Error("the next publisher was let on")
	}
}

func TestSecondTakesOver(t *testing.T) {
	s := put(t, named(t, "second-takes-over"), nil)
	alice := s.enter(t, "alice")
	publish(t, alice, "cam")
	begin(t, s.enter(t, "carol"), "publish")
	await(t, alice, "to be dropped", isEnd)
}

func TestPlayersCut(t *testing.T) {
	s := put(t, named(t, "players-cut"), nil)
	alice, bob := s.enter(t, "alice"), s.enter(t, "bob")
	publish(t, alice, "cam")
	play(t, bob, "cam")
	alice.Close()
	await(t, bob, "to be dropped", isEnd)
}

func TestConnectionsLimited(t *testing.T) {
	s := put(t, named(t, "connections-limited"), nil)
	for range appLimit {
		s.enter(t, "alice")
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := rtmp.Dial(ctx, rtmp.Options{URL: "rtmp://" + s.front.RTMP + "/live", Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Vanish(); <-c.Done() })
	if err := c.Connect(ctx); err == nil {
		t.Errorf("client %d was let in", appLimit+1)
	}
}

// Events that the server did not send: of a peer that never connected, and of
// a vhost whose hooks are off.
func TestMadeUpEvents(t *testing.T) {
	t.Run("half-connected-closes", func(t *testing.T) {
		s := put(t, named(t, "half-connected-closes"), nil)
		dialTest(t, s.front.RTMP).Close()
		if got := s.events(t, 1); got != "on_close " {
			t.Errorf("got %s", got)
		}
	})
	for name, vhost := range map[string]string{"hooks-off-called": "off", "unset-event-called": "partial"} {
		t.Run(name, func(t *testing.T) {
			s := put(t, named(t, name), nil)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			c, err := rtmp.Dial(ctx, rtmp.Options{URL: "rtmp://" + s.front.RTMP + "/live", TCURL: "rtmp://" + vhost +
				".hooks.test/live", Timeout: patience})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Vanish(); <-c.Done() })
			if err := c.Connect(ctx); err != nil {
				t.Fatal(err)
			}
			begin(t, c, "publish")
			if got := s.events(t, 3); strings.Count(got, "on_connect") != 2 {
				t.Errorf("got %s, want a second on_connect", got)
			}
		})
	}
}
