package hooktarget

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/client"
	"hookproof/internal/hookcheck"
	"hookproof/internal/identity"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// actor is one RTMP client of a scene.
type actor struct {
	name  string
	plays bool
	scene *Scene
	c     *client.Client
}

// Enter has a client publish or play through our RTMP server, as one that the
// hook server accepts, or refuses at the event (on_connect included). It
// returns when the server has let it on or thrown it out; with connectOnly it
// only connects, and leaves.
func (s *Scene) Enter(ctx context.Context, name string, ev hook.Event, refused bool) error {
	tc, own, err := s.presented(ev, refused)
	if err != nil {
		return err
	}
	stream, err := s.streamOf(own)
	if err != nil {
		return err
	}
	st, err := s.studio(tc.VHost)
	if err != nil {
		return err
	}
	a := &actor{name: name, plays: ev == hook.OnPlay, scene: s}
	st.come(a)
	tcQuery, param := identity.Credentials(tc.Token, own.Token, s.Target.place())
	tc.Token = identity.Token(tcQuery)
	return a.enter(ctx, st, tc, stream+or(own.Param, query(param)), ev)
}

// streamOf names the stream of a client; that of a player is published.
func (s *Scene) streamOf(own identity.Sample) (string, error) {
	v := s.Target.visitor()
	v.own = &own
	if own.Event == hook.OnPlay {
		s.guests = append(s.guests, v)
		if err := s.provide(v); err != nil {
			return "", err
		}
	}
	return or(own.Stream, v.stream), nil
}

// presented says how a client presents itself: what it says in tcUrl, and what
// with its stream's name. What cannot be said over RTMP makes it impossible.
func (s *Scene) presented(ev hook.Event, refused bool) (tc, own identity.Sample, err error) {
	id := &s.Target.o.Identities
	tc, own = id.Accepted(hook.OnConnect, 0), id.Accepted(ev, 0)
	if ev == hook.OnConnect {
		own = id.Accepted(hook.OnPublish, 0)
	}
	err = s.comes(ev)
	if refused && err == nil {
		err = s.needsRefusal(ev)
	}
	if err != nil {
		return tc, own, err
	}
	if refused {
		sm := s.completed(id.Refuses(ev)[0])
		if ev == hook.OnConnect || sm.Token != "" {
			tc = sm
		}
		own = sm
	}
	for _, sm := range []identity.Sample{tc, own} {
		if sm.IP != "" {
			return tc, own, &check.NotRun{Reason: fmt.Sprintf("%s goes by ip, which an RTMP client cannot choose",
				sm.From)}
		}
	}
	tc.App, tc.VHost = or(tc.App, own.App), or(tc.VHost, own.VHost)
	return tc, own, nil
}

// comes says why a client of an RTMP server cannot come as far as an event: the events before it are asked, too.
func (s *Scene) comes(ev hook.Event) error {
	if err := s.needs(ev); err != nil {
		return err
	}
	for _, earlier := range openedBy[ev] {
		var lacking *check.NotRun
		if err := s.needs(earlier); errors.As(err, &lacking) && !lacking.NotApplicable {
			return err
		}
	}
	return nil
}

func (a *actor) enter(ctx context.Context, st *studio, tc identity.Sample, stream string, ev hook.Event) error {
	if err := a.dial(ctx, st, tc); err != nil {
		return err
	}
	err := a.c.Connect(ctx)
	switch {
	case err != nil:
	case ev == hook.OnPlay:
		err = a.c.Play(ctx, stream)
	default:
		err = a.c.Publish(ctx, stream, "live")
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	a.scene.await(ctx, func(obs []reports.Observation) bool {
		return hookcheck.On(obs, a.name) || hookcheck.Gone(obs, a.name)
	})
	return nil
}

// dial opens the connection; the page that the client says it comes from bears
// its name.
func (a *actor) dial(ctx context.Context, st *studio, tc identity.Sample) (err error) {
	addr, app := st.srv.Addr().String(), or(tc.App, "live")
	tcURL := or(tc.TCURL, "rtmp://"+or(tc.VHost, addr)+"/"+app+query(string(tc.Token)))
	a.c, err = client.Dial(ctx, client.Options{URL: "rtmp://" + addr + "/" + app, TCURL: tcURL, App: appOf(tcURL),
		PageURL: "http://page.hookproof.test/" + a.name, Timeout: a.scene.Facts.Limit + time.Second,
		Linger: 300 * time.Millisecond, Observe: a.observe})
	if err != nil {
		a.scene.Trouble(err)
		return fmt.Errorf("the RTMP server that calls the hook server: %w", err)
	}
	return nil
}

// appOf returns what follows the host in a tcUrl.
func appOf(tcURL string) string {
	_, rest, _ := strings.Cut(tcURL, "://")
	_, app, _ := strings.Cut(rest, "/")
	return app
}

// ConnectOnly has a client connect through our RTMP server and leave.
func (s *Scene) ConnectOnly(ctx context.Context, name string) error {
	if err := s.needs(hook.OnClose); err != nil {
		return err
	}
	tc, _, err := s.presented(hook.OnConnect, false)
	if err != nil {
		return err
	}
	st, err := s.studio(tc.VHost)
	if err != nil {
		return err
	}
	a := &actor{name: name, scene: s}
	st.come(a)
	if err := a.dial(ctx, st, tc); err != nil {
		return err
	}
	if a.c.Connect(ctx) == nil {
		a.c.Leave()
	}
	<-a.c.Done()
	return ctx.Err()
}

// Leave has the client go, and waits until the hook server was told so.
func (s *Scene) Leave(ctx context.Context, name string) error {
	if s.rtmp == nil {
		return nil
	}
	if a := s.rtmp.actor; a != nil && a.c != nil {
		a.c.Leave()
	}
	closing := []hook.Event{hook.OnUnpublish, hook.OnClose}
	if s.rtmp.actor != nil && s.rtmp.actor.plays {
		closing[0] = hook.OnStop
	}
	for _, ev := range closing {
		if s.Applies(ev) == nil {
			s.AwaitAnswered(ctx, name, ev)
		}
	}
	return ctx.Err()
}

// AwaitAnswered waits for the answer to an event of a client, unless the server
// has thrown the client out.
func (s *Scene) AwaitAnswered(ctx context.Context, name string, ev hook.Event) bool {
	return s.await(ctx, func(obs []reports.Observation) bool {
		if hookcheck.Gone(obs, name) {
			return true
		}
		for _, h := range timeline.Hooks(obs, name) {
			if h.Event == ev && h.Answer >= 0 {
				return true
			}
		}
		return false
	})
}

// await waits within the scene's patience.
func (s *Scene) await(ctx context.Context, cond func([]reports.Observation) bool) bool {
	if !s.Recorded() {
		var cancel context.CancelFunc
		ctx, cancel = s.Target.clock.WithTimeout(ctx, 2*s.Facts.Limit+time.Second)
		defer cancel()
	}
	return s.Log.Await(ctx, cond) == nil
}

func (a *actor) end() {
	if a.c != nil {
		a.c.Vanish()
		<-a.c.Done()
	}
}

// observe writes what happens to the client into the log.
func (a *actor) observe(ev client.Event) {
	o := reports.Observation{T: a.scene.Log.At(ev.At), Actor: a.name, Name: ev.Name, Code: ev.Code,
		Text: ev.Description}
	switch ev.Kind {
	case client.Dialed:
		o.Kind = reports.KindDial
	case client.HandshakeDone:
		o.Kind = reports.KindHandshake
	case client.Sent:
		o.Kind = reports.KindSent
	case client.Status:
		o.Kind = reports.KindStatus
	case client.Received:
		o.Kind = reports.KindReceived
		if ev.Code != "" {
			o.Kind = reports.KindStatus
		}
	case client.Disconnected:
		o.Kind, o.Name = reports.KindDisconnect, string(ev.How)
		if ev.Err != nil {
			o.Text = ev.Err.Error()
		}
	default:
		return
	}
	a.scene.Log.Add(o)
}
