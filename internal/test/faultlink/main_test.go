package faultlink

import (
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/internal/tcpproxy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is the deadline of whatever must come.
const patience = 20 * time.Second

// pair is a connection through a link: its two ends, and what became of it.
type pair struct {
	link      *Link
	near, far *net.TCPConn
	over      chan Passage
}

// through connects through a link with that plan. All ends with the test.
func through(t *testing.T, p Plan) *pair {
	t.Helper()
	c := &pair{over: make(chan Passage, 1)}
	fars := make(chan *net.TCPConn, 1)
	ended := make(chan struct{})
	far, err := tcpproxy.Listen(t.Context(), func(_ *tcpproxy.Front, nc *net.TCPConn) {
		fars <- nc
		<-ended
	})
	if err != nil {
		t.Fatal(err)
	}
	c.link, err = Start(t.Context(), Options{
		Upstream: far.Addr(), Plan: func(int64, net.IP) Plan { return p }, Observe: func(p Passage) { c.over <- p },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		close(ended)
		c.link.Stop()
		far.Stop()
	})
	if c.near, err = tcpproxy.Dial(t.Context(), c.link.Addr(), nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.near.Close() })
	c.far = <-fars
	for _, nc := range []*net.TCPConn{c.near, c.far} {
		if err := nc.SetDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// end closes both ends and returns what became of the connection.
func (c *pair) end() Passage {
	c.near.Close()
	c.far.Close()
	return <-c.over
}

// ways returns the ends of a direction.
func (c *pair) ways(up bool) (from, to *net.TCPConn) {
	if up {
		return c.near, c.far
	}
	return c.far, c.near
}

// one returns a plan with a fault in one direction.
func one(up bool, f Fault) Plan {
	if up {
		return Plan{Up: f}
	}
	return Plan{Down: f}
}

// direct runs a test once for each direction.
func direct(t *testing.T, f func(t *testing.T, up bool)) {
	for name, up := range map[string]bool{"up": true, "down": false} {
		t.Run(name, func(t *testing.T) { f(t, up) })
	}
}
