package chunk

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"testing/iotest"

	"github.com/yutopp/go-rtmp/message"
)

// A reader that keeps the heads of media returns the same messages as one that keeps all, cut: long ones and
// short ones, in many chunks and in one, other messages whole.
func TestKeepMedia(t *testing.T) {
	const keep = 20
	body := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(i)
		}
		return b
	}
	var sent []Message
	for i, n := range []int{0, 1, keep - 1, keep, keep + 1, 300, 5, 1000} {
		sent = append(sent,
			Message{ChunkStream: 6, Type: video, Stream: 1, Timestamp: uint32(i), Payload: body(n)},
			Message{ChunkStream: 4, Type: message.TypeIDAudioMessage, Stream: 1, Timestamp: uint32(i),
				Payload: body(n)},
			Message{ChunkStream: 6, Type: message.TypeIDDataMessageAMF0, Stream: 1, Timestamp: uint32(i),
				Payload: body(n)})
	}
	for _, size := range []int{1, 7, DefaultSize, 60000} {
		t.Run(fmt.Sprint("chunks of ", size), func(t *testing.T) {
			set := Message{ChunkStream: 2, Type: message.TypeIDSetChunkSize, Payload: []byte{0, 0, byte(size >> 8),
				byte(size)}}
			wire := AppendMessage(nil, &set, DefaultSize)
			for i := range sent {
				wire = AppendMessage(wire, &sent[i], size)
			}
			r := NewReader(iotest.HalfReader(bytes.NewReader(wire)), Limits{Buffered: 4000})
			r.KeepMedia(keep)
			for i := range sent {
				var m Message
				if err := r.Next(&m); err != nil {
					t.Fatalf("message %d: %v", i, err)
				}
				want := sent[i].Payload
				if sent[i].Type != message.TypeIDDataMessageAMF0 {
					want = want[:min(len(want), keep)]
				}
				if !bytes.Equal(m.Payload, want) || len(m.Payload)+r.Cut() != len(sent[i].Payload) ||
					m.Timestamp != sent[i].Timestamp {
					t.Errorf("message %d: %d bytes and %d cut of %d", i, len(m.Payload), r.Cut(), len(sent[i].Payload))
				}
			}
			if err := r.Next(new(Message)); err != io.EOF {
				t.Errorf("at the end: %v", err)
			}
		})
	}
}

// Empty messages between others are forgotten like all others: what they took does not add up.
func TestKeepMediaEmpty(t *testing.T) {
	const keep = 256
	empty := Message{ChunkStream: 6, Type: video, Stream: 1}
	full := Message{ChunkStream: 6, Type: video, Stream: 1, Payload: make([]byte, 2*keep)}
	cycle := AppendMessage(AppendMessage(nil, &full, DefaultSize), &empty, DefaultSize)
	r := NewReader(bytes.NewReader(bytes.Repeat(cycle, 100)), Limits{Buffered: 4 * keep})
	r.KeepMedia(keep)
	for i := range 200 {
		if err := r.Next(new(Message)); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
	}
}
