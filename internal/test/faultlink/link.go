package faultlink

import (
	"context"
	"net"
	"sync/atomic"

	"hookproof/internal/tcpproxy"
)

// Options of a Link.
type Options struct {
	// Upstream is the address that connections are passed on to, host:port.
	Upstream string
	// Plan chooses what a connection suffers: the n-th of the link, from 1, that
	// came from that address. nil: nothing.
	Plan func(n int64, from net.IP) Plan
	// KeepSource dials on from the address that the connection came from, so
	// that the far side sees who it is. On Linux all of 127.0.0.0/8 can.
	KeepSource bool
	// Observe is told of every connection that is over, on its goroutine. The
	// connection counts as open until it returns.
	Observe func(Passage)
}

// A Passage is a connection that is over.
type Passage struct {
	N       int64 // of the link, from 1
	From    net.IP
	Plan    Plan
	Refused bool // the far side could not be dialled
	// UpStruck and DownStruck say that a direction's fault did something: a
	// connection may end before it can.
	UpStruck, DownStruck bool
	Up, Down             int64 // bytes given on
}

// Struck reports whether the connection suffered a kind of fault.
func (p *Passage) Struck(k Kind) bool {
	return p.UpStruck && p.Plan.Up.Kind() == k || p.DownStruck && p.Plan.Down.Kind() == k
}

// Stats count a link's connections.
type Stats struct {
	Open    int64 // now
	Taken   int64 // accepted so far
	Refused int64 // of them, those whose far side could not be dialled
	// Struck counts those that are over and suffered a fault, by its kind;
	// UpStruck those where it befell what goes up.
	Struck, UpStruck [kindCount]int64
}

// Sum adds up counts by kind.
func Sum(counts [kindCount]int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}

// A Link is a fault proxy before one address.
type Link struct {
	o     Options
	front *tcpproxy.Front

	open, taken, refused atomic.Int64
	struck, upStruck     [kindCount]atomic.Int64
}

// Start opens a link on a free loopback port. Stop ends it; so does ctx for
// what connections wait for.
func Start(ctx context.Context, o Options) (*Link, error) {
	l := &Link{o: o}
	var err error
	l.front, err = tcpproxy.Listen(ctx, l.serve)
	if err != nil {
		return nil, err
	}
	return l, nil
}

// Addr is where the link listens, host:port.
func (l *Link) Addr() string { return l.front.Addr() }

// Stop closes the link and all its connections, and waits for their end.
func (l *Link) Stop() { l.front.Stop() }

// Stats returns the counts as of now.
func (l *Link) Stats() Stats {
	s := Stats{Open: l.open.Load(), Taken: l.taken.Load(), Refused: l.refused.Load()}
	for k := range kindCount {
		s.Struck[k], s.UpStruck[k] = l.struck[k].Load(), l.upStruck[k].Load()
	}
	return s
}

// serve passes on one connection.
func (l *Link) serve(f *tcpproxy.Front, near *net.TCPConn) {
	l.open.Add(1)
	defer l.open.Add(-1)
	p := Passage{N: l.taken.Add(1), From: near.RemoteAddr().(*net.TCPAddr).IP}
	if l.o.Plan != nil {
		p.Plan = l.o.Plan(p.N, p.From)
	}
	l.pass(f, near, &p)
	if l.o.Observe != nil {
		l.o.Observe(p)
	}
}

func (l *Link) pass(f *tcpproxy.Front, near *net.TCPConn, p *Passage) {
	var source net.IP
	if l.o.KeepSource {
		source = p.From
	}
	far, err := f.Dial(l.o.Upstream, source)
	if err != nil {
		p.Refused = true
		l.refused.Add(1)
		tcpproxy.Reset(near)
		return
	}
	defer f.Disown(far)
	ctx, cancel := context.WithCancel(f.Context())
	defer cancel()
	up := &direction{ctx: ctx, abort: cancel, from: near, to: far, fault: p.Plan.Up}
	down := &direction{ctx: ctx, abort: cancel, from: far, to: near, fault: p.Plan.Down}
	back := make(chan struct{})
	go func() { // ends with the connection
		defer close(back)
		down.run()
	}()
	up.run()
	<-back
	p.Up, p.Down = up.given, down.given
	p.UpStruck, p.DownStruck = up.hit.Load(), down.hit.Load()
	for _, k := range Kinds {
		if p.Struck(k) {
			l.struck[k].Add(1)
		}
	}
	if p.UpStruck {
		l.upStruck[p.Plan.Up.Kind()].Add(1)
	}
}
