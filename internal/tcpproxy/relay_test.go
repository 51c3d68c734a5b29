package tcpproxy

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is the deadline of whatever must come.
const patience = 10 * time.Second

// listen opens a front that ends with the test.
func listen(t *testing.T, serve func(*Front, *net.TCPConn)) *Front {
	t.Helper()
	f, err := Listen(t.Context(), serve)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Stop)
	return f
}

// dial connects with a deadline.
func dial(t *testing.T, addr string) *net.TCPConn {
	t.Helper()
	c, err := Dial(t.Context(), addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestEndsPass sends through a proxy and ends in both ways.
func TestEndsPass(t *testing.T) {
	for _, row := range []struct {
		name  string
		end   func(*net.TCPConn)
		reset bool
	}{
		{"FIN", func(c *net.TCPConn) { c.CloseWrite() }, false},
		{"RST", Reset, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			type result struct {
				text string
				err  error
			}
			got := make(chan result, 1)
			far := listen(t, func(_ *Front, c *net.TCPConn) {
				b, err := io.ReadAll(c)
				got <- result{string(b), err}
			})
			near := listen(t, func(f *Front, c *net.TCPConn) {
				up, err := f.Dial(far.Addr(), nil)
				if err != nil {
					t.Error(err)
					return
				}
				defer f.Disown(up)
				f.Go(func() { Copy(c, up) })
				Copy(up, c)
			})
			c := dial(t, near.Addr())
			const text = "some bytes"
			if _, err := io.WriteString(c, text); err != nil {
				t.Fatal(err)
			}
			row.end(c)
			g := <-got
			if WasReset(g.err) != row.reset || !row.reset && (g.text != text || g.err != nil) {
				t.Errorf("got %q, %v", g.text, g.err)
			}
		})
	}
}

// TestFrom dials from another loopback address.
func TestFrom(t *testing.T) {
	from := make(chan string, 1)
	f := listen(t, func(_ *Front, c *net.TCPConn) { from <- c.RemoteAddr().String() })
	c, err := Dial(t.Context(), f.Addr(), net.IPv4(127, 1, 2, 3))
	if err != nil {
		t.Skip("this system has one loopback address only:", err)
	}
	defer c.Close()
	if got := <-from; !strings.HasPrefix(got, "127.1.2.3:") {
		t.Errorf("came from %s", got)
	}
}

// TestStop ends connections that say nothing, and takes no more.
func TestStop(t *testing.T) {
	served := make(chan struct{}, 1)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	f, err := Listen(ctx, func(f *Front, c *net.TCPConn) {
		served <- struct{}{}
		_, err := c.Read(make([]byte, 1))
		if err == nil {
			t.Error("something came")
		}
		<-f.Context().Done()
	})
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, f.Addr())
	<-served
	f.Stop()
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("the connection goes on")
	}
	if c, err := f.Dial(f.Addr(), nil); err == nil {
		c.Close()
		t.Error("a front that was stopped dials")
	}
}
