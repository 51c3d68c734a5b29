package rtmpdefect

import (
	"context"
	"fmt"
	"hash/fnv"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path"
	"strconv"
	"sync"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/rtmptarget"
)

// renumbered is the built-in server with client_ids that a function makes of
// how many clients came before: in its hooks, and in its HTTP API.
type renumbered func(n int) string

// Role is an RTMP server's.
func (renumbered) Role() string { return features.RoleServer }

// Open starts the server between proxies for its clients, its hooks and its API.
func (f renumbered) Open(ctx context.Context, profile *hook.Profile, scale float64) (scenario.Target, error) {
	n := &numbers{next: f, ours: map[string]string{}, theirs: map[string]string{}}
	t, err := open(ctx, func(*world) parts { return parts{hook: withID(n.of)} },
		rtmptarget.BuiltInOptions{Profile: profile, Scale: scale})
	if err != nil {
		return nil, err
	}
	return n.beforeAPI(t)
}

// numbers are the client_ids of one server.
type numbers struct {
	next         func(n int) string
	mu           sync.Mutex
	ours, theirs map[string]string // by the server's, and by ours
}

// of returns the client_id of an exchange's client.
func (n *numbers) of(x *exchange) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	id, ok := n.ours[x.client.id]
	if !ok {
		id = n.next(len(n.ours))
		if x.world.profile.ClientIDKind() == hook.NumberID {
			id = number(id)
		}
		n.ours[x.client.id], n.theirs[id] = id, x.client.id
	}
	return id
}

// beforeAPI has the target's API know clients by our client_ids.
func (n *numbers) beforeAPI(opened scenario.Target) (scenario.Target, error) {
	t, is := opened.(*rtmptarget.Target)
	if !is {
		return opened, nil
	}
	api, err := url.Parse(t.API)
	if err != nil {
		t.Close()
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Close()
		return nil, err
	}
	srv := &http.Server{Handler: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(api)
		n.mu.Lock()
		defer n.mu.Unlock()
		if dir, id := path.Split(r.Out.URL.Path); n.theirs[id] != "" {
			r.Out.URL.Path = dir + n.theirs[id]
		}
	}, Transport: &http.Transport{DisableKeepAlives: true}}}
	a := &fronted{Target: t, srv: srv, done: make(chan struct{})}
	t.API = "http://" + l.Addr().String()
	go func() {
		defer close(a.done)
		_ = srv.Serve(l) // ended by Close
	}()
	return a, nil
}

// fronted is a target with a proxy before its API.
type fronted struct {
	*rtmptarget.Target
	srv  *http.Server
	done chan struct{}
}

// Close ends both.
func (a *fronted) Close() {
	a.srv.Close()
	<-a.done
	a.Target.Close()
}

// counting counts clients from 1.
func counting(n int) string { return strconv.Itoa(n + 1) }

// drawing makes ids as long as a UUID, which look drawn at random.
func drawing(n int) string {
	h := fnv.New128a()
	fmt.Fprint(h, n)
	b := h.Sum(nil)
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
