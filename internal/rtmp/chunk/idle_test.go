package chunk_test

import (
	"errors"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/handshake"
)

// TestIdleCost: a connection that shook hands and now says nothing costs a few
// KB, goroutine and its stack included; here that is without the kernel's part.
func TestIdleCost(t *testing.T) {
	const conns, most = 300, 12 << 10 // the race detector needs some of that
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	var clients, servers []net.Conn
	for range conns {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		s, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		clients, servers = append(clients, c), append(servers, s)
	}
	before := memory()
	var ready, done sync.WaitGroup
	for _, s := range servers {
		ready.Add(1)
		done.Go(func() {
			s.SetDeadline(time.Now().Add(time.Minute))
			_, err := handshake.Server(s, handshake.Options{})
			r := chunk.NewReader(s, chunk.ConnectLimits())
			ready.Done()
			for err == nil {
				err = r.Next(new(chunk.Message))
			}
			if !errors.Is(err, net.ErrClosed) {
				t.Errorf("ended with %v", err)
			}
		})
	}
	for _, c := range clients {
		c.SetDeadline(time.Now().Add(time.Minute))
		if _, err := handshake.Client(c, handshake.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	ready.Wait()
	each := (memory() - before) / conns
	t.Logf("%d bytes for each idle connection", each)
	if each > most {
		t.Errorf("%d bytes for each idle connection, want at most %d", each, most)
	}
	for i := range servers {
		servers[i].Close()
		clients[i].Close()
	}
	done.Wait()
}

// memory returns what heap and stacks hold, garbage collected.
func memory() int64 {
	runtime.GC()
	runtime.GC() // the second empties the pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}
