package loadgen

import (
	"context"
	"strconv"
	"time"

	"hookproof/hook"
	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
)

// putUpCaller makes what calls the hook server when there is no RTMP server to
// do so.
func (r *run) putUpCaller() error {
	var err error
	r.base = "rtmp://127.0.0.1:1935/live"
	if r.urls, err = hook.DefaultURLs(r.cfg.Hooks.String()); err != nil {
		return err
	}
	r.log = account.NewLog(account.Options{Profile: r.cfg.Profile, Keys: r.keys, Clients: len(r.plan.Sessions)})
	r.caller = hook.NewCaller(hook.CallerOptions{Profile: r.cfg.Profile, Timeout: hookTimeout, Fresh: r.cfg.Profile.FreshConnections,
		MaxCalls:    -1, // the plan says how many there are at once
		InsecureTLS: true, Observe: func(c hook.Call) {
			if c.Err != nil {
				r.errors.Add("hook "+c.Event.String()+": no answer", account.Name(-1), c.Err.Error())
			}
		}})
	r.noteRefusals()
	return nil
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
	if s.out.Connected || s.r.cfg.Profile.CloseAfterRefusal == hook.Must {
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

// leaveHooks tells the closing events.
func (s *session) leaveHooks() {
	s.in.Store(false)
	s.r.g.leave(s)
	s.out.End, s.out.LeftAt = account.Left, s.r.nanos(time.Now())
	s.call(s.Role.Event() + 1)
	s.call(hook.OnClose)
	s.r.g.left.Add(1)
	s.out.EndedAt = s.r.nanos(time.Now())
}

// call tells the hook server an event and notes its answer.
func (s *session) call(e hook.Event) bool {
	start := time.Now()
	d := s.r.caller.Call(context.Background(), s.r.urls[e], s.payload(e))
	end := time.Now()
	s.r.log.Add(account.Entry{Client: s.Index, ID: s.clientID(), Event: e, Known: true,
		Arrived: s.r.nanos(start), Answered: s.r.nanos(end), Accepted: d.Accept, Reason: d.Reason})
	if s.measured {
		s.r.set.Record(measure.Hook, 0, end.Sub(start))
		s.r.set.Record(measure.HookOf(e), 0, end.Sub(start))
	}
	return d.Accept
}

// clientID is what the profile's server would call the client.
func (s *session) clientID() string {
	if s.r.cfg.Profile.ClientIDKind() == hook.NumberID {
		return strconv.Itoa(s.Index + 1)
	}
	return s.r.keys.Of(s.Index)
}

// payload is what the profile's server would tell.
func (s *session) payload(e hook.Event) *hook.Payload {
	name := s.r.stream(s.Session)
	return &hook.Payload{
		Action: e.String(), ClientID: s.clientID(), IP: "127.0.0.1", VHost: "__defaultVhost__", App: "live",
		Stream: name, Param: s.r.streamName(s)[len(name):], TCURL: s.r.url(s), PageURL: s.r.pageURL(s),
		ServerID: "vid-" + s.r.cfg.Run, ServiceID: s.r.cfg.Run, StreamURL: "/live/" + name, StreamID: "vid-" + name,
		RecvBytes: 3000, SendBytes: 3000,
	}
}
