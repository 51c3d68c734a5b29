package server

import (
	"bytes"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/rtmp/flv"
)

// What a connection takes in parts arrives whole and in order, and the answer to a command among it.
func TestWritesInParts(t *testing.T) {
	f := start(t, hook.SRS6)
	publisher := f.publisher("cam", flash)
	const n = 15 // more than the system holds for one connection
	var blobs [][]byte
	for i := range n {
		blobs = append(blobs, append([]byte{0x17, 1, 0, 0, 0}, bytes.Repeat([]byte{byte(i + 1)}, 1<<20)...))
	}
	var whole atomic.Int64
	slow := f.player("cam", func(o *client.Options) {
		o.Observe = func(ev client.Event) {
			if ev.Kind == client.Media && whole.Load() < n && bytes.Equal(ev.Payload, blobs[whole.Load()]) {
				whole.Add(1)
			}
		}
	})
	good := f.player("cam")
	slow.StallReading(true)
	for i, b := range blobs {
		f.must(publisher.WriteMedia(flv.Tag{Type: message.TypeIDVideoMessage, Timestamp: uint32(i), Data: b}))
	}
	f.frames(good, n)
	if got := whole.Load(); got == n {
		t.Error("the connection took everything at once")
	}
	var asking sync.WaitGroup
	asking.Go(func() {
		if _, err := slow.CreateStream(f.ctx); err != nil {
			t.Errorf("a command meanwhile: %v", err)
		}
	})
	slow.StallReading(false)
	f.frames(slow, n)
	asking.Wait()
	f.eventually("every frame whole and in order", func() bool { return whole.Load() == n })
}
