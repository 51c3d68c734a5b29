package hooktarget

import (
	"context"
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
	if _, err := s.urls(ev); err != nil {
		return err
	}
	tc, own, err := s.presented(ev, refused)
	if err != nil {
		return err
	}
	st, err := s.studio(tc.VHost)
	if err != nil {
		return err
	}
	a := &actor{name: name, plays: ev == hook.OnPlay, scene: s}
	st.come(a)
	return a.enter(ctx, st, tc, own, ev)
}

// presented says how a client presents itself: what it says in tcUrl, and what
// with its stream's name. What cannot be said over RTMP makes it impossible.
func (s *Scene) presented(ev hook.Event, refused bool) (tc, own identity.Sample, err error) {
	id := &s.Target.o.Identities
	tc, own = id.Accepted(hook.OnConnect), id.Accepted(ev)
	if ev == hook.OnConnect {
		own = id.Accepted(hook.OnPublish)
	}
	if refused {
		all := id.Refuses(ev)
		if len(all) == 0 {
			return tc, own, &check.NotRun{Reason: fmt.Sprintf("no client is named that %s refuses", ev)}
		}
		own = all[0]
		if ev == hook.OnConnect || own.Token.Key != "" {
			tc = own
		}
	}
	for _, sm := range []identity.Sample{tc, own} {
		if sm.IP != "" {
			return tc, own, &check.NotRun{Reason: fmt.Sprintf("%s goes by ip, which an RTMP client cannot choose", sm.From)}
		}
	}
	if tc.App == "" {
		tc.App = own.App
	}
	return tc, own, nil
}

func (a *actor) enter(ctx context.Context, st *studio, tc, own identity.Sample, ev hook.Event) error {
	param := own.Param
	if own.Token.Key != "" && param == "" {
		param = "?" + own.Token.String()
	}
	stream := or(own.Stream, a.scene.Target.visitor().stream) + param
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
	addr, app, query := st.srv.Addr().String(), or(tc.App, "live"), ""
	if tc.Token.Key != "" {
		query = "?" + tc.Token.String()
	}
	tcURL := or(tc.TCURL, "rtmp://"+or(tc.VHost, addr)+"/"+app+query)
	a.c, err = client.Dial(ctx, client.Options{URL: "rtmp://" + addr + "/" + app, TCURL: tcURL, App: appOf(tcURL),
		PageURL: "http://page.hookproof.test/" + a.name, Timeout: a.scene.Facts.Limit + time.Second, Linger: 300 * time.Millisecond, Observe: a.observe})
	if err != nil {
		return fmt.Errorf("the RTMP server that calls the hook server: %w", err)
	}
	return nil
}

// appOf gives what follows the host in a tcUrl.
func appOf(tcURL string) string {
	_, rest, _ := strings.Cut(tcURL, "://")
	_, app, _ := strings.Cut(rest, "/")
	return app
}

// ConnectOnly has a client connect through our RTMP server and leave.
func (s *Scene) ConnectOnly(ctx context.Context, name string) error {
	if _, err := s.urls(hook.OnClose); err != nil {
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
	s.AwaitClosed(ctx, name)
	return ctx.Err()
}

// AwaitClosed waits for the answer to a client's on_close, unless the server
// has thrown the client out.
func (s *Scene) AwaitClosed(ctx context.Context, name string) bool {
	return s.await(ctx, func(obs []reports.Observation) bool {
		if hookcheck.Gone(obs, name) {
			return true
		}
		for _, h := range timeline.Hooks(obs, name) {
			if h.Event == hook.OnClose && h.Answer >= 0 {
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
	o := reports.Observation{T: a.scene.Log.At(ev.At), Actor: a.name, Name: ev.Name, Code: ev.Code, Text: ev.Description}
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
