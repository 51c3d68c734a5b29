package faultlink

import (
	"io"
	"net"
	"testing"
	"time"

	"hookproof/internal/tcpproxy"
)

// TestNobodyThere passes on to a port that nobody listens at.
func TestNobodyThere(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan Passage, 1)
	l, err := Start(t.Context(), Options{Upstream: ln.Addr().String(), Observe: func(p Passage) { over <- p }})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Stop()
	ln.Close()
	c, err := tcpproxy.Dial(t.Context(), l.Addr(), nil)
	if err == nil { // the reset may come before or after
		_, err = io.ReadAll(c)
		c.Close()
	}
	if !tcpproxy.WasReset(err) {
		t.Errorf("got %v, want a reset", err)
	}
	if p := <-over; !p.Refused || p.UpStruck || p.DownStruck || p.N != 1 || l.Stats().Refused != 1 {
		t.Errorf("%+v, %+v", p, l.Stats())
	}
}

// TestKeepSource shows the far side where the connection came from.
func TestKeepSource(t *testing.T) {
	from := make(chan string, 1)
	far, err := tcpproxy.Listen(t.Context(), func(_ *tcpproxy.Front, c *net.TCPConn) {
		from <- c.RemoteAddr().(*net.TCPAddr).IP.String()
	})
	if err != nil {
		t.Fatal(err)
	}
	defer far.Stop()
	l, err := Start(t.Context(), Options{Upstream: far.Addr(), KeepSource: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Stop()
	c, err := tcpproxy.Dial(t.Context(), l.Addr(), net.IPv4(127, 9, 8, 7))
	if err != nil {
		t.Skip("this system has one loopback address only:", err)
	}
	defer c.Close()
	if got := <-from; got != "127.9.8.7" {
		t.Errorf("came from %s", got)
	}
}

// TestStop ends a connection in the midst of what it suffers.
func TestStop(t *testing.T) {
	for name, f := range map[string]Fault{
		"stall":     Stalled{For: time.Hour},
		"delay":     Delayed{Latency: time.Hour},
		"bandwidth": Narrow{Rate: 1},
		"slices":    Sliced{Size: 1, Pause: time.Hour},
		"FIN":       HalfClosed{Wait: time.Hour},
		"none":      nil,
	} {
		t.Run(name, func(t *testing.T) {
			c := through(t, Plan{Up: f})
			if _, err := c.near.Write(text); err != nil {
				t.Fatal(err)
			}
			c.link.Stop()
			if p := <-c.over; p.Plan.Up != f {
				t.Errorf("%+v", p)
			}
			if s := c.link.Stats(); s.Open != 0 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// TestOtherEndGoes wakes a direction that waits when the connection is over.
func TestOtherEndGoes(t *testing.T) {
	c := through(t, Plan{Up: Stalled{For: time.Hour}})
	if _, err := c.near.Write(text); err != nil {
		t.Fatal(err)
	}
	tcpproxy.Reset(c.far)
	if _, err := io.ReadAll(c.near); !tcpproxy.WasReset(err) {
		t.Errorf("got %v", err)
	}
	<-c.over
}

func TestMix(t *testing.T) {
	m := &Mix{
		Seed: 1, UpBytes: 700, DownBytes: 80, Latency: 50 * time.Millisecond, Jitter: 20 * time.Millisecond,
		Rate: 1000, Size: 100, Stall: time.Second, Late: 100 * time.Millisecond,
		PerMille: map[Kind]int{Delay: 100, Bandwidth: 50, Slice: 50, Stall: 100, Reset: 150, HalfClose: 150},
	}
	const n = 20000
	var seen [kindCount]int
	ups := 0
	for i := range uint64(n) {
		p := m.Plan(i)
		if again := m.Plan(i); again != p {
			t.Fatalf("plan %d: %v, then %v", i, p, again)
		}
		k := p.Kind()
		seen[k]++
		if k.Cuts() && p.Up != nil {
			ups++
		}
		if f, ok := p.Down.(Broken); ok && f.After > m.DownBytes {
			t.Errorf("%v", p)
		}
		if f, ok := p.Up.(Stalled); ok && (f.For < m.Stall/10 || f.For > m.Stall || f.After > m.UpBytes) {
			t.Errorf("%v", p)
		}
	}
	for k, want := range m.PerMille {
		if got := seen[k] * 1000 / n; got < want*8/10 || got > want*12/10 {
			t.Errorf("%s: %d of 1,000, want %d", k, got, want)
		}
	}
	if cuts := seen[Reset] + seen[HalfClose]; ups < cuts*4/10 || ups > cuts*6/10 {
		t.Errorf("%d of %d go up", ups, cuts)
	}
	other := *m
	other.Seed = 2
	same := 0
	for i := range uint64(1000) {
		if m.Plan(i) == other.Plan(i) {
			same++
		}
	}
	if same > 500 {
		t.Errorf("another seed gives %d of 1,000 plans again", same)
	}
}
