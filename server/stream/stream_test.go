package stream

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
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

// Many players are woken together, and miss nothing.
func TestManyPlayers(t *testing.T) {
	s := NewRegistry(options()).Hold(key)
	const n = 100
	var g sync.WaitGroup
	for i := range n {
		player := s.Play(uint32(i%3) + 1)
		g.Go(func() {
			defer player.Close()
			for letters := ""; letters != "<VKiiiiiiiiii"; {
				letters += got(t, player)
				if t.Failed() {
					return
				}
			}
		})
	}
	p := publish(t, s, true)
	p.send("VKiiiiiiiiii")
	g.Wait()
}

func TestClosedPlayer(t *testing.T) {
	s := NewRegistry(options()).Hold(key)
	player := s.Play(1)
	var g sync.WaitGroup
	g.Go(func() {
		for {
			if _, err := player.Next(nil); err != nil {
				if !errors.Is(err, io.EOF) {
					t.Error(err)
				}
				return
			}
		}
	})
	player.Close()
	player.Close()
	g.Wait()
	if in := s.Info(); in.Used() {
		t.Errorf("%+v", in)
	}
}
