package server

import (
	"container/list"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hookproof/internal/rtmp/chunk"
	"hookproof/server/internal/hls"
	"hookproof/server/internal/stream"
)

// errNoSession refuses a segment to who was not let on.
var errNoSession = errors.New("no session of this address")

// hlsStreams are the streams that have segments, and their viewers.
//
// A viewer of HLS is a run of requests. What ties them together is the ticket: a request is served without a question
// only while there is a viewer whose on_play was accepted for the same stream, address, parameters and hls_ctx. So a
// context that a client made up is asked about, one that belongs to another address is, and a refused one is again.
type hlsStreams struct {
	srv    *Server
	budget *hls.Budget

	mu      sync.Mutex
	streams map[stream.Key]*hls.Muxer
	tickets map[ticket]*hlsViewer
	// contexts are the viewers by the context that their segments' URIs have; guests counts those of an address, for
	// vhosts without contexts.
	contexts map[string]*hlsViewer
	guests   map[guest]int
	// fresh are the viewers that have a playlist and have not asked for what it names, the oldest first.
	fresh list.List
}

// ticket is what a request for a playlist shows.
type ticket struct {
	key            stream.Key
	ip, ctx, param string // param without the context
}

type guest struct {
	key stream.Key
	ip  string
}

func newHLSStreams(s *Server, most int64) *hlsStreams {
	return &hlsStreams{
		srv: s, budget: hls.NewBudget(most), streams: map[stream.Key]*hls.Muxer{}, tickets: map[ticket]*hlsViewer{},
		contexts: map[string]*hlsViewer{}, guests: map[guest]int{},
	}
}

// find returns the segments of a stream, nil where there are none.
func (h *hlsStreams) find(k stream.Key) *hls.Muxer {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.streams[k]
}

// publish begins the segments of a publication, or goes on with those of the one before.
func (h *hlsStreams) publish(k stream.Key, v *VHost) *hlsFeed {
	h.mu.Lock()
	defer h.mu.Unlock()
	m := h.streams[k]
	if m == nil {
		m = hls.NewMuxer(hls.Options{
			Fragment: v.HLS.Fragment, Window: v.HLS.Window, Bytes: h.srv.current.Load().cfg.Memory.Client,
		}, h.budget)
		h.streams[k] = m
	} else {
		m.Begin()
	}
	return &hlsFeed{of: h, key: k, muxer: m, window: v.HLS.Window}
}

// hlsFeed is a publication on its way into segments.
type hlsFeed struct {
	of     *hlsStreams
	key    stream.Key
	muxer  *hls.Muxer
	window time.Duration
}

// write passes on a message. A nil feed takes none.
func (f *hlsFeed) write(m *chunk.Message) error {
	if f == nil {
		return nil
	}
	return f.muxer.Write(m)
}

// stop ends the publication. Its segments stay for a window: viewers are behind, and its publisher may come again.
func (f *hlsFeed) stop() {
	if f == nil {
		return
	}
	f.muxer.Stop()
	time.AfterFunc(f.window, f.dispose)
}

// dispose lets go of a stream that nobody publishes any more.
func (f *hlsFeed) dispose() {
	h := f.of
	h.mu.Lock()
	defer h.mu.Unlock()
	if at := f.muxer.Stopped(); h.streams[f.key] == f.muxer && !at.IsZero() && time.Since(at) >= f.window {
		delete(h.streams, f.key)
		f.muxer.Close()
	}
}

// hlsViewer is a viewer of HLS.
type hlsViewer struct {
	viewer
	of      *hlsStreams
	key     stream.Key
	ctx     string   // ours
	tickets []ticket // under of.mu
	bytes   atomic.Uint64
	quiet   time.Duration // without a request, after which it has left
	seen    atomic.Int64  // when it asked last, since began

	decided chan struct{} // closed when on_play is answered
	verdict error         // of on_play; read after decided

	timer *time.Timer // under of.mu, nil before the verdict
	over  bool        // under of.mu

	at *list.Element // in of.fresh; under of.mu
}

// newHLSViewer makes a viewer with a context that nobody guesses.
func (s *Server) newHLSViewer(r *http.Request, t target, k stream.Key) *hlsViewer {
	v := &hlsViewer{
		viewer: s.newViewer(KindHLS, r, t, "http://"+hostOf(r.Host)+"/"+t.app), of: s.hls, key: k,
		ctx: strings.ToLower(rand.Text()), quiet: 2 * t.vhost.HLS.Window, decided: make(chan struct{}),
	}
	v.sent, v.held = v.bytes.Load, s.streams.Hold(k)
	v.ends = func() { go v.end(v.aborted()) } // leave tells the server that it has ended
	v.touch()
	return v
}

func (v *hlsViewer) touch() { v.seen.Store(int64(time.Since(began))) }

// viewPlaylist serves a request for STREAM.m3u8: who has no context gets a playlist that gives it one.
func (s *Server) viewPlaylist(w http.ResponseWriter, r *http.Request, t target) {
	k := stream.Key{VHost: t.vhost.Name, App: t.app, Name: t.name}
	m := s.hls.find(k)
	if m == nil {
		s.refuseView(w, hls.ErrGone)
		return
	}
	v, err := s.hls.admit(r, t, k)
	if err != nil {
		s.refuseView(w, err)
		return
	}
	v.touch()
	ctx, rest := takeContext(r.URL.RawQuery)
	query := "?hls_ctx=" + v.ctx
	if !t.vhost.HLS.Ctx {
		query = ""
	} else if ctx == "" {
		if rest != "" {
			rest = "&" + rest
		}
		v.answer(w, "application/vnd.apple.mpegurl", []byte(m.Master(url.PathEscape(t.name)+".m3u8"+query+rest)))
		return
	}
	v.answerPlaylist(w, r, m, query)
}

// answerPlaylist waits for the first segment, if it has to.
func (v *hlsViewer) answerPlaylist(w http.ResponseWriter, r *http.Request, m *hls.Muxer, query string) {
	late := time.NewTimer(2 * v.target.vhost.HLS.Fragment)
	defer late.Stop()
	select {
	case <-m.Ready():
	case <-late.C:
	case <-r.Context().Done():
	case <-v.srv.ending:
	}
	name := url.PathEscape(v.target.name)
	text, ok := m.Playlist(func(n uint64) string { return name + "-" + strconv.FormatUint(n, 10) + ".ts" + query })
	if !ok {
		v.srv.refuseView(w, hls.ErrGone)
		return
	}
	v.answer(w, "application/vnd.apple.mpegurl", []byte(text))
}

func (v *hlsViewer) answer(w http.ResponseWriter, kind string, body []byte) {
	v.bytes.Add(uint64(len(body)))
	answerView(w, kind, body)
}

// viewSegment serves a request for STREAM-NUMBER.ts to viewers that were let on.
func (s *Server) viewSegment(w http.ResponseWriter, r *http.Request, t target) {
	name, text, ok := cutLast(t.name, "-")
	number, err := strconv.ParseUint(text, 10, 64)
	k := stream.Key{VHost: t.vhost.Name, App: t.app, Name: name}
	m := s.hls.find(k)
	if !ok || err != nil || m == nil {
		s.refuseView(w, hls.ErrGone)
		return
	}
	ctx, _ := takeContext(r.URL.RawQuery)
	v, known := s.hls.known(k, ctx, s.peer(r), t.vhost)
	if !known {
		s.refuseView(w, errNoSession)
		return
	}
	data, err := m.Segment(number)
	if err != nil {
		s.refuseView(w, err)
		return
	}
	if v != nil {
		v.touch()
		v.bytes.Add(uint64(len(data)))
	}
	answerView(w, "video/mp2t", data)
}

// takeContext takes hls_ctx out of a query, which stays as it is otherwise.
func takeContext(query string) (ctx, rest string) {
	var others []string
	for part := range strings.SplitSeq(query, "&") {
		if value, ok := strings.CutPrefix(part, "hls_ctx="); ok {
			ctx = value
		} else if part != "" {
			others = append(others, part)
		}
	}
	return ctx, strings.Join(others, "&")
}

// known reports whether an address was let on to a stream, and returns the viewer where the context tells it.
func (h *hlsStreams) known(k stream.Key, ctx, ip string, vhost *VHost) (*hlsViewer, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if v := h.contexts[ctx]; v != nil {
		mine := v.key == k && v.ip == ip
		if mine {
			h.follows(v)
		}
		return v, mine
	}
	return nil, !vhost.HLS.Ctx && h.guests[guest{k, ip}] > 0
}

// admit returns the viewer that a request for a playlist is of, on_play accepted.
func (h *hlsStreams) admit(r *http.Request, t target, k stream.Key) (*hlsViewer, error) {
	ctx, rest := takeContext(r.URL.RawQuery)
	tick := ticket{k, h.srv.peer(r), ctx, rest}
	alone := ctx == "" && t.vhost.HLS.Ctx // one that has no context yet is nobody we know
	h.mu.Lock()
	v := h.tickets[tick]
	if v == nil || alone {
		v = h.srv.newHLSViewer(r, t, k)
		if !alone {
			v.tickets = append(v.tickets, tick)
			h.tickets[tick] = v
		}
		h.mu.Unlock()
		return v, h.ask(r, v, rest)
	}
	h.follows(v)
	h.mu.Unlock()
	select {
	case <-v.decided:
		return v, v.verdict
	case <-r.Context().Done():
		return nil, errLeft
	}
}

// ask decides about a new viewer. One that has left meanwhile is let on and ended.
func (h *hlsStreams) ask(r *http.Request, v *hlsViewer, rest string) (err error) {
	entered := false
	defer func() {
		v.verdict = err
		if p := recover(); p != nil {
			v.verdict = errShutdown
			defer panic(p)
		}
		close(v.decided)
		if v.verdict != nil {
			h.forget(v, entered)
		}
	}()
	if err = h.srv.enter(&v.viewer, v); err != nil {
		return err
	}
	entered = true
	if err = v.ask(); err != nil {
		v.refused(err)
		return err
	}
	v.log("play")
	h.mu.Lock()
	tick := ticket{v.key, v.ip, v.ctx, rest}
	v.tickets = append(v.tickets, tick)
	h.tickets[tick], h.contexts[v.ctx] = v, v
	h.guests[guest{v.key, v.ip}]++
	v.timer = time.AfterFunc(v.quiet, v.look)
	v.at = h.fresh.PushBack(v)
	h.mu.Unlock()
	if r.Context().Err() != nil {
		v.abort(errLeft)
	} else if v.aborted() != nil {
		v.ends() // the one before found nothing to end
	}
	return nil
}

// look ends the viewer if it has asked for nothing for long enough.
func (v *hlsViewer) look() {
	quiet := time.Since(began) - time.Duration(v.seen.Load())
	if quiet >= v.quiet {
		v.end(errLeft)
		return
	}
	v.of.mu.Lock()
	defer v.of.mu.Unlock()
	if !v.over {
		v.timer.Reset(v.quiet - quiet)
	}
}

// end ends a viewer whose on_play was accepted, once; before the verdict it does nothing.
func (v *hlsViewer) end(why error) {
	h := v.of
	h.mu.Lock()
	if v.over || v.timer == nil {
		h.mu.Unlock()
		return
	}
	v.over = true
	v.timer.Stop()
	h.drop(v)
	h.mu.Unlock()
	defer h.srv.leave(&v.viewer)
	defer v.held.Release()
	v.tellStop()
	v.logStop(why)
}

// forget drops a viewer that was not let on.
func (h *hlsStreams) forget(v *hlsViewer, entered bool) {
	h.mu.Lock()
	v.over = true
	h.drop(v)
	h.mu.Unlock()
	v.held.Release()
	if entered {
		h.srv.leave(&v.viewer)
	}
}

// follows notes that a viewer asks for what it was given. The caller holds mu.
func (h *hlsStreams) follows(v *hlsViewer) {
	if v.at != nil {
		h.fresh.Remove(v.at)
		v.at = nil
	}
}

// displace ends the viewer that has asked for a playlist and nothing after it for longest: who only makes contexts, on
// purpose or by a defect, shuts nobody out. The caller holds Server.mu.
func (h *hlsStreams) displace() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	oldest := h.fresh.Front()
	if oldest == nil || time.Since(oldest.Value.(*hlsViewer).since) < spareAfter {
		return false
	}
	v := oldest.Value.(*hlsViewer)
	h.follows(v)
	v.displaced = true
	h.srv.leaving++
	h.srv.displaced.Add(1)
	v.abort(errDisplaced)
	return true
}

// drop takes a viewer's tickets away. The caller holds mu.
func (h *hlsStreams) drop(v *hlsViewer) {
	h.follows(v)
	for _, t := range v.tickets {
		if h.tickets[t] == v {
			delete(h.tickets, t)
		}
	}
	if h.contexts[v.ctx] != v {
		return
	}
	delete(h.contexts, v.ctx)
	g := guest{v.key, v.ip}
	if h.guests[g]--; h.guests[g] == 0 {
		delete(h.guests, g)
	}
}
