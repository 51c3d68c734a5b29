package server

import (
	"fmt"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/rtmp/chunk"
)

// keyframe is one of so many bytes.
func keyframe(stream uint32, size int) chunk.Message {
	payload := make([]byte, size)
	copy(payload, avcKey)
	return videoMessage(stream, string(payload))
}

// One connection that publishes as many streams as it may holds its share, and not a cache of full size for each.
func TestOneClientHoldsItsShare(t *testing.T) {
	const share, each = 16 << 20, 7 << 20
	f := start(t, hook.SRS6, func(c *Config) { c.Memory.Client = share })
	c := f.connectedRaw()
	before := heldMemory()
	for n := range uint32(16) {
		id := n + 1
		c.send(bytesOf(chunk.DefaultSize, call(0, "createStream", 2), call(id, "publish", 3, fmt.Sprint("cam", n),
			"live")))
		c.command("onStatus")
		c.sendAll(bytesOf(chunk.DefaultSize, videoMessage(id, avcHeader), keyframe(id, each)), c.served)
	}
	if held := f.Stats().Media; held > share {
		t.Errorf("%d bytes of media are held for one client; want at most %d", held, share)
	}
	if after := heldMemory(); after > before+share+8<<20 {
		t.Errorf("the heap grew by %d MB; want the client's share of %d MB", (after-before)>>20, share>>20)
	}
}

// Players that never read do not exhaust the memory for media: those that have waited longest are disconnected, with
// their closing events, and who reads is served on.
func TestDeafPlayersShareTheMemory(t *testing.T) {
	const budget, each, deaf = 48 << 20, 6 << 20, 20
	f := start(t, hook.SRS6, func(c *Config) {
		c.Memory.Media = budget
		c.Timeouts.Ping = 0 // the reader answers none, and a busy machine takes more than 30 s for all this
	})
	c, reader := f.publishingRaw("cam"), f.playingRaw("cam")
	before := heldMemory()
	c.sendAll(bytesOf(chunk.DefaultSize, videoMessage(1, avcHeader)), c.served)
	for n := range deaf {
		f.playingRaw("cam").command("onStatus") // and reads no more
		mark := fmt.Sprint(avcKey, n)
		c.sendAll(bytesOf(chunk.DefaultSize, keyframe(1, each), videoMessage(1, mark)), c.served)
		reader.payloads(mark)
	}
	f.eventually("some players are disconnected", func() bool { return f.Stats().Players < deaf+1 })
	if held := f.Stats().Media; held > budget {
		t.Errorf("%d MB of media are held; want at most %d MB", held>>20, budget>>20)
	}
	if after := heldMemory(); after > before+budget+16<<20 {
		t.Errorf("the heap grew by %d MB; want at most %d MB", (after-before)>>20, budget>>20)
	}
	f.hooks.await("on_stop of the first that waited", func(all []seen) bool { return count(all, onStop) > 0 })
	c.sendAll(bytesOf(chunk.DefaultSize, videoMessage(1, avcKey)), c.served)
	reader.payloads(avcKey)
}

// What media occupied goes back to the system once it is gone, without a client that makes the heap be collected.
func TestIdleMemoryGoesBack(t *testing.T) {
	const publishers, each = 6, 15 << 20
	k := startChild(t)
	idle := k.heap()
	var all []*raw
	for n := range publishers {
		c, err := dialRaw(t, k.addr, "")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := connectRaw(c); err != nil {
			t.Fatal(err)
		}
		c.send(bytesOf(chunk.DefaultSize, call(0, "createStream", 2), call(1, "publish", 3, fmt.Sprint("cam", n),
			"live")))
		c.command("onStatus")
		c.sendAll(bytesOf(chunk.DefaultSize, videoMessage(1, avcHeader), keyframe(1, each)), c.served)
		all = append(all, c)
	}
	if heap := k.heap(); heap < idle+publishers*each/2 {
		t.Fatalf("the server has %d MB: the caches are not there", heap>>20)
	}
	for _, c := range all {
		c.Close()
	}
	k.settle(0)
	look, late := time.NewTicker(20*time.Millisecond), time.After(patienceOfTests)
	defer look.Stop()
	for k.heap() > idle+publishers*each/4 {
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("the server still has %d MB; %d MB when it was idle", k.heap()>>20, idle>>20)
		}
	}
}
