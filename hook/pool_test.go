package hook

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestIdleEnds: idle connections go after their time, without another call.
func TestIdleEnds(t *testing.T) {
	gone := make(chan struct{})
	s := newRawServer(t, func(conn net.Conn, n int) bool {
		says(ok)(conn, n)
		conn.SetReadDeadline(time.Now().Add(patience))
		if _, err := conn.Read(make([]byte, 1)); err == io.EOF {
			close(gone)
		}
		return false
	})
	c := newCaller(t, CallerOptions{IdleTimeout: 10 * time.Millisecond})
	if d := c.Call(t.Context(), []string{s.url("/")}, example(OnPlay)); !d.Accept {
		t.Fatal(d.Reason)
	}
	select {
	case <-gone:
	case <-time.After(patience):
		t.Error("the idle connection is still there")
	}
}

func TestIdleIsBounded(t *testing.T) {
	const calls, most = 20, 4
	gate := make(chan struct{})
	var pending sync.WaitGroup
	pending.Add(calls)
	s := newRawServer(t, func(conn net.Conn, n int) bool {
		pending.Done()
		<-gate
		return says(ok)(conn, n)
	})
	c := newCaller(t, CallerOptions{MaxIdle: most, IdleTimeout: patience})
	var wg sync.WaitGroup
	for range calls {
		wg.Go(func() {
			if d := c.Call(t.Context(), []string{s.url("/")}, example(OnPlay)); !d.Accept {
				t.Error(d.Reason)
			}
		})
	}
	pending.Wait()
	close(gate)
	wg.Wait()
	pooled(t, c)
	if n := len(c.wires); n != most {
		t.Errorf("%d connections stay after %d calls at once, want %d", n, calls, most)
	}
}

// TestClose: pending calls end at once, refused with ErrClosed; later ones too.
func TestClose(t *testing.T) {
	arrived := make(chan struct{})
	s := newRawServer(t, func(conn net.Conn, n int) bool {
		close(arrived)
		return says("")(conn, n)
	})
	c := newCaller(t, CallerOptions{})
	done := make(chan Decision)
	go func() { done <- c.Call(t.Context(), []string{s.url("/")}, example(OnPlay)) }()
	<-arrived
	c.Close()
	c.Close()
	for range 2 {
		select {
		case d := <-done:
			if d.Accept || !strings.Contains(d.Reason, ErrClosed.Error()) {
				t.Errorf("%+v, want refused with %q", d, ErrClosed)
			}
		case <-time.After(patience):
			t.Fatal("the call still waits")
		}
		go func() { done <- c.Call(t.Context(), []string{s.url("/")}, example(OnPlay)) }()
	}
	<-done
	if len(c.wires) != 0 {
		t.Errorf("%d connections left", len(c.wires))
	}
}
