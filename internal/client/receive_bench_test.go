package client

import (
	"testing"
	"time"

	"hookproof/internal/rtmp/chunk"
)

// BenchmarkReceive measures what one received frame costs a quiet player, the
// system's share included.
func BenchmarkReceive(b *testing.B) {
	b.Run("whole", func(b *testing.B) {
		benchReceive(b, Options{}, func(c *Client) uint64 { return c.Counters().VideoFrames })
	})
	b.Run("heads only", func(b *testing.B) {
		var frames uint64
		benchReceive(b, Options{OnFrame: func(f Frame) { frames++ }}, func(*Client) uint64 { return frames })
	})
}

func benchReceive(b *testing.B, o Options, frames func(*Client) uint64) {
	video := chunk.Message{ChunkStream: 6, Type: 9, Stream: 1, Payload: append([]byte{0x27, 1, 0, 0, 0},
		make([]byte, 1000)...)}
	const batch = 50
	var wire []byte
	for range batch {
		wire = chunk.AppendMessage(wire, &video, 60000)
	}
	wire = append([]byte{2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0xea, 0x60}, wire...)
	start := make(chan int)
	url := serve(b, func(p *peer) {
		n := <-start
		p.conn.SetDeadline(time.Time{})
		for sent := 0; sent < n; sent += batch {
			if _, err := p.conn.Write(wire); err != nil {
				return
			}
		}
	})
	b.ReportAllocs()
	o.URL, o.Quiet = url, true
	c := dialTest(b, o)
	b.ResetTimer()
	start <- b.N
	<-c.Done()
	b.StopTimer()
	if got := frames(c); got < uint64(b.N) {
		b.Errorf("%d of %d frames were received", got, b.N)
	}
}
