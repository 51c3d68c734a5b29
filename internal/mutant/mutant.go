package mutant

import (
	"context"
	"errors"
	"net"
	"path"
	"slices"

	"hookproof/hook"
	"hookproof/internal/tcpproxy"
)

// A Mutant is one row of Table.
type Mutant struct {
	Name   string // unique; lower case, words joined by hyphens
	Defect string // what the server does wrong, one sentence
	// Profiles are the profiles in which the defect can be seen; none: both.
	Profiles []*hook.Profile
	// Expected are the requirements that must fail.
	Expected []string
	// May are those that can fail along with them: ids, or patterns as in
	// path.Match ("S-ORD-*").
	May []string
	// Slow says that scenarios that wait long (@slow) are among those that show
	// the defect.
	Slow bool
	// Leak is what each client leaves behind in a server of a scenario's own, in
	// bytes. The proxies have no part in it: who starts the server plants it.
	Leak int

	parts func(*world) parts
}

// parts are what a mutant puts in the place of transparent forwarding; nil
// ones stay transparent.
type parts struct {
	hook  hookDefect
	rtmp  *rtmpDefect
	noTLS bool // https is not spoken
}

// In reports whether the mutant can be seen in a profile.
func (m *Mutant) In(p *hook.Profile) bool {
	return len(m.Profiles) == 0 || slices.Contains(m.Profiles, p)
}

// Allows reports whether a requirement may fail on the mutant: one that must,
// or one that can along with it.
func (m *Mutant) Allows(id string) bool {
	return slices.Contains(m.Expected, id) || slices.ContainsFunc(m.May, func(pattern string) bool {
		ok, _ := path.Match(pattern, id) // a test checks the patterns
		return ok
	})
}

// Unmutated is no defect at all: the proxies alone.
var Unmutated = Mutant{Name: "none", Defect: "none: the proxies alone", parts: func(*world) parts { return parts{} }}

// Upstream says where the parties listen: the server under test, and the
// endpoints that its hooks are meant for. host:port each; an empty one gets no
// front.
type Upstream struct {
	RTMP, Main, Stoppable, TLS string
	Profile                    *hook.Profile
}

// Front is where they are to find each other instead: clients dial RTMP, and
// the server's hooks are configured to the others.
type Front struct{ RTMP, Main, Stoppable, TLS string }

// Start starts the mutant's proxies. They run until stop is called, which
// waits for everything to end; ctx ends what they wait for, not the proxies.
func (m *Mutant) Start(ctx context.Context, up Upstream) (at Front, stop func(), err error) {
	if up.Profile == nil {
		return at, nil, errors.New("mutant: no profile given")
	}
	ctx, cancel := context.WithCancel(ctx)
	w := newWorld(ctx, up)
	p := m.parts(w)
	if p.hook == nil {
		p.hook = transparent
	}
	if p.rtmp == nil {
		p.rtmp = &rtmpDefect{}
	}
	var fronts []*tcpproxy.Front
	stop = func() {
		cancel()
		for _, f := range fronts {
			f.Stop()
		}
	}
	for _, l := range []struct {
		upstream string
		at       *string
		serve    func(*tcpproxy.Front, *net.TCPConn)
	}{
		{up.RTMP, &at.RTMP, serveRTMP(w, up.RTMP, p.rtmp)},
		{up.Main, &at.Main, serveHooks(w, up.Main, p.hook)},
		{up.Stoppable, &at.Stoppable, serveHooks(w, up.Stoppable, p.hook)},
		{up.TLS, &at.TLS, serveTLS(up.TLS, p.noTLS)},
	} {
		if l.upstream == "" {
			continue
		}
		f, err := tcpproxy.Listen(ctx, l.serve)
		if err != nil {
			stop()
			return Front{}, nil, err
		}
		fronts = append(fronts, f)
		*l.at = f.Addr()
	}
	return at, stop, nil
}

// serveTLS forwards a connection unseen, or, where https is not spoken, ends it.
func serveTLS(upstream string, refuse bool) func(*tcpproxy.Front, *net.TCPConn) {
	return func(f *tcpproxy.Front, c *net.TCPConn) {
		if refuse {
			return
		}
		up, err := f.Dial(upstream, nil)
		if err != nil {
			tcpproxy.Reset(c)
			return
		}
		defer f.Disown(up)
		back := make(chan struct{})
		go func() {
			defer close(back)
			tcpproxy.Copy(c, up)
		}()
		tcpproxy.Copy(up, c)
		<-back
	}
}
