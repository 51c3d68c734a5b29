package stream

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// What a connection does not take at once it gets when it does, in order, while others are served.
func TestWaiting(t *testing.T) {
	for _, room := range []int{0, 1, 15, 40} {
		synctest.Test(t, func(t *testing.T) {
			s := NewRegistry(options()).Hold(key)
			p := publish(t, s, true)
			slow, other := play(s, 7), play(s, 1)
			slow.stall(room)
			p.send("VKia")
			synctest.Wait()
			p.send("Ka")
			if letters := got(t, other); letters != "VKiaKa" {
				t.Errorf("room for %d bytes: the other player got %q", room, letters)
			}
			slow.resume()
			if letters := got(t, slow); letters != "VKiaKa" {
				t.Errorf("room for %d bytes: %q", room, letters)
			}
			p.send("i") // and no goroutine is needed any more
			if letters := got(t, slow); letters != "i" || slow.state.Load() != idle {
				t.Errorf("room for %d bytes: %q afterwards", room, letters)
			}
			slow.leave()
			other.leave()
		})
	}
}

// A player that is closed while its connection takes nothing is over when that has an end.
func TestClosedWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewRegistry(options()).Hold(key)
		p := publish(t, s, true)
		v := play(s, 1)
		v.stall(1)
		p.send("VK")
		synctest.Wait()
		v.Close()
		synctest.Wait()
		select {
		case <-v.Over():
			t.Error("over, though media is under way")
		default:
		}
		v.resume()
		<-v.Over()
		if letters := got(t, v); letters != "V" && letters != "VK" {
			t.Errorf("%q", letters)
		}
	})
}

// A connection that fails ends its player alone.
func TestBroken(t *testing.T) {
	failure := errors.New("reset")
	for _, waits := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := NewRegistry(options()).Hold(key)
			p := publish(t, s, true)
			bad, good := play(s, 1), play(s, 1)
			if waits {
				bad.stall(0)
				p.send("V")
				synctest.Wait()
			}
			bad.mu.Lock()
			bad.fails = failure
			bad.mu.Unlock()
			if waits {
				bad.resume()
			} else {
				p.send("V")
			}
			p.send("Kia")
			if letters := got(t, good); letters != "VKia" {
				t.Errorf("waiting %v: the other player got %q", waits, letters)
			}
			if len(bad.inbox.broken) != 1 || bad.inbox.broken[0] != failure {
				t.Errorf("waiting %v: told %v", waits, bad.inbox.broken)
			}
			bad.leave()
			good.leave()
		})
	}
}

// bomb is a connection whose code is at fault.
type bomb struct {
	inbox
	waits bool
}

func (b *bomb) Offer([][]byte) ([][]byte, error) {
	if b.waits {
		return nil, ErrWait
	}
	panic("boom")
}

func (*bomb) Write([][]byte) error { panic("boom") }

func TestPanic(t *testing.T) {
	for _, waits := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := NewRegistry(options()).Hold(key)
			b := &bomb{waits: waits}
			bad := s.Play(1, b, nil)
			bad.Start()
			good := play(s, 1)
			p := publish(t, s, true)
			p.send("VK")
			if letters := got(t, good); letters != "<VK" {
				t.Errorf("waiting %v: the other player got %q", waits, letters)
			}
			var told *PanicError
			if len(b.broken) != 1 || !errors.As(b.broken[0], &told) || told.Value != "boom" || len(told.Stack) == 0 {
				t.Errorf("waiting %v: %v", waits, b.broken)
			}
			bad.Close()
			<-bad.Over()
			good.leave()
		})
	}
}

// What a player is not to have, however much it is, does not keep it from what is behind.
func TestMuchHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewRegistry(options()).Hold(key)
		p := publish(t, s, false)
		p.send("VK")
		var all []*viewer
		for range 20 {
			all = append(all, play(s, SharedStreamID))
		}
		got(t, all[0])
		p.send(strings.Repeat("i", batchPackets+50) + "Ki")
		p.End()
		<-time.After(merge)
		for _, v := range all {
			if letters := got(t, v); !strings.HasSuffix(letters, "Ki>") {
				t.Errorf("%q at %d of %d", letters, v.pos, s.ring.end())
			}
			v.leave()
		}
	})
}

// hose is a connection that takes everything, and whose publisher is always faster.
type hose struct {
	inbox
	more   func()
	offers int
}

func (h *hose) Offer(bufs [][]byte) ([][]byte, error) {
	h.offers++
	h.more()
	return h.inbox.Offer(bufs)
}

// A player whose publisher sends without an end does not keep others waiting.
func TestEndless(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewRegistry(options()).Hold(key)
		p := publish(t, s, true)
		h := &hose{inbox: inbox{room: open}}
		left := 200
		h.more = func() {
			if left--; left > 0 {
				p.send("a")
			}
		}
		v := &viewer{Player: s.Play(1, h, nil)}
		v.Start()
		other := play(s, 1)
		p.send("K")
		synctest.Wait()
		if h.offers > 5*patience {
			t.Errorf("%d batches were written without a goroutine for it", h.offers)
		}
		for left > 1 { // the rest comes by itself, or with what is sent next
			p.send("a")
			got(t, other)
		}
		v.leave()
		other.leave()
	})
}

// A batch that was written keeps no media.
func TestBatchesKeepNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewRegistry(options()).Hold(key)
		p := publish(t, s, true)
		p.send("VK" + strings.Repeat("i", 100))
		v := play(s, 1)
		got(t, v)
		b := batches.Get().(*batch)
		for i, bytes := range b.bufs[:cap(b.bufs)] {
			if bytes != nil {
				t.Fatalf("place %d of a batch has %d bytes", i, len(bytes))
			}
		}
		for i, packet := range b.packets[:cap(b.packets)] {
			if packet != nil {
				t.Fatalf("place %d of a batch has a packet of %d bytes", i, packet.size)
			}
		}
		v.leave()
	})
}
