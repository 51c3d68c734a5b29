package stream

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
)

// run is t.Run in a bubble of its own.
func run(t *testing.T, name string, f func(*testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}

func TestWhatPlayersGet(t *testing.T) {
	cases := []struct {
		name           string
		cache          bool
		before, after  string // what is published before and after the player joins
		want           string
		wantAfterwards string
	}{
		{"from the beginning", true, "", "MVAKia", "", "MVAKia"},
		{"from the keyframe", true, "MVAKiaKia", "ia", "MVAKia", "ia"},
		{"headers as they were at the keyframe", true, "MVAKiVi", "i", "MVAKiVi", "i"},
		{"no keyframe yet", true, "MVA", "iaKi", "MVA", "aKi"},
		{"audio only", true, "MAaaa", "aa", "MA", "aa"},
		{"without a cache", false, "MVAKia", "iadKia", "MVA", "adKia"},
		{"without headers", true, "Kia", "Ki", "Kia", "Ki"},
	}
	for _, k := range cases {
		for _, id := range []uint32{SharedStreamID, 7} {
			run(t, fmt.Sprintf("%s, message stream %d", k.name, id), func(t *testing.T) {
				s := NewRegistry(options()).Hold(key)
				p := publish(t, s, k.cache)
				p.send(k.before)
				player := play(s, id)
				defer player.leave()
				if k.want != "" {
					if letters := got(t, player); letters != k.want {
						t.Errorf("on joining: %q, want %q", letters, k.want)
					}
				}
				p.send(k.after)
				if letters := got(t, player); letters != k.wantAfterwards {
					t.Errorf("afterwards: %q, want %q", letters, k.wantAfterwards)
				}
			})
		}
	}
}

// Players stay between publications, and get the next one whole, inter frames before its first keyframe included.
func TestNextPublication(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewRegistry(options()).Hold(key)
		player := play(s, 3)
		defer player.leave()
		first := publish(t, s, true)
		first.send("VKi")
		first.End()
		first.send("i") // too late
		if letters := got(t, player); letters != "<VKi>" {
			t.Errorf("%q", letters)
		}
		second := publish(t, s, true)
		second.send("iK")
		if letters := got(t, player); letters != "<iK" {
			t.Errorf("%q", letters)
		}
		late := play(s, 1)
		defer late.leave()
		if letters := got(t, late); letters != "K" { // nothing of the first publication
			t.Errorf("%q", letters)
		}
	})
}

func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewRegistry(options()).Hold(key)
		p := publish(t, s, true)
		player := play(s, 1)
		defer player.leave()
		p.send("VKi")
		got(t, player)
		player.Pause(true)
		p.send("iKi")
		player.Pause(false)
		if letters := got(t, player); letters != "VKi" {
			t.Errorf("%q", letters)
		}
		player.Pause(false) // nothing to resume
		p.send("i")
		if letters := got(t, player); letters != "i" {
			t.Errorf("%q", letters)
		}
	})
}

// A player that is behind by more than the queue goes on with the newest keyframe.
func TestSlowPlayer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options()
		o.QueueBytes = 4000
		r := NewRegistry(o)
		s := r.Hold(key)
		p := publish(t, s, true)
		slow := play(s, 1)
		defer slow.leave()
		p.send("MVAK")
		if letters := got(t, slow); letters != "MVAK" {
			t.Errorf("%q", letters)
		}
		behind := func(letters string) {
			t.Helper()
			slow.stall(0)
			p.send("a") // is under way from now on
			got(t, slow)
			for range 300 {
				p.send("i")
			}
			p.send(letters)
			slow.resume()
		}
		behind("Kia")
		if letters := got(t, slow); letters != "aMVAKia" {
			t.Errorf("%q", letters)
		}
		if r.Dropped() < 300 {
			t.Errorf("%d dropped", r.Dropped())
		}
		behind("ia") // and when there is no keyframe left, it waits for one, with sound
		if letters := got(t, slow); letters != "aMVA" {
			t.Errorf("%q", letters)
		}
		p.send("iaKi")
		if letters := got(t, slow); letters != "aKi" {
			t.Errorf("%q", letters)
		}
	})
}

// The queue is bounded in time, too.
func TestLatePlayer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options()
		o.Queue = time.Second
		s := NewRegistry(o).Hold(key)
		p := publish(t, s, true)
		slow := play(s, 1)
		defer slow.leave()
		slow.stall(0)
		p.send("a")
		got(t, slow)
		p.send("VKiiKi")
		<-time.After(2 * time.Second)
		slow.resume()
		if letters := got(t, slow); letters != "aVKi" {
			t.Errorf("%q", letters)
		}
	})
}

// What everybody has got and nobody will begin with is let go of.
func TestRingIsSwept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewRegistry(options()).Hold(key)
		p := publish(t, s, true)
		player := play(s, 1)
		defer player.leave()
		for range 100 {
			p.send("Kiaiaiaiaia")
			got(t, player)
		}
		if n := len(s.ring.packets); n > 200 {
			t.Errorf("%d packets are kept", n)
		}
		p.End()
		if n := len(s.ring.packets); n > 1 {
			t.Errorf("%d packets are kept after the publication", n)
		}
	})
}

// Messages without content take of the ring's bytes, too.
func TestEmptyMessagesCost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewRegistry(options()).Hold(key)
		p := publish(t, s, true)
		p.send("VK")
		for range 10000 {
			p.Write(&chunk.Message{Type: message.TypeIDVideoMessage})
		}
		if n := len(s.ring.packets); n > options().QueueBytes/256 {
			t.Errorf("%d packets are kept", n)
		}
	})
}
