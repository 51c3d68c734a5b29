package rtmpdefect

import (
	"context"
	"errors"
	"net"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/internal/tcpproxy"
)

// proxies make what a row puts between the parties, for a world of its own.
type proxies func(*world) parts

// parts are what a mutant puts in the place of transparent forwarding; nil
// ones stay transparent.
type parts struct {
	hook  hookDefect
	rtmp  *rtmpDefect
	http  *httpDefect
	noTLS bool // https is not spoken
}

// transparently is no defect at all: the proxies alone.
var transparently proxies = func(*world) parts { return parts{} }

// Role is an RTMP server's.
func (proxies) Role() string { return features.RoleServer }

// Open starts the built-in server with the proxies around it.
func (p proxies) Open(ctx context.Context, profile *hook.Profile, scale float64) (scenario.Target, error) {
	return open(ctx, p, rtmptarget.BuiltInOptions{Profile: profile, Scale: scale})
}

// leak is a defect of the server itself: what each client leaves behind in it,
// in bytes. It shows in servers of a scenario's own.
type leak int

// Role is an RTMP server's.
func (leak) Role() string { return features.RoleServer }

// Open starts a server that leaks, with transparent proxies around it.
func (l leak) Open(ctx context.Context, profile *hook.Profile, scale float64) (scenario.Target, error) {
	return open(ctx, transparently, rtmptarget.BuiltInOptions{Profile: profile, Scale: scale, Leak: int(l)})
}

func open(ctx context.Context, p proxies, o rtmptarget.BuiltInOptions) (scenario.Target, error) {
	o.Nonce = "m"
	o.Between = func(l rtmptarget.Links) (rtmptarget.Links, func(), error) {
		at, stop, err := p.start(ctx, Upstream{RTMP: l.RTMP, HTTP: l.HTTP, Main: l.Main, Stoppable: l.Stoppable,
			TLS: l.TLS, Profile: o.Profile})
		hooks := rtmptarget.Addresses{Main: at.Main, Stoppable: at.Stoppable, TLS: at.TLS}
		return rtmptarget.Links{RTMP: at.RTMP, HTTP: at.HTTP, Addresses: hooks}, stop, err
	}
	return rtmptarget.BuiltIn(o)
}

// Upstream says where the parties listen: the server under test, and the
// endpoints that its hooks are meant for. host:port each; an empty one gets no
// front.
type Upstream struct {
	RTMP, HTTP, Main, Stoppable, TLS string
	Profile                          *hook.Profile
}

// Front is where they are to find each other instead: clients dial RTMP and HTTP,
// and the server's hooks are configured to the others.
type Front struct{ RTMP, HTTP, Main, Stoppable, TLS string }

// start starts the proxies. They run until stop is called, which
// waits for everything to end; ctx ends what they wait for, not the proxies.
func (p proxies) start(ctx context.Context, up Upstream) (at Front, stop func(), err error) {
	if up.Profile == nil {
		return at, nil, errors.New("mutant: no profile given")
	}
	ctx, cancel := context.WithCancel(ctx)
	w := newWorld(ctx, up)
	planted := p(w)
	if planted.hook == nil {
		planted.hook = transparent
	}
	if planted.rtmp == nil {
		planted.rtmp = &rtmpDefect{}
	}
	if planted.http == nil {
		planted.http = &httpDefect{}
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
		{up.RTMP, &at.RTMP, serveRTMP(w, up.RTMP, planted.rtmp)},
		{up.HTTP, &at.HTTP, serveHTTP(w, up.HTTP, planted.http)},
		{up.Main, &at.Main, serveHooks(w, up.Main, planted.hook)},
		{up.Stoppable, &at.Stoppable, serveHooks(w, up.Stoppable, planted.hook)},
		{up.TLS, &at.TLS, serveTLS(up.TLS, planted.noTLS)},
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
		if l.at == &at.RTMP {
			w.live(f)
		}
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
