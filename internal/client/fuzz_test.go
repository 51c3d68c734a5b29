package client

import (
	"io"
	"net"
	"runtime"
	"testing"
	"time"

	"hookproof/internal/rtmp/amf"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
	"hookproof/internal/rtmp/handshake"
)

// FuzzServerBytes feeds a client whatever a server may send. It must end soon
// after the server has, keep little, and never panic. Two goroutines make
// coverage vary, so fuzz with -fuzzminimizetime=1x, or minimizing takes all the
// time.
func FuzzServerBytes(f *testing.F) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	sends := make(chan []byte)
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			conn.SetDeadline(time.Now().Add(patience))
			if _, err := handshake.Server(conn, handshake.Options{}); err == nil {
				conn.Write(<-sends)
				conn.(*net.TCPConn).CloseWrite()
				io.Copy(io.Discard, conn)
			}
			conn.Close()
		}
	}()
	f.Cleanup(func() { ln.Close(); <-served })

	for _, seed := range serverBytes(f) {
		f.Add(seed)
	}
	url := "rtmp://" + ln.Addr().String() + "/live"
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 64<<10 {
			t.Skip()
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		c, err := Dial(t.Context(), Options{URL: url, Timeout: patience, Linger: -1})
		if err != nil {
			t.Fatal(err)
		}
		sends <- b
		if err := c.Connect(t.Context()); err == nil {
			if err := c.Play(t.Context(), "s"); err == nil {
				_ = c.WriteMedia(Clip()[:5]...) // whether it still can is not the question
			}
		}
		over(t, c)
		c.Close()
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 64<<20 {
			t.Errorf("%d bytes cost %d bytes of allocations", len(b), got)
		}
		evs := c.Events()
		if last := evs[len(evs)-1]; last.Kind != Disconnected || last.How == Timeout || last.How == Local {
			t.Errorf("ended by %q (%v)", last.How, last.Err)
		}
	})
}

// serverBytes are whole conversations of servers, and hostile ones.
func serverBytes(f *testing.F) [][]byte {
	join := func(size int, ms ...chunk.Message) []byte {
		var b []byte
		for i := range ms {
			b = chunk.AppendMessage(b, &ms[i], size)
		}
		return b
	}
	of := func(stream uint32, c *command.Command) chunk.Message {
		m, err := c.Message(3, stream)
		if err != nil {
			f.Fatal(err)
		}
		return m
	}
	status := func(s command.Status) chunk.Message {
		m, err := command.OnStatus(1, s)
		if err != nil {
			f.Fatal(err)
		}
		return m
	}
	accept := of(0, command.Result(1, amf.Object{}, command.ConnectSuccess.Object()))
	create := of(0, command.Result(2, nil, 1.0))
	ping := command.UserControl{Event: command.PingRequest, Value: 1}.Message()
	video := chunk.Message{ChunkStream: 6, Type: 9, Stream: 1, Timestamp: 1 << 30, Payload: Clip()[3].Data}
	seeds := [][]byte{
		nil,
		join(128, command.WindowAckSize(10), command.SetPeerBandwidth(10, 2), accept, create,
			status(command.PlayStart), video, video),
		join(128, command.SetChunkSize(1<<20), accept)[:30],
		append(join(128, command.SetChunkSize(1<<20)), join(1<<20, accept, create, status(command.PlayFailed))...),
		join(128, of(0, command.Error(1, nil, command.ConnectRejected.Object()))),
		join(128, ping, ping, ping, accept, of(0, command.Result(2, nil, -1.0))),
		join(128, chunk.Message{ChunkStream: 3, Type: 20, Payload: []byte{2, 0, 1, 'x', 10, 0xff, 0xff, 0xff, 0xff}}),
		join(128, chunk.Message{ChunkStream: 3, Type: 22, Payload: []byte{8, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,
			12}}),
		{3, 0, 0, 0, 0xff, 0xff, 0xff, 9, 1, 0, 0, 0, 1, 2, 3},
		[]byte("HTTP/1.1 200 OK\r\n\r\n"),
	}
	for _, k := range hostileServers() {
		seeds = append(seeds, k.bytes[:min(len(k.bytes), 32<<10)])
	}
	return seeds
}
