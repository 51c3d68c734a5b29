package rtmpdefect

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"hookproof/hook"
	"hookproof/internal/tcpproxy"
)

// maxClients bounds what is remembered of clients and connections.
const maxClients = 20_000

// A world is what a started mutant knows: the clients of the hooks by
// client_id, and the connections of the RTMP proxy. The page URL links these
// two views of one client: scripted clients have one of their own each.
type world struct {
	profile *hook.Profile
	ctx     context.Context
	rtmp    string // the server's address
	main    string // the main endpoint's address

	mu       sync.Mutex
	clients  map[string]*client  // by client_id
	pages    map[string]*client  // by page URL
	sessions map[string]*session // by page URL
	viewers  map[string]*watcher // by page URL: the latest request
	apps     map[string]*app
	channels map[string]*channel
	made     int             // requests made up
	front    *tcpproxy.Front // where the RTMP clients come; nil before it listens
}

func newWorld(ctx context.Context, up Upstream) *world {
	return &world{profile: up.Profile, ctx: ctx, rtmp: up.RTMP, main: up.Main, clients: map[string]*client{},
		pages:    map[string]*client{},
		sessions: map[string]*session{},
		viewers:  map[string]*watcher{}, apps: map[string]*app{}, channels: map[string]*channel{}}
}

// A client is one client_id, as its hooks told of it. Its events come one
// after the other, so that defects use it without a lock; id, page, marker and
// last alone are also used by others, under the world's lock.
type client struct {
	id     string
	page   string                  // page URL, of on_connect
	marker bool                    // one of the suite's own, which only marks a moment
	last   map[hook.Event]*request // the latest of each event

	refused map[hook.Event]bool // opening events that were refused
	failed  map[hook.Event]bool // closing events whose answer failed
	held    []*request          // kept back by the defect
	streams int                 // how often it published or played
	param   string              // of its first stream
	ended   bool                // the latest stream has
	left    bool                // it went while a hook of it was pending
}

// meet finds the client that a request tells of, and notes the request. A
// request that tells of none gets a client of its own.
func (w *world) meet(r *request) *client {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.clients[r.payload.ClientID]
	if c == nil {
		c = &client{id: r.payload.ClientID, last: map[hook.Event]*request{}, refused: map[hook.Event]bool{},
			failed: map[hook.Event]bool{}}
		if r.known && c.id != "" && len(w.clients) < maxClients {
			w.clients[c.id] = c
		}
	}
	if r.known {
		c.last[r.event] = r.clone()
	}
	if page := r.payload.PageURL; page != "" {
		c.page, c.marker = page, strings.Contains(page, "/marker-")
		if len(w.pages) < maxClients {
			w.pages[page] = c
		}
	}
	return c
}

// latest returns the latest request of an event that a client, known by its page
// URL, has given; nil without one.
func (w *world) latest(page string, ev hook.Event) *request {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.pages[page]; c != nil && page != "" {
		return c.last[ev]
	}
	return nil
}

// session returns the RTMP connection of a client; nil where it is not known.
func (w *world) session(c *client) *session {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sessions[c.page]
}

// tell sends a request that the server did not send, and waits for the answer.
func (w *world) tell(r *request) { w.call(w.ctx, w.main, r) }

// compose makes an event up: of a client that is unknown unless id is given.
func (w *world) compose(ev hook.Event, pl hook.Payload) *request {
	w.mu.Lock()
	w.made++
	id := 900_000_000 + w.made
	w.mu.Unlock()
	pl.Action = ev.String()
	if pl.ClientID == "" {
		pl.ClientID = fmt.Sprint(id)
	}
	pl.ServerID, pl.ServiceID, pl.StreamID = "vid-made", "made", "vid-up"
	body, err := w.profile.Encode(nil, &pl)
	if err != nil { // a mistake in this package: an event that says so
		body = fmt.Appendf(nil, "%q", err)
	}
	r := &request{line: "POST /hooks/default/1/" + ev.String() + " HTTP/1.1", body: body, event: ev, known: true,
		payload: pl}
	r.fields = []string{"Host: " + w.main, "Content-Type: application/json", fmt.Sprintf("Content-Length: %d",
		len(body)), "Connection: close"}
	return r
}

// An app is what the clients of one app share.
type app struct {
	mu      sync.Mutex
	free    []string          // client_ids of those that left
	ids     map[string]string // client_ids in place of the true ones
	verdict *answer           // the latest answer to an opening event
	asking  int               // how many are pending
	pending map[*exchange]slot
}

// app returns the memory of one app.
func (w *world) app(name string) *app {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.apps[name]
	if a == nil {
		a = &app{ids: map[string]string{}, pending: map[*exchange]slot{}}
		w.apps[name] = a
	}
	return a
}

// live tells the world where its RTMP clients come.
func (w *world) live(f *tcpproxy.Front) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.front = f
}

// die ends the server as far as its RTMP clients can see.
func (w *world) die() {
	w.mu.Lock()
	f := w.front
	w.mu.Unlock()
	if f != nil {
		f.Die()
	}
}
