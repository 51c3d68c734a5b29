package hooktarget

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"hookproof/hook"
	"hookproof/internal/hookcheck"
	"hookproof/reports"
	"hookproof/server"
)

// studio is the RTMP server of one scene. Its hooks go to the target, by way of
// a tap that records them: the tap sends on what the server says, byte for
// byte, and the server gets what the target answers.
type studio struct {
	scene *Scene
	srv   *server.Server
	tap   *http.Server
	done  chan struct{} // closed when the tap serves no more

	mu       sync.Mutex
	actor    *actor // the one client of the scene, once it has come
	clientID string // that our server gave it
}

// maxHook bounds a hook of our own server, in bytes.
const maxHook = 1 << 20

// studio returns the scene's RTMP server, and starts it if there is none yet.
// vhosts are those that clients will name.
func (s *Scene) studio(vhosts ...string) (*studio, error) {
	if s.rtmp != nil {
		return s.rtmp, nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("the tap between RTMP server and hook server: %w", err)
	}
	st := &studio{scene: s, done: make(chan struct{})}
	st.tap = &http.Server{Handler: http.HandlerFunc(st.forward), ReadTimeout: time.Minute}
	go func() { defer close(st.done); st.tap.Serve(l) }()
	st.srv, err = server.New(s.serverConfig("http://"+l.Addr().String(), vhosts), server.Options{})
	if err == nil {
		err = st.srv.Start()
	}
	if err != nil {
		st.tap.Close()
		<-st.done
		return nil, fmt.Errorf("the RTMP server that calls the hook server: %w", err)
	}
	s.rtmp = st
	return st, nil
}

// serverConfig is our server's, with a URL of the tap for each of the target's.
func (s *Scene) serverConfig(tap string, vhosts []string) server.Config {
	cfg := server.DefaultConfig()
	cfg.Listen = []string{"127.0.0.1:0"}
	urls := map[hook.Event][]string{}
	for ev, all := range s.Target.o.URLs {
		for i := range all {
			urls[ev] = append(urls[ev], fmt.Sprintf("%s/%s/%d", tap, ev, i))
		}
	}
	hooks := server.Hooks{
		Enabled: true,
		Profile: s.Target.o.Profile.Name,
		Timeout: s.Target.scaled(30 * time.Second),
		URLs:    urls,
	}
	cfg.VHosts[0].Hooks = hooks
	for _, name := range vhosts {
		if name != "" && name != server.DefaultVHost {
			v := server.DefaultVHostConfig(name)
			v.Hooks = hooks
			cfg.VHosts = append(cfg.VHosts, v)
		}
	}
	return cfg
}

// forward records a hook of our server, sends it on and brings the answer back.
func (st *studio) forward(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxHook))
	ev, urls := st.destination(r.URL.Path)
	if err != nil || urls == "" {
		http.Error(w, "no such hook", http.StatusNotFound)
		return
	}
	pl, _ := hook.DecodeAny(body) // our own server's: it can be read
	who := st.whose(pl)
	q := &Request{
		Event:  ev,
		URL:    urls,
		Header: st.scene.Target.o.Header,
		Body:   Body{Before: body},
		Want:   hookcheck.Watched,
		Actor:  who,
		What:   fmt.Sprintf("%s of %s, as an RTMP server sends it", ev, or(who, "a client")),
	}
	n := st.scene.asked(q, q.curl())
	res := st.scene.Target.exchange(st.scene.Target.ctx, q, st.scene.Facts.Limit)
	st.scene.answered(n, q, &res)
	if res.err != nil {
		panic(http.ErrAbortHandler) // no answer is what our server gets, too
	}
	w.WriteHeader(res.status)
	w.Write(res.body)
}

// destination reads /on_play/0.
func (st *studio) destination(p string) (event, target string) {
	dir, file := path.Split(p)
	event = strings.Trim(dir, "/")
	ev, err := hook.ParseEvent(event)
	i, bad := strconv.Atoi(file)
	if urls := st.scene.Target.o.URLs[ev]; err == nil && bad == nil && i >= 0 && i < len(urls) {
		return event, urls[i]
	}
	return event, ""
}

// come has the scene's client step on.
func (st *studio) come(a *actor) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.actor = a
}

// whose names the client of a hook, and notes the client_id that it has.
func (st *studio) whose(pl *hook.Payload) string {
	st.mu.Lock()
	defer st.mu.Unlock()
	if pl == nil || st.actor == nil {
		return ""
	}
	st.clientID = pl.ClientID
	return st.actor.name
}

// close ends client, server and tap, in that order: the closing events are
// still recorded.
func (st *studio) close() []reports.Actor {
	st.mu.Lock()
	a := st.actor
	st.mu.Unlock()
	if a != nil {
		a.end()
	}
	ctx, cancel := context.WithTimeout(context.Background(), st.scene.Facts.Limit+time.Second)
	defer cancel()
	if st.srv.Shutdown(ctx) != nil {
		st.srv.Close()
	}
	if st.tap.Shutdown(ctx) != nil {
		st.tap.Close()
	}
	<-st.done
	if a == nil {
		return nil
	}
	role := "publisher"
	if a.plays {
		role = "player"
	}
	return []reports.Actor{{Name: a.name, ClientID: st.clientID, Role: role}}
}
