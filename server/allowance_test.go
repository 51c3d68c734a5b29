package server

import (
	"slices"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/rtmp/chunk"
)

func TestAllowance(t *testing.T) {
	var p allowance
	begin := time.Now()
	for _, k := range []struct {
		after time.Duration
		want  bool
	}{
		{0, true}, {0, true}, {0, true}, {0, false}, {900 * time.Millisecond, false},
		{time.Second, true}, {time.Second, false}, {3 * time.Second, true}, {3 * time.Second, true}, {3 * time.Second,
			false},
		{time.Hour, true}, {time.Hour, true}, {time.Hour, true}, {time.Hour, false},
	} {
		if got := p.take(begin.Add(k.after), 3); got != k.want {
			t.Errorf("after %v: %v, want %v", k.after, got, k.want)
		}
	}
}

// A client that publishes and plays again and again is cut off before it floods the hook server.
func TestHookStorm(t *testing.T) {
	const most, times = 5, 1000
	for name, round := range map[string][]chunk.Message{
		"publish and closeStream": {call(1, "publish", 3, "cam", "live"), call(1, "closeStream", 0)},
		"play in place of play":   {call(1, "play", 3, "cam")},
		"a new message stream each time": {call(1, "play", 3, "cam"), call(0, "deleteStream", 0, 1.0),
			call(0, "createStream", 4)},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, hook.SRS6, func(c *Config) { c.Limits.Openings = most })
			c := f.connectedRaw()
			c.send(bytesOf(chunk.DefaultSize, call(0, "createStream", 2)))
			begin := time.Now()
			c.sendAll(slices.Repeat(bytesOf(chunk.DefaultSize, round...), times), c.cut)
			late := int(time.Since(begin).Seconds())
			all := f.hooks.await("on_close", func(all []seen) bool { return count(all, onClose) == 1 })
			if n := count(all, onPublish) + count(all, onPlay); n < most || n > most+late {
				t.Errorf("%d opening events in %d s, want %d: %s", n, late, most, names(all))
			}
			f.checkPairs()
		})
	}
}
