package chunk

import (
	"fmt"
	"io"
	"testing"
)

// endless repeats a piece of a chunk stream.
type endless struct {
	b   []byte
	pos int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.b[e.pos:])
	e.pos = (e.pos + n) % len(e.b)
	return n, nil
}

func BenchmarkReader(b *testing.B) {
	for _, size := range []int{100, 1700, 20000} {
		for _, chunkSize := range []int{128, 4096, 60000} {
			b.Run(fmt.Sprintf("message=%d/chunk=%d", size, chunkSize), func(b *testing.B) {
				m := Message{ChunkStream: 6, Type: video, Stream: 1, Payload: make([]byte, size)}
				r := NewReader(&endless{b: AppendMessage(nil, &m, chunkSize)}, Limits{})
				r.chunkSize = chunkSize
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					if err := r.Next(&m); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkWriter(b *testing.B) {
	for _, size := range []int{100, 1700, 20000} {
		for _, chunkSize := range []int{128, 4096, 60000} {
			b.Run(fmt.Sprintf("message=%d/chunk=%d", size, chunkSize), func(b *testing.B) {
				m := Message{ChunkStream: 6, Type: video, Stream: 1, Payload: make([]byte, size)}
				w := NewWriter(io.Discard)
				w.SetChunkSize(chunkSize)
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					if err := w.Write(&m); err != nil {
						b.Fatal(err)
					}
					if err := w.Flush(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkHeader is what a fan-out pays per player and message.
func BenchmarkHeader(b *testing.B) {
	m := Message{ChunkStream: 6, Type: video, Stream: 1, Timestamp: 1 << 25, Payload: make([]byte, 1700)}
	buf := make([]byte, 0, maxHeader)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendHeader(buf[:0], &m)
	}
}
