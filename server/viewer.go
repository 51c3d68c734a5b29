package server

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"hookproof/hook"
	"hookproof/internal/redact"
	"hookproof/server/internal/stream"
)

// viewer is a client that plays over HTTP: its events are on_play and on_stop.
type viewer struct {
	srv            *Server
	kind           Kind
	number         uint64
	since          time.Time
	ip, addr       string
	tcURL, pageURL string
	target         target
	held           *stream.Stream
	sent           func() uint64 // bytes
	cause          atomic.Pointer[error]
	// ends is how the viewer learns of cause, in no order with what it does.
	ends func()
	// displaced says that its place is somebody else's; under Server.mu.
	displaced bool
}

// newViewer describes who sent a request.
func (s *Server) newViewer(kind Kind, r *http.Request, t target, tcURL string) viewer {
	return viewer{
		srv: s, kind: kind, number: s.ids.next(), since: time.Now(), target: t, tcURL: tcURL,
		ip: s.peer(r), addr: r.RemoteAddr, pageURL: r.Referer(),
	}
}

// peer is the address of the client: that of the connection or, behind a proxy that is believed, what it says.
func (s *Server) peer(r *http.Request) string {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	ip := a.Addr().Unmap().WithZone("")
	proxies := s.current.Load().cfg.HTTP.Proxies
	believed := func(ip netip.Addr) bool {
		for _, p := range proxies {
			if p.Contains(ip) {
				return true
			}
		}
		return false
	}
	// Each proxy appends whom it got the request from, so the last one that is no proxy of ours is the client; what
	// stands before it anybody can have written.
	said := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(said) - 1; i >= 0 && believed(ip); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(said[i]))
		if err != nil {
			break
		}
		ip = next.Unmap().WithZone("")
	}
	return ip.String()
}

// abort ends the viewer. The first cause stays.
func (v *viewer) abort(cause error) {
	if v.cause.CompareAndSwap(nil, &cause) {
		v.ends()
	}
}

// aborted is the cause given to abort, nil before.
func (v *viewer) aborted() error {
	if p := v.cause.Load(); p != nil {
		return *p
	}
	return nil
}

// errFull refuses a viewer for whom there is no place.
var errFull = errors.New("max_connections reached")

// enter gives a viewer a place among max_connections, until leave; the server waits for it at the end.
func (s *Server) enter(v *viewer, m member) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != stateServing {
		return errShutdown
	}
	if !s.room(s.current.Load().cfg.MaxConnections) {
		s.refused.Add(1)
		return errFull
	}
	s.accepted.Add(1)
	s.viewers[v] = m
	s.running.Add(1)
	return nil
}

// leave takes a viewer off the books.
func (s *Server) leave(v *viewer) {
	s.mu.Lock()
	delete(s.viewers, v)
	if v.displaced {
		s.leaving--
	}
	s.closedSent.Add(int64(v.sent()))
	s.mu.Unlock()
	s.running.Done()
}

// ask calls the hooks of on_play. The error is a *hookRefusal, or why the viewer ends anyway.
func (v *viewer) ask() error {
	vhost := v.srv.now(v.target.vhost)
	d := v.srv.hooks.call(vhost, hook.OnPlay, v.payload(vhost))
	if !d.Accept {
		return &hookRefusal{hook.OnPlay, v.srv.reason(d.Reason, v.tcURL, v.target.name+v.target.param)}
	}
	return nil
}

// tellStop calls the hooks of on_stop.
func (v *viewer) tellStop() {
	if vhost := v.srv.now(v.target.vhost); vhost.asks(hook.OnStop) {
		v.srv.hooks.tell(vhost, hook.OnStop, v.payload(vhost))
	}
}

func (v *viewer) payload(vhost *VHost) *hook.Payload {
	return &hook.Payload{
		ClientID: v.srv.ids.clientID(v.number, vhost.profile()), IP: v.ip,
		VHost: vhost.Name, App: v.target.app, Stream: v.target.name, Param: v.target.param,
		TCURL: v.tcURL, PageURL: v.pageURL, StreamURL: v.target.streamURL(), StreamID: v.held.ID(),
		Clients: int64(v.held.Clients()) + 1,
	}
}

// member is who is listed among the clients.
type member interface {
	order() uint64 // in which they came
	hasID(id string) bool
	info() ClientInfo
	kick()
}

func (v *viewer) order() uint64        { return v.number }
func (v *viewer) hasID(id string) bool { return v.srv.ids.means(v.number, id) }
func (v *viewer) kick()                { v.abort(errKicked) }

func (v *viewer) info() ClientInfo {
	return ClientInfo{
		ID: v.srv.ids.clientID(v.number, v.srv.now(v.target.vhost).profile()), IP: v.ip, Addr: v.addr, Kind: v.kind,
		VHost: v.target.vhost.Name, App: v.target.app, Stream: v.target.name, StreamID: v.held.ID(),
		TCURL: v.tcURL, PageURL: v.pageURL, Since: v.since, SentBytes: int64(v.sent()),
	}
}

// log writes one line about the viewer.
func (v *viewer) log(event string, args ...any) {
	v.srv.log.Info(event, append([]any{
		"client", v.srv.ids.clientID(v.number, v.srv.now(v.target.vhost).profile()), "addr", v.addr,
		"over", string(v.kind), "vhost", v.target.vhost.Name, "app", v.srv.shown(v.target.app),
		"stream", v.srv.shown(v.target.name), "param", v.srv.shown(v.target.param),
	}, args...)...)
}

// refused writes why a viewer was not let on.
func (v *viewer) refused(why error) { v.log("refused", "reason", redact.Short(why.Error(), maxShown)) }

func (v *viewer) panicked(p any, stack []byte) {
	v.srv.log.Error("panic in a viewer", "addr", v.addr, "panic", fmt.Sprint(p), "stack", string(stack))
}

// logStop writes the last line of a viewer.
func (v *viewer) logStop(why error) {
	reason := "left"
	if why != nil && !errors.Is(why, errLeft) {
		reason = redact.Short(why.Error(), maxShown)
	}
	v.log("stop", "reason", reason, "seconds", time.Since(v.since).Round(time.Millisecond).Seconds(), "sent", v.sent())
}
