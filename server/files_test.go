package server

import (
	"sync"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/client"
)

// Half-open clients that take all files leave enough of them for the hooks of those who were let in.
func TestHooksHaveAReserveOfFiles(t *testing.T) {
	h := newHookServer(t, hook.SRS6)
	t.Setenv(filesVariable, "64")
	k := startChild(t, func(c *Config) {
		c.Timeouts.Connect = 10 * time.Minute // nobody makes room by himself
		c.VHosts = []VHost{h.vhost(DefaultVHost)}
	})
	f := &fixture{t: t, hooks: h, ctx: t.Context()}
	const publishers = 12
	var all []*client.Client
	for range publishers {
		c, err := client.Dial(t.Context(), k.options())
		f.must(err)
		t.Cleanup(func() { c.Close() })
		f.must(c.Connect(t.Context()))
		f.must(c.Publish(t.Context(), "cam"+string(rune('a'+len(all))), ""))
		all = append(all, c)
	}
	flood := k.floods(t)
	for _, c := range all {
		<-flood // further half-open clients have come, so that there are never files to spare
		c.Close()
	}
	h.await("the closing events of all publishers", func(all []seen) bool {
		return count(all, onUnpublish) == publishers && count(all, onClose) >= publishers
	})
}

// floods makes half-open clients, one after the other, until the test is over; it tells of every 64th.
func (k *child) floods(t *testing.T) <-chan struct{} {
	told, stop := make(chan struct{}), make(chan struct{})
	var g sync.WaitGroup
	t.Cleanup(func() { close(stop); g.Wait() })
	g.Go(func() {
		pause := time.NewTicker(2 * time.Millisecond)
		defer pause.Stop()
		for n := 1; ; n++ {
			c, err := dialRaw(t, k.addr, "")
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			select {
			case <-pause.C:
			case <-stop:
				return
			}
			if n%64 == 0 {
				select {
				case told <- struct{}{}:
				case <-stop:
					return
				}
			}
		}
	})
	return told
}
