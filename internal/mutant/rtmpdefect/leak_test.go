package rtmpdefect

import (
	"sync/atomic"
	"testing"
	"time"

	"hookproof/hook"
	rtmp "hookproof/internal/client"
	"hookproof/internal/endpoint"
)

func isSequenceHeader(ev rtmp.Event) bool { return ev.Kind == rtmp.Media && ev.SequenceHeader }

func isMetadataEvent(ev rtmp.Event) bool { return ev.Kind == rtmp.Data && ev.Name == "onMetaData" }

func isBegin(ev rtmp.Event) bool { return ev.Kind == rtmp.UserControl && ev.Name == "StreamBegin" }

// What players get of a publisher that waits for its answer.
func TestLeaksOfPending(t *testing.T) {
	for name, seen := range map[string]func(rtmp.Event) bool{
		"pending-headers-leak": isSequenceHeader, "pending-metadata-leaks": isMetadataEvent,
		"pending-stream-announced": isBegin,
	} {
		t.Run(name, func(t *testing.T) {
			s := put(t, named(t, name), holding(t, hook.OnPublish))
			bob, alice := s.enter(t, "bob"), s.enter(t, "alice")
			play(t, bob, "cam")
			before := count(bob, seen)
			publishEagerly(t, alice)
			awaitMore(t, bob, before, seen)
			if n := bob.Counters().VideoFrames; n > 0 {
				t.Errorf("and %d frames", n)
			}
		})
	}
}

// publishEagerly publishes, and sends frames before there is an answer.
func publishEagerly(t *testing.T, c *rtmp.Client) {
	t.Helper()
	if err := c.BeginPublish(t.Context(), "cam", "live"); err != nil {
		t.Fatal(err)
	}
	feed(t, c)
}

// count counts what a client has seen.
func count(c *rtmp.Client, match func(rtmp.Event) bool) (n int) {
	for _, ev := range c.Events() {
		if match(ev) {
			n++
		}
	}
	return n
}

// awaitMore waits until a client has seen more than so many.
func awaitMore(t *testing.T, c *rtmp.Client, than int, match func(rtmp.Event) bool) {
	t.Helper()
	n := 0
	await(t, c, "to see one more", func(ev rtmp.Event) bool {
		if match(ev) {
			n++
		}
		return n > than
	})
}

// awaitSeen waits until the proxies have seen frames of a publisher, known by
// its page URL.
func awaitSeen(t *testing.T, w *world, page string) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end); <-tick.C {
		w.mu.Lock()
		s := w.sessions[page]
		w.mu.Unlock()
		if s != nil && get(s, func(s *session) int { return len(s.early) }) > 0 {
			return
		}
	}
	t.Fatal("the proxies have seen nothing of the publisher")
}

// What players get of a publisher that was turned away: at once, or with the
// next one.
func TestLeaksOfRefused(t *testing.T) {
	for name, seen := range map[string]func(rtmp.Event) bool{
		"refused-headers-leak": isSequenceHeader, "refused-metadata-leaks": isMetadataEvent,
		"refused-headers-kept": isSequenceHeader,
	} {
		t.Run(name, func(t *testing.T) {
			gate := make(chan struct{})
			var asked atomic.Int32
			m := named(t, name)
			var w *world
			row := m.Peer.(proxies)
			m.Peer = proxies(func(of *world) parts { w = of; return row(of) })
			s := put(t, m, func(q *endpoint.Request) endpoint.Answer {
				if q.Event == hook.OnPublish && asked.Add(1) == 1 {
					a := endpoint.Refuse()
					a.Gate = gate
					return a
				}
				return endpoint.Accept()
			})
			bob, alice := s.enter(t, "bob"), s.enter(t, "alice")
			play(t, bob, "cam")
			publishEagerly(t, alice)
			awaitSeen(t, w, "http://page.test/key/alice/")
			close(gate)
			await(t, alice, "to be dropped", isEnd)
			if name == "refused-headers-kept" { // the next publisher sends none itself
				if err := s.enter(t, "carol").Publish(t.Context(), "cam", "live"); err != nil {
					t.Fatal(err)
				}
			}
			await(t, bob, "to see it", seen)
			if n := bob.Counters().VideoFrames; n > 0 {
				t.Errorf("and %d frames", n)
			}
		})
	}
}
