package stream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/yutopp/go-rtmp/message"
	"go.uber.org/goleak"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var key = Key{VHost: "v", App: "live", Name: "cam"}

// options with a queue that no test outlasts.
func options() Options {
	n := 0
	return Options{
		ChunkSize: 60000, Queue: time.Hour, QueueBytes: 1 << 20, Merge: 20 * time.Millisecond,
		NewID: func() string { n++; return fmt.Sprint("id", n) },
	}
}

// The messages that a publisher sends, by a letter: M metadata, V and A sequence headers, K keyframe, i inter
// frame, a audio, d other data. The last byte of media is the number of the message in its publication.
func publisherMessage(letter rune, number byte) *chunk.Message {
	m := &chunk.Message{ChunkStream: 9, Stream: 5, Timestamp: uint32(number) * 40}
	switch letter {
	case 'M':
		m.Type, m.Payload = message.TypeIDDataMessageAMF0, []byte("\x02\x00\x0d@setDataFrame\x02\x00\x0aonMetaData\x08\x00\x00\x00\x00\x00\x00\x09")
	case 'd':
		m.Type, m.Payload = message.TypeIDDataMessageAMF0, []byte("\x02\x00\x06onText\x05")
	case 'V':
		m.Type, m.Payload = message.TypeIDVideoMessage, []byte{0x17, 0, 0, 0, 0, number}
	case 'A':
		m.Type, m.Payload = message.TypeIDAudioMessage, []byte{0xaf, 0, number}
	case 'K':
		m.Type, m.Payload = message.TypeIDVideoMessage, []byte{0x17, 1, 0, 0, 0, number}
	case 'i':
		m.Type, m.Payload = message.TypeIDVideoMessage, []byte{0x27, 1, 0, 0, 0, number}
	case 'a':
		m.Type, m.Payload = message.TypeIDAudioMessage, []byte{0xaf, 1, number}
	}
	return m
}

func letterOf(t *testing.T, m *chunk.Message) string {
	t.Helper()
	switch m.Type {
	case message.TypeIDUserCtrl:
		u, err := command.ParseUserControl(m)
		if err != nil {
			t.Fatal(err)
		}
		return map[command.EventType]string{command.StreamBegin: "<", command.StreamEOF: ">"}[u.Event]
	case message.TypeIDDataMessageAMF0:
		if bytes.Contains(m.Payload, []byte("@setDataFrame")) {
			t.Error("@setDataFrame reached a player")
		}
		if isMetadata(m.Payload) {
			return "M"
		}
		return "d"
	}
	for _, letter := range "VAKia" {
		p := publisherMessage(letter, m.Payload[len(m.Payload)-1])
		if p.Type == m.Type && bytes.Equal(p.Payload, m.Payload) {
			if m.Timestamp != p.Timestamp {
				t.Errorf("%c with timestamp %d, published as %d", letter, m.Timestamp, p.Timestamp)
			}
			return string(letter)
		}
	}
	return "?"
}

type publisher struct {
	*Publication
	n byte
}

func publish(t *testing.T, s *Stream, cache bool) *publisher {
	t.Helper()
	p, err := s.Publish(t.Context(), "client", cache)
	if err != nil {
		t.Fatal(err)
	}
	return &publisher{Publication: p}
}

func (p *publisher) send(letters string) {
	for _, letter := range letters {
		p.n++
		p.Write(publisherMessage(letter, p.n))
	}
}

// got decodes what the player gets in one batch.
func got(t *testing.T, p *Player) (letters string) {
	t.Helper()
	bufs, err := p.Next(nil)
	if err != nil {
		t.Fatal(err)
	}
	r := chunk.NewReader(bytes.NewReader(bytes.Join(append([][]byte{chunkSizeBytes()}, bufs...), nil)), chunk.Limits{})
	for {
		var m chunk.Message
		if err := r.Next(&m); errors.Is(err, io.EOF) {
			return letters
		} else if err != nil {
			t.Fatal(err)
		}
		if m.Type != message.TypeIDUserCtrl && m.Stream != p.streamID {
			t.Errorf("message stream %d instead of %d", m.Stream, p.streamID)
		}
		letters += letterOf(t, &m)
	}
}

// chunkSizeBytes is what the session has told a player before.
func chunkSizeBytes() []byte {
	m := command.SetChunkSize(60000)
	return chunk.AppendMessage(nil, &m, chunk.DefaultSize)
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
			t.Run(fmt.Sprintf("%s, message stream %d", k.name, id), func(t *testing.T) {
				s := NewRegistry(options()).Hold(key)
				p := publish(t, s, k.cache)
				p.send(k.before)
				player := s.Play(id)
				defer player.Close()
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
	s := NewRegistry(options()).Hold(key)
	player := s.Play(3)
	defer player.Close()
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
	late := s.Play(1)
	defer late.Close()
	if letters := got(t, late); letters != "K" { // nothing of the first publication
		t.Errorf("%q", letters)
	}
}

func TestPause(t *testing.T) {
	s := NewRegistry(options()).Hold(key)
	p := publish(t, s, true)
	player := s.Play(1)
	defer player.Close()
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
}

// A player that is behind by more than the queue goes on with the newest keyframe.
func TestSlowPlayer(t *testing.T) {
	o := options()
	o.QueueBytes = 4000
	r := NewRegistry(o)
	s := r.Hold(key)
	p := publish(t, s, true)
	slow := s.Play(1)
	defer slow.Close()
	p.send("MVAK")
	for range 300 {
		p.send("i")
	}
	p.send("Kia")
	if letters := got(t, slow); letters != "MVAKia" {
		t.Errorf("%q", letters)
	}
	if r.Dropped() < 300 {
		t.Errorf("%d dropped", r.Dropped())
	}
	for range 300 { // and when there is no keyframe left, it waits for one, with sound
		p.send("i")
	}
	p.send("ia")
	if letters := got(t, slow); letters != "MVA" {
		t.Errorf("%q", letters)
	}
	p.send("iaKi")
	if letters := got(t, slow); letters != "aKi" {
		t.Errorf("%q", letters)
	}
}

// The queue is bounded in time, too.
func TestLatePlayer(t *testing.T) {
	o := options()
	o.Queue = time.Nanosecond
	s := NewRegistry(o).Hold(key)
	p := publish(t, s, true)
	slow := s.Play(1)
	defer slow.Close()
	p.send("VKiiKi")
	if letters := got(t, slow); letters != "VKi" {
		t.Errorf("%q", letters)
	}
}

// What everybody has got and nobody will begin with is let go of.
func TestRingIsSwept(t *testing.T) {
	s := NewRegistry(options()).Hold(key)
	p := publish(t, s, true)
	player := s.Play(1)
	defer player.Close()
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
}

func TestOnePublisherAtATime(t *testing.T) {
	s := NewRegistry(options()).Hold(key)
	first := publish(t, s, true)
	if _, err := s.Publish(t.Context(), "other", true); !errors.Is(err, ErrBusy) {
		t.Errorf("%v", err)
	}
	first.Stop() // the name is not free yet: the next one waits
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Publish(ctx, "other", true); !errors.Is(err, ErrBusy) {
		t.Errorf("%v", err)
	}
	var g sync.WaitGroup
	g.Go(func() {
		p, err := s.Publish(t.Context(), "other", true)
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
