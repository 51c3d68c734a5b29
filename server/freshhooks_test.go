package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"hookproof/hook"
)

// oneRequestServer serves one request on a connection and does not say so: the connection stays open, and nothing
// more is read from it.
type oneRequestServer struct {
	net.Listener
	answered atomic.Int64 // requests
	calls    chan string  // their paths
}

func newOneRequestServer(t *testing.T) *oneRequestServer {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &oneRequestServer{Listener: l, calls: make(chan string, 100)}
	var g sync.WaitGroup
	g.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			g.Go(func() { s.serve(c) })
		}
	})
	t.Cleanup(func() { l.Close(); g.Wait() })
	return s
}

func (s *oneRequestServer) serve(c net.Conn) {
	defer c.Close()
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return
	}
	io.Copy(io.Discard, r.Body)
	s.answered.Add(1)
	s.calls <- r.URL.Path
	fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n0")
	io.Copy(io.Discard, c) // until the caller closes it
}

// A hook server that serves one request on a connection gets every event, as from the server of the profile.
func TestOneRequestOnAConnection(t *testing.T) {
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		s := newOneRequestServer(t)
		f := start(t, p, func(c *Config) {
			for e := range c.VHosts[0].Hooks.URLs {
				c.VHosts[0].Hooks.URLs[e] = []string{"http://" + s.Addr().String() + "/" + e.String()}
			}
		})
		c := f.publisher("cam")
		f.must(c.Close())
		for _, want := range []string{"/on_connect", "/on_publish", "/on_unpublish", "/on_close"} {
			if got := <-s.calls; got != want {
				t.Fatalf("got %s, want %s", got, want)
			}
		}
	})
}

// hook_keepalive sends the calls of many clients over few connections.
func TestHookKeepAlive(t *testing.T) {
	for _, keep := range []bool{false, true} {
		f := start(t, hook.SRS6, func(c *Config) { c.VHosts[0].Hooks.KeepAlive = keep })
		for n := range 4 {
			c := f.publisher(fmt.Sprint("cam", n))
			f.must(c.Close())
			f.hooks.await("on_close", func(all []seen) bool { return count(all, onClose) == n+1 })
		}
		conns := map[string]bool{}
		for _, s := range f.hooks.await("all", func(all []seen) bool { return len(all) == 16 }) {
			conns[s.peer] = true
		}
		if fresh := len(conns) == 16; fresh == keep {
			t.Errorf("keep-alive %v: 16 calls over %d connections", keep, len(conns))
		}
	}
}
