package loadgen

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hookproof/hook"
	"hookproof/internal/identity"
	"hookproof/loadgen/account"
	"hookproof/loadgen/internal/hooklog"
	"hookproof/loadgen/measure"
)

// startCaller makes what calls the hook server when there is no RTMP server to do so.
func (r *run) startCaller() {
	r.log = hooklog.New(hooklog.Options{Profile: r.profile, Keys: r.keys, Clients: len(r.plan.Sessions)})
	r.caller = hook.NewCaller(hook.CallerOptions{Profile: r.profile, Timeout: hookTimeout,
		Fresh:       r.profile.FreshConnections,
		MaxCalls:    -1, // the plan says how many there are at once
		InsecureTLS: true, Observe: func(c hook.Call) {
			if c.Err != nil {
				r.errors.Add("hook "+c.Event.String()+": no answer", account.Name(account.Nobody), c.Err.Error())
			}
		}})
}

// enterHooks is a client that exists in its hooks only.
func (s *session) enterHooks() {
	s.out.Dialed = true
	if s.call(hook.OnConnect) {
		s.out.Connected = true
		s.r.g.connected.Add(1)
		s.record(measure.Connect, time.Now())
		s.out.Asked = true
		s.out.Let = s.call(s.Role.Event())
	}
	s.letAt = time.Now()
	switch {
	case s.out.Let && s.publishes():
		s.record(measure.Publish, s.letAt)
		s.r.g.published.Add(1)
	case s.out.Let:
		s.record(measure.Play, s.letAt)
		s.r.g.played.Add(1)
	default:
		s.refusedByHook()
		return
	}
	s.in.Store(true)
	s.r.g.enter(s)
}

// refusedByHook ends a client as its profile's server does.
func (s *session) refusedByHook() {
	s.out.EndedAt = s.r.nanos(s.letAt)
	if s.out.Connected || s.r.profile.CloseAfterRefusal == hook.Must {
		s.call(hook.OnClose)
	}
	if s.Refused {
		s.out.End = account.Refused
		s.r.g.refused.Add(1)
		return
	}
	s.out.End = account.Failed
	s.r.g.failed.Add(1)
}

// leaveHooks sends the closing events.
func (s *session) leaveHooks() {
	s.in.Store(false)
	s.r.g.leave(s)
	s.out.End, s.out.LeftAt = account.Left, s.r.nanos(time.Now())
	s.call(s.Role.Event() + 1)
	s.call(hook.OnClose)
	s.r.g.left.Add(1)
	s.out.EndedAt = s.r.nanos(time.Now())
}

// call sends the hook server an event and notes its answer.
func (s *session) call(e hook.Event) bool {
	me := person{name: s.r.stream(s.Session), key: s.r.keys.Of(s.Index), number: s.Index,
		client: s.r.presents(s.Session)}
	pl := s.r.payload(e, me)
	start := time.Now()
	d := s.r.caller.Call(context.Background(), s.r.cfg.Hooks[e], pl)
	end := time.Now()
	s.r.log.Add(account.Entry{Client: s.Index, ID: pl.ClientID, Event: e, Known: true,
		Arrived: s.r.nanos(start), Answered: s.r.nanos(end), Accepted: d.Accept, Reason: d.Reason})
	if s.measured {
		s.r.measures.Record(measure.Hook, 0, end.Sub(start))
		s.r.measures.Record(measure.HookOf(e), 0, end.Sub(start))
	}
	return d.Accept
}

// person is a client that exists in its hooks only.
type person struct {
	name   string // of its stream
	key    string
	number int
	client identity.Client
}

// payload is what a server of the profile would send about a client that presents itself so.
func (r *run) payload(e hook.Event, p person) *hook.Payload {
	tcURL, own := r.tcURL(p.client), param(p.client, p.key)
	if _, query, has := strings.Cut(tcURL, "?"); has && "?"+query != own {
		own += "?" + query
	}
	app, _, _ := strings.Cut(appOf(tcURL), "?")
	vhost := p.client.VHost
	url := vhost + "/" + app + "/" + p.name
	if vhost == "" {
		vhost, url = "__defaultVhost__", "/"+app+"/"+p.name
	}
	id := p.key
	if r.profile.ClientIDKind() == hook.NumberID {
		id = strconv.Itoa(p.number + 1)
	}
	return &hook.Payload{
		Action: e.String(), ClientID: id, IP: "127.0.0.1", VHost: vhost, App: app,
		Stream: p.name, Param: own, TCURL: tcURL, PageURL: pageURL(p.key),
		ServerID: "vid-" + r.cfg.Run, ServiceID: r.cfg.Run, StreamURL: url, StreamID: "vid-" + p.name,
		RecvBytes: 3000, SendBytes: 3000,
	}
}

// probeHookServer asks the hook server about two clients, without an RTMP server.
func (r *run) probeHookServer(ctx context.Context) error {
	if err := r.callAccepted(ctx); err != nil || r.cfg.Plan.Refused.Of(r.cfg.Plan.Peak()) == 0 {
		return err
	}
	who := r.refusedClient()
	at := who.At
	decided, _ := decision(r.callAs(ctx, refusedProbe, who), at)
	return r.wrongRefusal(decided, at)
}

// callAccepted asks the hook server about a client of each role that it is to accept.
func (r *run) callAccepted(ctx context.Context) error {
	for i, opens := range r.roles() {
		if err := r.refusedBy(r.callAs(ctx, []int{acceptedProbe, otherProbe}[i],
			identity.Who{Opens: opens})); err != nil {
			return err
		}
	}
	return nil
}

// callAs sends the hook server the events of the n-th probe, until one is refused.
func (r *run) callAs(ctx context.Context, n int, who identity.Who) (seen []account.Entry) {
	caller := hook.NewCaller(hook.CallerOptions{Profile: r.profile, Timeout: r.cfg.Timeout, InsecureTLS: true})
	defer caller.Close()
	me := person{name: fmt.Sprintf("lg%sp%d", r.cfg.Run, n), key: r.keys.OfProbe(n), number: 2_000_000_000 + n,
		client: r.set.identities.Client(who, r.place)}
	for _, ev := range []hook.Event{hook.OnConnect, who.Opens, who.Opens + 1, hook.OnClose} {
		d := caller.Call(ctx, r.cfg.Hooks[ev], r.payload(ev, me))
		seen = append(seen, account.Entry{Event: ev, Known: true, Answered: 1, Accepted: d.Accept, Reason: d.Reason})
		if !d.Accept && !ev.Closing() {
			break
		}
	}
	return seen
}
