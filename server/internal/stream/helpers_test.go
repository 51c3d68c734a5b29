package stream

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"testing/synctest"
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
		ChunkSize: 60000, Queue: time.Hour, QueueBytes: 1 << 20,
		NewID: func() string { n++; return fmt.Sprint("id", n) },
	}
}

// The messages that a publisher sends, by a letter: M metadata, V and A sequence headers, K keyframe, i inter
// frame, a audio, d other data. The last byte of media is the number of the message in its publication.
func publisherMessage(letter rune, number byte) *chunk.Message {
	m := &chunk.Message{ChunkStream: 9, Stream: 5, Timestamp: uint32(number) * 40}
	switch letter {
	case 'M':
		m.Type, m.Payload = message.TypeIDDataMessageAMF0,
			[]byte("\x02\x00\x0d@setDataFrame\x02\x00\x0aonMetaData\x08\x00\x00\x00\x00\x00\x00\x09")
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
		if command.IsMetadata(m.Payload) {
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

// merge is how long players wait at most.
const merge = 20 * time.Millisecond

type publisher struct {
	*Publication
	n byte
}

func publish(t *testing.T, s *Stream, cache bool) *publisher {
	t.Helper()
	p, err := s.Publish(t.Context(), "client", Delivery{GOPCache: cache, Merge: merge})
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

// inbox is a player's connection.
type inbox struct {
	mu     sync.Mutex
	got    []byte
	left   []byte        // what Offer kept
	room   int           // bytes that Offer takes of what comes together
	opened chan struct{} // what Write waits for, or nil
	fails  error
	broken []error
}

// open takes everything at once.
const open = 1 << 30

func (b *inbox) Offer(bufs [][]byte) ([][]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := bytes.Join(bufs, nil)
	n := min(len(all), b.room)
	b.got, b.left = append(b.got, all[:n]...), all[n:]
	if b.fails == nil && n < len(all) {
		return nil, ErrWait
	}
	return nil, b.fails
}

func (b *inbox) Write(bufs [][]byte) error {
	b.mu.Lock()
	opened := b.opened
	b.mu.Unlock()
	if opened != nil {
		<-opened
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(append(b.got, b.left...), bytes.Join(bufs, nil)...)
	b.left = nil
	return b.fails
}

func (b *inbox) Broken(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = append(b.broken, err)
}

// viewer is a player with its connection.
type viewer struct {
	*Player
	inbox
}

func play(s *Stream, id uint32) *viewer {
	v := &viewer{inbox: inbox{room: open}}
	v.Player = s.Play(id, &v.inbox, nil)
	v.Start()
	return v
}

// stall leaves the connection room for so many bytes, until resume.
func (v *viewer) stall(room int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.room, v.opened = room, make(chan struct{})
}

func (v *viewer) resume() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.room = open
	close(v.opened)
}

func (v *viewer) leave() {
	v.Close()
	<-v.Over()
}

// got decodes what the player has got since the last time, as soon as nothing is under way any more.
func got(t *testing.T, v *viewer) (letters string) {
	t.Helper()
	synctest.Wait()
	v.mu.Lock()
	all := append(chunkSizeBytes(), v.inbox.got...)
	v.inbox.got = nil
	v.mu.Unlock()
	r := chunk.NewReader(bytes.NewReader(all), chunk.Limits{})
	for {
		var m chunk.Message
		if err := r.Next(&m); errors.Is(err, io.EOF) {
			return letters
		} else if err != nil {
			t.Fatal(err)
		}
		if m.Type != message.TypeIDUserCtrl && m.Stream != v.streamID {
			t.Errorf("message stream %d instead of %d", m.Stream, v.streamID)
		}
		letters += letterOf(t, &m)
	}
}

// chunkSizeBytes is what the session has told a player before.
func chunkSizeBytes() []byte {
	m := command.SetChunkSize(60000)
	return chunk.AppendMessage(nil, &m, chunk.DefaultSize)
}
