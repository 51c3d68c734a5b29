package stream

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestOnePublisherAtATime(t *testing.T) {
	s := NewRegistry(options()).Hold(key)
	first := publish(t, s, true)
	if _, err := s.Publish(t.Context(), "other", Delivery{GOPCache: true}); !errors.Is(err, ErrBusy) {
		t.Errorf("%v", err)
	}
	first.Stop() // the name is not free yet: the next one waits
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Publish(ctx, "other", Delivery{GOPCache: true}); !errors.Is(err, ErrBusy) {
		t.Errorf("%v", err)
	}
	var g sync.WaitGroup
	g.Go(func() {
		p, err := s.Publish(t.Context(), "other", Delivery{GOPCache: true})
		if err != nil {
			t.Error(err)
			return
		}
		p.End()
		p.End()
	})
	first.End()
	g.Wait()
}

func TestRegistryForgets(t *testing.T) {
	r := NewRegistry(options())
	a, b := r.Hold(key), r.Hold(key)
	if a != b || a.ID() != "id1" || len(r.Streams()) != 1 {
		t.Errorf("%v %v", a.ID(), b.ID())
	}
	a.Release()
	b.Release()
	if c := r.Hold(key); c.ID() != "id2" || len(r.Streams()) != 1 {
		t.Errorf("%v", c.ID())
	}
}

// Many players are served together, and miss nothing.
func TestManyPlayers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewRegistry(options()).Hold(key)
		var all []*viewer
		for i := range 100 {
			all = append(all, play(s, uint32(i%3)+1))
		}
		p := publish(t, s, true)
		p.send("VKii")
		if letters := got(t, all[99]); letters != "" {
			t.Errorf("%q at once", letters)
		}
		<-time.After(merge)
		synctest.Wait()
		all[0].leave()
		p.send("ii")
		<-time.After(merge)
		for i, v := range all[1:] {
			if letters := got(t, v); letters != "<VKiiii" {
				t.Errorf("player %d: %q", i+1, letters)
			}
			v.leave()
		}
		if letters := got(t, all[0]); letters != "<VKii" {
			t.Errorf("who left: %q", letters)
		}
	})
}

func TestClosedPlayer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewRegistry(options()).Hold(key)
		player := play(s, 1)
		player.Close()
		player.Close()
		<-player.Over()
		if in := s.Info(); in.Used() {
			t.Errorf("%+v", in)
		}
	})
}

// What a round brings in one piece is for those alone that have got all before and want all of it.
func TestJoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewRegistry(options()).Hold(key)
		p := publish(t, s, false)
		var all []*viewer
		for range 20 {
			all = append(all, play(s, SharedStreamID))
		}
		round := func() {
			<-time.After(merge)
			synctest.Wait()
		}
		paused, other := play(s, SharedStreamID), play(s, 5)
		p.send("MVAKi")
		round()
		for _, v := range append(all, paused, other) {
			if letters := got(t, v); letters != "MVAKi" {
				t.Errorf("at first: %q", letters)
			}
		}
		waiting := play(s, SharedStreamID) // for a keyframe
		paused.Pause(true)
		p.send("iaKi")
		early := play(s, SharedStreamID)
		round()
		for _, k := range []struct {
			name string
			v    *viewer
			want string
		}{
			{"with all before", all[0], "iaKi"}, {"with all before, the last", all[19], "iaKi"},
			{"another message stream", other, "iaKi"}, {"waits for a keyframe", waiting, "MVAaKi"},
			{"paused", paused, ""}, {"came meanwhile", early, "MVA"},
		} {
			if letters := got(t, k.v); letters != k.want {
				t.Errorf("%s: %q, want %q", k.name, letters, k.want)
			}
		}
		paused.Pause(false)
		p.send("Ka")
		round()
		if letters := got(t, paused); letters != "MVAKa" {
			t.Errorf("resumed: %q", letters)
		}
		for _, v := range append(all, paused, other, waiting, early) {
			v.leave()
		}
	})
}
