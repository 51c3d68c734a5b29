package tcpproxy

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// pair returns both ends of a connection; the second one takes little before it
// is read from.
func pair(t *testing.T) (c, peer *net.TCPConn) {
	t.Helper()
	lc := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		return raw.Control(func(fd uintptr) {
			_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF,
				4<<10)
		})
	}}
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c = dial(t, ln.Addr().String())
	nc, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	if err := nc.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return c, nc.(*net.TCPConn)
}

// TestForget ends connections whose peer has ended its side: it loses nothing
// that the peer has still to read, and leaves nothing behind.
func TestForget(t *testing.T) {
	for _, row := range []struct {
		name  string
		bytes int
		reset bool
	}{
		{"nothing sent", 0, true},
		{"sent and not read", 1000, true},
		{"not all sent", 100_000, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, peer := pair(t)
			want := bytes.Repeat([]byte("x"), row.bytes)
			if _, err := c.Write(want); err != nil {
				t.Fatal(err)
			}
			peer.CloseWrite()
			if _, err := io.Copy(io.Discard, c); err != nil {
				t.Fatal(err)
			}
			Forget(c)
			got, err := io.ReadAll(peer)
			if !bytes.Equal(got, want) || WasReset(err) != row.reset || !row.reset && err != nil {
				t.Errorf("got %d bytes of %d, then %v; want a reset: %v", len(got), len(want), err, row.reset)
			}
			peer.Close()
			if row.reset {
				awaitFree(t, peer.RemoteAddr().(*net.TCPAddr).Port, peer.LocalAddr().(*net.TCPAddr).Port)
			}
		})
	}
}

// awaitFree waits until nothing is left of the connection between two ports:
// for less than the minute that TIME_WAIT lasts.
func awaitFree(t *testing.T, a, b int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		rest := remains(t, a, b)
		if rest == "" {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("left behind: %s", rest)
		}
	}
}

// remains returns the system's line on a socket between two ports; "" when there
// is none.
func remains(t *testing.T, a, b int) string {
	t.Helper()
	all, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		t.Skip(err)
	}
	one, other := fmt.Sprintf(":%04X", a), fmt.Sprintf(":%04X", b)
	for line := range strings.Lines(string(all)) {
		f := strings.Fields(line) // number, local and remote address in hexadecimal
		if strings.HasSuffix(f[1], one) && strings.HasSuffix(f[2], other) || strings.HasSuffix(f[1], other) &&
			strings.HasSuffix(f[2], one) {
			return line
		}
	}
	return ""
}
