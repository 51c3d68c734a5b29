package client

import (
	"net"
	"runtime"
	"testing"
	"time"

	"hookproof/internal/rtmp/handshake"
)

// BenchmarkIdleClient measures what a connected client that waits costs in
// this process: memory in bytes and goroutines. The server's ends are open
// sockets without a goroutine.
func BenchmarkIdleClient(b *testing.B) {
	const n = 1000
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	conns := make(chan net.Conn, n)
	accepted := make(chan struct{})
	go func() {
		defer close(accepted)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			conn.SetDeadline(time.Now().Add(patience))
			if _, err := handshake.Server(conn, handshake.Options{}); err != nil {
				b.Error(err)
			}
			conn.SetDeadline(time.Time{})
			conns <- conn
		}
	}()
	for b.Loop() {
		used, goroutines := usage(), runtime.NumGoroutine()
		clients := make([]*Client, n)
		for i := range clients {
			clients[i], err = Dial(b.Context(), Options{URL: "rtmp://" + ln.Addr().String() + "/live", Quiet: true,
				Linger: -1})
			must(b, err)
			must(b, clients[i].SendConnect())
		}
		b.ReportMetric(float64(usage()-used)/n, "B/client")
		b.ReportMetric(float64(runtime.NumGoroutine()-goroutines)/n, "goroutines/client")
		for _, c := range clients {
			c.Close()
			(<-conns).Close()
		}
	}
	ln.Close()
	<-accepted
}

// usage returns the bytes of heap and stacks in use.
func usage() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
