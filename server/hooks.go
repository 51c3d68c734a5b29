package server

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"hookproof/hook"
	"hookproof/internal/redact"
)

// hooks calls the hooks of all vhosts, with one caller for each vhost, whose clients so share the
// connections to the hook server.
type hooks struct {
	srv                 *Server
	serverID, serviceID string
	calls, refusals     [len(hook.Events)]atomic.Int64
	retries, lost       [len(hook.Events)]atomic.Int64

	mu      sync.Mutex
	callers map[callerKey]*hook.Caller
	closed  bool
}

type callerKey struct {
	vhost, profile string
	timeout        time.Duration
	insecureTLS    bool
	maxCalls       int
	keepAlive      bool
}

// accepted is the decision where nobody is asked (S-CFG-01, S-CFG-02).
var accepted = hook.Decision{Accept: true}

func newHooks(s *Server, serverID string) *hooks {
	if serverID == "" {
		serverID = s.ids.streamID()
	}
	return &hooks{srv: s, serverID: serverID, serviceID: text(random()), callers: map[callerKey]*hook.Caller{}}
}

// profile is the profile of a vhost, which Validate found to exist.
func (v *VHost) profile() *hook.Profile {
	p, err := hook.ProfileByName(v.Hooks.Profile)
	if err != nil {
		return hook.SRS1
	}
	return p
}

// asks reports whether anyone is called for an event.
func (v *VHost) asks(e hook.Event) bool { return v.Hooks.Enabled && len(v.Hooks.URLs[e]) > 0 }

// call calls the URLs of an event, and blocks until the answer is in. The caller sees to it that the
// events of one client come one after the other (S-ORD-03).
func (h *hooks) call(v *VHost, e hook.Event, pl *hook.Payload) hook.Decision {
	if !v.asks(e) {
		return accepted
	}
	pl.Action, pl.ServerID, pl.ServiceID = e.String(), h.serverID, h.serviceID
	d := h.caller(v).Call(h.srv.base, v.Hooks.URLs[e], pl)
	if !d.Accept {
		h.refusals[e].Add(1)
	}
	return d
}

// tell calls the URLs of a closing event, whose answers change nothing (S-ANS-09), and blocks until it is
// delivered or given up.
func (h *hooks) tell(v *VHost, e hook.Event, pl *hook.Payload) {
	pl.Action, pl.ServerID, pl.ServiceID = e.String(), h.serverID, h.serviceID
	start := time.Now()
	for _, u := range h.caller(v).Deliver(h.srv.base, v.Hooks.URLs[e], pl, v.Hooks.Retry) {
		h.lost[e].Add(1)
		if v.Hooks.Retry == 0 {
			continue // observe has said it all
		}
		h.srv.log.Error("hook given up", "event", e.String(), "client", pl.ClientID, "ip", pl.IP, "vhost", v.Name,
			"url", redact.Secrets(u.URL), "attempts", u.Attempts,
			"reason", h.srv.reason(u.Reason, pl.TCURL, pl.Stream+pl.Param), "seconds", time.Since(start).Seconds())
	}
}

// load sums up what the callers are doing.
func (h *hooks) load() (sum hook.Load) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.callers {
		l := c.Load()
		sum.InFlight += l.InFlight
		sum.Waiting += l.Waiting
		sum.Retrying += l.Retrying
	}
	return sum
}

func (h *hooks) caller(v *VHost) *hook.Caller {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := callerKey{v.Name, v.Hooks.Profile, v.Hooks.Timeout, v.Hooks.InsecureTLS, v.Hooks.MaxCalls, v.Hooks.KeepAlive}
	c := h.callers[key]
	if c == nil {
		c = hook.NewCaller(hook.CallerOptions{
			Profile: v.profile(), Timeout: v.Hooks.Timeout, InsecureTLS: v.Hooks.InsecureTLS,
			MaxCalls: v.Hooks.MaxCalls,
			Fresh:    v.profile().FreshConnections && !v.Hooks.KeepAlive,
			Observe:  func(c hook.Call) { h.observe(key.vhost, c) },
		})
		h.callers[key] = c
	}
	if h.closed {
		c.Close()
	}
	return c
}

// observe is told of every finished request.
func (h *hooks) observe(vhost string, c hook.Call) {
	h.calls[c.Event].Add(1)
	level := slog.LevelWarn
	if c.Attempt > 1 {
		h.retries[c.Event].Add(1)
		level = slog.LevelDebug // the first is told, and the end if it is given up
	}
	if c.Err == nil && !c.Event.Closing() {
		level = slog.LevelDebug // a refusal: the session logs it
	}
	if !c.Decision.Accept {
		why := h.srv.reason(c.Decision.Reason, c.Payload.TCURL, c.Payload.Stream+c.Payload.Param)
		h.srv.log.Log(h.srv.base, level, "hook not accepted", "event", c.Event.String(), "client", c.ClientID,
			"ip", c.IP, "vhost", vhost, "url", redact.Secrets(c.URL),
			"status", c.Status, "reason", why, "seconds", c.End.Sub(c.Start).Seconds())
	}
	if h.srv.o.OnHook != nil {
		h.srv.o.OnHook(vhost, c)
	}
}

// close ends the calls that are under way, and lets none begin.
func (h *hooks) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for _, c := range h.callers {
		c.Close()
	}
}
