package rtmptarget

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/client"
	"hookproof/internal/timeline"
	"hookproof/internal/viewer"
	"hookproof/reports"
)

// Actor is one scripted client of a scene. Its fields say how it presents
// itself, and are set before it enters.
type Actor struct {
	Name   string
	Plays  bool
	Style  client.Style
	VHost  VHost
	TCURL  string // instead of the vhost's, whole
	Query  string // after tcUrl
	Page   string // at the end of pageUrl
	Local  string // address to come from
	Mute   bool   // publishes without media
	Eager  bool   // sends media directly after publish, without waiting for the answer
	Stream string // with its parameters
	Number uint64 // stamped into its frames

	Watches   bool   // over HTTP
	Forwarded string // X-Forwarded-For, of a viewer over HTTP

	scene    *Scene
	patient  bool   // waits for answers as long as the scenario runs
	clientID string // guarded by scene.mu, as dialed
	dialed   bool
	ctx      context.Context
	cancel   context.CancelFunc

	c     atomic.Pointer[client.Client]
	act   *task // what it does in the background
	begun int   // how often it has begun to publish or play there
	free  bool  // it is to do neither now, on the connection that it has
	pump  *task // sends media; with stop guarded by scene.mu
	stop  context.CancelFunc
	seen  mediaSeen

	flv      atomic.Pointer[viewer.FLV]
	over     *task              // a viewer over HTTP that is on; guarded by scene.mu, as the following
	playlist string             // the media playlist that it has
	segment  string             // the newest segment that it has
	unwatch  context.CancelFunc // ends it
}

// longest is the client's own limit for one step: longer than any scenario. The
// actor's is the scene's patience, which goes by another clock, and a patient
// one's the end of the scene.
const longest = time.Hour

// within bounds a step of the actor.
func (a *Actor) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if a.patient {
		return context.WithCancel(ctx)
	}
	return a.scene.Within(ctx)
}

// task is a goroutine that somebody waits for.
type task struct {
	done chan struct{}
	err  error
}

func begin(f func() error) *task {
	t := &task{done: make(chan struct{})}
	go func() {
		defer close(t.done)
		t.err = f()
	}()
	return t
}

// ended is closed with the task; a nil task never ends.
func (t *task) ended() <-chan struct{} {
	if t == nil {
		return nil
	}
	return t.done
}

// wait waits for the task's end; a nil task has none.
func (t *task) wait() error {
	if t == nil {
		return nil
	}
	<-t.done
	return t.err
}

// Actor returns the client of that name, a new one if there is none yet.
func (s *Scene) Actor(name string) *Actor {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.actors[name]; a != nil {
		return a
	}
	a := &Actor{Name: name, scene: s, VHost: s.vhost}
	a.ctx, a.cancel = context.WithCancel(s.Ctx)
	if s.Target != nil {
		a.Number = s.Target.numbers.Add(1)
		s.Target.names.Store(a.Number, name)
	}
	s.actors[name] = a
	return a
}

// role is what the actor is in the report.
func (a *Actor) role() string {
	if a.Watches {
		return "viewer"
	}
	if a.Plays {
		return "player"
	}
	return "publisher"
}

// Names lists the clients of the scene so far.
func (s *Scene) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := make([]string, 0, len(s.actors))
	for n := range s.actors {
		names = append(names, n)
	}
	return names
}

// ClientID is the client_id that the server under test gave an actor; "" while
// it is not known.
func (a *Actor) ClientID() string {
	a.scene.mu.Lock()
	defer a.scene.mu.Unlock()
	return a.clientID
}

// SentTCURL is the tcUrl that the actor connects with.
func (a *Actor) SentTCURL() string {
	u := a.TCURL
	if u == "" {
		host := a.scene.Facts.Address
		if a.VHost.Key != Default {
			host = a.VHost.Name
		}
		u = "rtmp://" + host + "/" + a.scene.Facts.App
	}
	return u + a.Query
}

// SentPageURL is the pageUrl that the actor connects with: it names the scene
// and the actor, so that its requests are found.
func (a *Actor) SentPageURL() string {
	key := a.scene.key
	if key == "" {
		named := a.scene.Facts.App + a.scene.Facts.Suffix
		key = named[strings.LastIndexByte(named, '-')+1:]
	}
	return "http://page.hookproof.test/" + key + "/" + a.Name + "/" + a.Page
}

// use notes the stream that the actor is about to use, so that requests that
// name it are found, and returns its name in this scene.
func (a *Actor) use(stream string) string {
	s := a.scene
	a.Stream = s.Named(stream)
	bare, _, _ := strings.Cut(a.Stream, "?")
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.byStream[bare], a) {
		s.byStream[bare] = append(s.byStream[bare], a)
	}
	return a.Stream
}

// options are the client's.
func (a *Actor) options() client.Options {
	tcURL := a.SentTCURL()
	app := a.scene.Facts.App
	if _, rest, ok := strings.Cut(tcURL, "://"); ok {
		if _, path, ok := strings.Cut(rest, "/"); ok {
			app = path
		}
	}
	return client.Options{
		URL: "rtmp://" + a.scene.Target.Addr + "/" + url.PathEscape(a.scene.Facts.App), TCURL: tcURL, App: app,
		PageURL:   a.SentPageURL(),
		LocalAddr: a.Local, Timeout: longest, Linger: 300 * time.Millisecond,
		Style: a.Style, Publisher: a.Number, Observe: a.observe,
	}
}

// Entry is what the actor came for.
func (a *Actor) Entry() check.Entry {
	ev := hook.OnPublish
	if a.Plays {
		ev = hook.OnPlay
	}
	return check.Entry{Plays: a.Plays, Asked: a.VHost.calls(ev) && a.VHost.where != atNobody}
}

// Connect opens the connection and sends connect, and waits for the answer.
func (a *Actor) Connect(ctx context.Context) error {
	ctx, cancel := a.within(ctx)
	defer cancel()
	c, err := client.Dial(ctx, a.options())
	if err != nil {
		a.scene.Trouble(err)
		how := "refused"
		if ctx.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded) {
			how = string(client.Local) // it was us who gave up waiting: no doing of the server's
		}
		a.scene.Log.Add(reports.Observation{Kind: reports.KindDisconnect, Actor: a.Name, Name: how, Text: err.Error()})
		return err
	}
	a.c.Store(c)
	return c.Connect(ctx)
}

// Enter connects, and publishes or plays the stream; it waits until the server
// has answered. A refusal, in words or by disconnecting, is the client's error.
func (a *Actor) Enter(ctx context.Context, stream string) error {
	a.use(stream)
	if err := a.Connect(ctx); err != nil {
		return err
	}
	return a.Again(ctx, stream)
}

// Again publishes or plays a stream on the connection there is.
func (a *Actor) Again(ctx context.Context, stream string) error {
	stream = a.use(stream)
	ctx, cancel := a.within(ctx)
	defer cancel()
	if a.Plays {
		return a.c.Load().Play(ctx, stream)
	}
	c := a.c.Load()
	if err := c.BeginPublish(ctx, stream, "live"); err != nil {
		return err
	}
	if a.Eager {
		a.startPump()
	}
	if err := c.AwaitPublish(ctx); err != nil {
		return err
	}
	a.startPump()
	return nil
}

// Begin enters in the background. It returns once the actor has entered, has
// been turned away, or waits for an answer that the hook server holds back.
func (a *Actor) Begin(ctx context.Context, stream string) {
	a.use(stream)
	a.patient = true
	a.begun++
	a.then(func() error { return a.Enter(a.ctx, stream) })
	a.scene.Await(ctx, func(obs []reports.Observation) bool {
		return a.scene.holds(a) || check.On(obs, a.Name, a.Entry()) || timeline.Disconnected(obs, a.Name) != nil
	})
}

// BeginAgain publishes a further stream in the background. It returns once the
// actor waits for an answer that the hook server holds back, has been asked
// about, or turned away.
func (a *Actor) BeginAgain(ctx context.Context, stream string) {
	a.use(stream)
	a.patient = true
	before := published(a.scene.Log.All(), a.Name)
	a.then(func() error { return a.Again(a.ctx, stream) })
	a.scene.Await(ctx, func(obs []reports.Observation) bool {
		return a.scene.holds(a) || published(obs, a.Name) > before || timeline.Disconnected(obs, a.Name) != nil
	})
}

// published counts the on_publish of an actor.
func published(obs []reports.Observation, actor string) (n int) {
	for _, h := range timeline.Events(obs, actor) {
		if h.Event == hook.OnPublish {
			n++
		}
	}
	return n
}

// Unpublish ends publishing, or playing, with a command: FCUnpublish,
// closeStream or deleteStream. The connection stays.
// Where the actor still does what it began, that comes first, unless the hook
// server holds it up.
func (a *Actor) Unpublish(command string) error {
	if a.c.Load() == nil {
		return fmt.Errorf("%s has no connection on which to end a stream", a.Name)
	}
	a.settle()
	a.stopPump()
	a.free = true
	defer a.c.Load().UseStream(0)
	switch command {
	case "FCUnpublish":
		return a.c.Load().SendFCUnpublish(a.Stream)
	case "closeStream":
		return a.c.Load().CloseStream()
	case "deleteStream":
		return a.c.Load().DeleteStream()
	}
	return fmt.Errorf("no command %q ends a stream: want FCUnpublish, closeStream or deleteStream", command)
}

// Leave says goodbye and closes, as encoders and players do.
func (a *Actor) Leave() {
	if a.Watches {
		a.leaveHTTP(false)
	}
	a.going(func() { a.goes("says goodbye and closes"); a.c.Load().Leave() })
}

// Close closes the connection without a goodbye.
func (a *Actor) Close() {
	a.going(func() { a.goes("closes without a goodbye"); a.c.Load().Close() })
}

// Vanish resets the connection.
func (a *Actor) Vanish() {
	if a.Watches {
		a.leaveHTTP(true)
	}
	a.going(func() { a.goes(check.Vanishes); a.c.Load().Vanish(); <-a.c.Load().Done() })
}

// HalfClose closes the sending half.
func (a *Actor) HalfClose() { a.going(func() { a.c.Load().HalfClose() }) }

func (a *Actor) going(how func()) {
	if a.c.Load() == nil {
		return
	}
	a.stopPump()
	how()
}

// goes notes that the actor is about to end its connection.
func (a *Actor) goes(how string) {
	a.scene.Log.Add(reports.Observation{Kind: reports.KindNote, Actor: a.Name, Name: check.GoingNote, Text: how})
}

// Silence stops sending and reading; the connection stays.
func (a *Actor) Silence() {
	a.going(func() {
		a.scene.Log.Add(reports.Observation{Kind: reports.KindNote, Actor: a.Name, Name: check.SilentNote,
			Text: "sends nothing any more"})
	})
}

// Pause pauses and goes on, and waits for both answers.
func (a *Actor) Pause(ctx context.Context) error {
	if a.c.Load() == nil {
		return fmt.Errorf("%s has no connection on which to pause", a.Name)
	}
	ctx, cancel := a.scene.Within(ctx)
	defer cancel()
	if err := a.c.Load().Pause(ctx, true); err != nil {
		return err
	}
	return a.c.Load().Pause(ctx, false)
}

// Refused reports whether an error of Enter or Again is the server's way of
// turning the client away, rather than silence or a fault of the harness.
func Refused(err error) bool {
	var status *client.StatusError
	var gone *client.DisconnectError
	return errors.As(err, &status) || errors.As(err, &gone)
}

// end ends the actor: its connection and everything it does.
func (a *Actor) end() {
	a.cancel()
	if a.Watches {
		a.leaveHTTP(true)
	}
	a.stopPump()
	a.act.wait()
	a.stopPump() // the act may have started one
	if a.c.Load() != nil {
		a.c.Load().Vanish()
		<-a.c.Load().Done()
	}
}
