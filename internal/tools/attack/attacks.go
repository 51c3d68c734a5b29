package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/client"
	"hookproof/internal/rtmp/amf"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

// An attack goes on until its context ends, and counts what it does.
type attack struct {
	name, unit string
	run        func(context.Context, *force)
}

// force is who attacks.
type force struct {
	*target
	n atomic.Int64
}

var attacks = []attack{
	{"none", "", func(context.Context, *force) {}},
	{"half-open", "connections", halfOpen},
	{"slowloris", "bytes", slowloris},
	{"connect flood", "connections", connectFlood},
	{"never-reading players", "players", deafPlayers},
	{"wide metadata", "messages", wideMetadata},
	{"chunk size 1", "messages", tinyChunks},
	{"pings", "pings", pings},
	{"black-hole hooks", "clients", blackHole},
	{"kick-off storm", "kicks", kickStorm},
	{"reload storm", "reloads", reloadStorm},
}

// every does something again and again, in so many goroutines, each with a pause between.
func (f *force) every(ctx context.Context, workers int, pause time.Duration, do func()) {
	var g sync.WaitGroup
	for range workers {
		g.Go(func() {
			tick := time.NewTicker(pause)
			defer tick.Stop()
			for ctx.Err() == nil {
				do()
				select {
				case <-tick.C:
				case <-ctx.Done():
				}
			}
		})
	}
	g.Wait()
}

// held are connections that stay open until the attack is over.
type held struct {
	mu  sync.Mutex
	all []func() // end one each
}

func (h *held) add(end func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, end)
}

func (h *held) close() {
	for _, end := range h.all {
		end()
	}
}

func (f *force) dial(ctx context.Context) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp", f.addr)
}

func halfOpen(ctx context.Context, f *force) {
	var h held
	defer h.close()
	f.every(ctx, 4, 10*time.Millisecond, func() {
		if c, err := f.dial(ctx); err == nil {
			h.add(func() { c.Close() })
			f.n.Add(1)
		}
	})
}

// slowloris sends the handshake a byte at a time on many connections.
func slowloris(ctx context.Context, f *force) {
	hello := client.HandshakeBytes()
	f.every(ctx, 500, time.Millisecond, func() {
		c, err := f.dial(ctx)
		if err != nil {
			return
		}
		defer c.Close()
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for i := range hello {
			if _, err := c.Write(hello[i : i+1]); err != nil {
				return
			}
			f.n.Add(1)
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	})
}

func connectFlood(ctx context.Context, f *force) {
	f.every(ctx, 4, time.Millisecond, func() {
		if c, err := f.dial(ctx); err == nil {
			c.Close()
			f.n.Add(1)
		}
	})
}

// enter connects, and publishes where a name is given.
func (f *force) enter(ctx context.Context, o client.Options, name string) (*client.Client, error) {
	o.Quiet = true
	if o.URL == "" {
		o.URL = "rtmp://" + f.addr + "/live"
	}
	c, err := client.Dial(ctx, o)
	if err != nil {
		return nil, err
	}
	if err = c.Connect(ctx); err == nil && name != "" {
		err = c.Publish(ctx, name, "")
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// deafPlayers join a stream of large keyframes and read nothing of it.
func deafPlayers(ctx context.Context, f *force) {
	fat, err := f.enter(ctx, client.Options{}, "fat")
	if err != nil {
		return
	}
	defer fat.Close()
	var h held
	defer h.close()
	var g sync.WaitGroup
	defer g.Wait()
	keyframe := chunk.Message{ChunkStream: command.VideoChunks, Type: message.TypeIDVideoMessage,
		Stream: fat.Stream(), Payload: make([]byte, 4<<20)}
	copy(keyframe.Payload, []byte{0x17, 1, 0, 0, 0})
	g.Go(func() { f.every(ctx, 1, 250*time.Millisecond, func() { fat.SendMessage(&keyframe) }) })
	f.every(ctx, 4, 200*time.Millisecond, func() {
		c, err := f.enter(ctx, client.Options{ReceiveBuffer: 4 << 10}, "")
		if err != nil {
			return
		}
		h.add(c.Vanish)
		if c.Play(ctx, "fat") == nil {
			c.StallReading(true)
			f.n.Add(1)
		}
	})
}

// flood sends a message again and again, on publishers that come back when they are cut off.
func (f *force) flood(ctx context.Context, workers int, pause time.Duration, o client.Options, m chunk.Message) {
	var n atomic.Int64
	f.every(ctx, workers, 100*time.Millisecond, func() {
		c, err := f.enter(ctx, o, fmt.Sprint("flood", n.Add(1)))
		if err != nil {
			return
		}
		defer c.Close()
		m := m
		m.Stream = c.Stream()
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for ctx.Err() == nil && c.SendMessage(&m) == nil {
			f.n.Add(1)
			<-tick.C
		}
	})
}

func wideMetadata(ctx context.Context, f *force) {
	var wide amf.Object
	for n := range 30_000 {
		wide = append(wide, amf.Property{Key: fmt.Sprint("k", n), Value: true})
	}
	m, err := command.Data(command.DataChunks, 1, "@setDataFrame", "onMetaData", wide)
	if err == nil {
		f.flood(ctx, 4, 50*time.Millisecond, client.Options{}, m)
	}
}

func tinyChunks(ctx context.Context, f *force) {
	m := chunk.Message{ChunkStream: command.VideoChunks, Type: message.TypeIDVideoMessage,
		Payload: make([]byte, 10<<10)}
	copy(m.Payload, []byte{0x27, 1, 0, 0, 0})
	f.flood(ctx, 4, 5*time.Millisecond, client.Options{ChunkSize: 1}, m)
}

func pings(ctx context.Context, f *force) {
	ping := command.UserControl{Event: command.PingRequest, Value: 1}.Message()
	f.flood(ctx, 4, 100*time.Microsecond, client.Options{}, ping)
}

// blackHole has clients wait for a hook server that never answers.
func blackHole(ctx context.Context, f *force) {
	var n atomic.Int64
	f.every(ctx, 300, 100*time.Millisecond, func() {
		o := client.Options{TCURL: "rtmp://hole.test/live", Timeout: time.Minute}
		if c, err := f.enter(ctx, o, fmt.Sprint("hole", n.Add(1))); err == nil {
			c.Close()
		}
		f.n.Add(1)
	})
}

// kickStorm disconnects, over the API, publishers as they come.
func kickStorm(ctx context.Context, f *force) {
	var n atomic.Int64
	f.every(ctx, 4, 10*time.Millisecond, func() {
		name := fmt.Sprint("kicked", n.Add(1))
		c, err := f.enter(ctx, client.Options{}, name)
		if err != nil {
			return
		}
		defer c.Close()
		id, _ := f.ids.LoadAndDelete(name) // its on_publish was answered before it was let in
		r, err := http.NewRequestWithContext(ctx, http.MethodDelete, fmt.Sprintf("http://%s/api/v1/clients/%s", f.api,
			id), nil)
		if err != nil {
			return
		}
		if answer, err := http.DefaultClient.Do(r); err == nil {
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
			f.n.Add(1)
		}
	})
}

func reloadStorm(ctx context.Context, f *force) {
	f.every(ctx, 1, 10*time.Millisecond, func() {
		if f.reload() == nil {
			f.n.Add(1)
		}
	})
}
