package chunk

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"

	rtmp "github.com/yutopp/go-rtmp"
	"github.com/yutopp/go-rtmp/message"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// peer is go-rtmp's chunk layer, which was written without us.
func peer(t *testing.T, r io.Reader, w io.Writer) *rtmp.ChunkStreamer {
	p := rtmp.NewChunkStreamer(r, w, nil)
	t.Cleanup(func() {
		p.Close()
		<-p.Done()
	})
	return p
}

// sizes lie on both sides of chunk boundaries.
var sizes = []int{1, 127, 128, 129, 255, 256, 257, 4000}

// TestPeerReads: go-rtmp understands what we write.
func TestPeerReads(t *testing.T) {
	var wire []byte
	for i, n := range sizes {
		m := Message{ChunkStream: 6, Type: video, Stream: 1, Timestamp: uint32(40 * i),
			Payload: bytes.Repeat([]byte{byte(i)}, n)}
		wire = AppendMessage(wire, &m, DefaultSize)
	}
	p := peer(t, bytes.NewReader(wire), io.Discard)
	for i, n := range sizes {
		var got rtmp.ChunkMessage
		id, ts, err := p.Read(&got)
		if err != nil {
			t.Fatal(err)
		}
		payload, err := io.ReadAll(got.Message.(*message.VideoMessage).Payload)
		if err != nil {
			t.Fatal(err)
		}
		if id != 6 || ts != uint32(40*i) || got.StreamID != 1 || !bytes.Equal(payload, bytes.Repeat([]byte{byte(i)},
			n)) {
			t.Errorf("message %d: chunk stream %d, time %d, stream %d, %d bytes", i, id, ts, got.StreamID, len(payload))
		}
	}
}

// TestPeerWrites: we understand what go-rtmp writes.
func TestPeerWrites(t *testing.T) {
	pr, pw := io.Pipe()
	defer pr.Close()
	p := peer(t, nil, pw)
	sent := make(chan error, 1)
	go func() {
		for i, n := range sizes {
			body := bytes.NewReader(bytes.Repeat([]byte{byte(i)}, n))
			m := &rtmp.ChunkMessage{StreamID: 1, Message: &message.AudioMessage{Payload: body}}
			if err := p.Write(context.Background(), 4, uint32(20*i), m); err != nil {
				sent <- fmt.Errorf("message %d: %w", i, err)
				return
			}
		}
		sent <- nil
	}()
	r := NewReader(pr, Limits{})
	for i, n := range sizes {
		var m Message
		if err := r.Next(&m); err != nil {
			t.Fatal(err)
		}
		if m.ChunkStream != 4 || m.Type != audio || m.Stream != 1 ||
			!bytes.Equal(m.Payload, bytes.Repeat([]byte{byte(i)}, n)) {
			t.Errorf("message %d: %d bytes, %+v", i, len(m.Payload), m)
		}
		if m.Timestamp != uint32(20*i) {
			t.Errorf("message %d: time %d, want %d", i, m.Timestamp, 20*i)
		}
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}
