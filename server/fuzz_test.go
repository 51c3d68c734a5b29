package server

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

// FuzzClientBytes feeds whole sessions whatever a client may send, after a handshake or a connect, with hooks off
// and on. Each session must end soon after its client has, cost little, tell the hooks nothing but payloads of the
// profile, and never panic. Like all that runs in several goroutines it is best fuzzed with -fuzzminimizetime=10x.
func FuzzClientBytes(f *testing.F) {
	var trouble atomic.Pointer[string]
	hooks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if _, err := hook.SRS6.Decode(body); err != nil {
			what := "hook payload " + string(body) + ": " + err.Error()
			trouble.Store(&what)
		}
		io.WriteString(w, "0")
	}))
	f.Cleanup(hooks.Close)
	var servers [2]*Server
	for i := range servers {
		cfg := DefaultConfig()
		cfg.Listen = []string{"127.0.0.1:0"}
		v := &cfg.VHosts[0]
		v.Hooks.Enabled, v.Hooks.Profile = i == 1, "srs6"
		for _, e := range hook.Events {
			v.Hooks.URLs[e] = []string{hooks.URL}
		}
		s, err := New(cfg, Options{Logger: slog.New(&onlyErrors{&trouble})})
		if err == nil {
			err = s.Start()
		}
		if err != nil {
			f.Fatal(err)
		}
		f.Cleanup(func() { s.Close() })
		servers[i] = s
	}
	for _, seed := range clientBytes() {
		for _, mode := range []byte{0, 1, 2, 3} {
			f.Add(mode, seed)
		}
	}
	shaken := append(bytes.Clone(c0c1), make([]byte, 1536)...)
	connected := append(bytes.Clone(shaken), bytesOf(chunk.DefaultSize, connectMessage())...)
	f.Fuzz(func(t *testing.T, mode byte, b []byte) {
		if len(b) > 64<<10 {
			t.Skip()
		}
		begin := shaken
		if mode&2 != 0 {
			begin = connected
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		converse(t, servers[mode&1].Addr().String(), begin, b)
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 64<<20 {
			t.Errorf("%d bytes cost %d bytes of allocations", len(b), got)
		}
		if what := trouble.Swap(nil); what != nil {
			t.Error(*what)
		}
	})
}

// converse sends all that a client has to say, and reads until the server ends the connection.
func converse(t *testing.T, addr string, parts ...[]byte) {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(patienceOfTests))
	sent := make(chan struct{})
	go func() { // the server may answer before it has read all
		defer close(sent)
		(*net.Buffers)(&parts).WriteTo(nc) // it may end the connection in between
		nc.(*net.TCPConn).CloseWrite()
	}()
	_, err = io.Copy(io.Discard, nc)
	if e, ok := err.(net.Error); ok && e.Timeout() {
		t.Error("the session does not end")
	}
	nc.Close()
	<-sent
}

// onlyErrors is a log that keeps an error: a session that panicked, say.
type onlyErrors struct{ kept *atomic.Pointer[string] }

func (h *onlyErrors) Enabled(context.Context, slog.Level) bool { return true }
func (h *onlyErrors) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h *onlyErrors) WithGroup(string) slog.Handler            { return h }

func (h *onlyErrors) Handle(_ context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError {
		what := r.Message
		r.Attrs(func(a slog.Attr) bool { what += " " + a.String(); return true })
		h.kept.Store(&what)
	}
	return nil
}

// clientBytes are whole conversations of clients after the handshake, and hostile ones.
func clientBytes() (seeds [][]byte) {
	add := func(size int, all ...chunk.Message) { seeds = append(seeds, bytesOf(size, all...)) }
	connect, create := connectMessage(), call(0, "createStream", 2)
	publish, play := call(1, "publish", 4, "cam?token=x", "live"), call(1, "play", 4, "cam")
	video := chunk.Message{ChunkStream: 6, Type: 9, Stream: 1, Payload: client.Clip()[3].Data}
	meta, _ := command.Data(5, 1, "@setDataFrame", "onMetaData", map[string]any{"width": 1.0})
	add(128, connect, call(0, "releaseStream", 2, "cam"), call(0, "FCPublish", 3, "cam"), create, publish, meta, video,
		call(0, "FCUnpublish", 5, "cam"), call(0, "deleteStream", 0, 1.0))
	add(128, connect, create, play, call(1, "pause", 0, true, 0.0), call(1, "pause", 0, false, 0.0), play,
		call(1, "closeStream", 0))
	add(128, create, publish, publish, video, call(1, "closeStream", 0), publish, call(1, "publish", 0, false))
	add(128, connect, connect)
	for _, k := range hostileBytes() {
		seeds = append(seeds, k.bytes[:min(len(k.bytes), 32<<10)])
	}
	return seeds
}
