package server

import (
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"hookproof/internal/httpguard"
	"hookproof/server/internal/hls"
	"hookproof/server/internal/stream"
)

// serveViewers serves HTTP-FLV and HLS on l, which it owns from now on, over at most most connections.
func (s *Server) serveViewers(l net.Listener, most int) {
	const answer = time.Minute
	s.httpAddr = l.Addr()
	s.http = httpguard.NewMediaServer(http.HandlerFunc(s.view), answer, s.log)
	places := &viewerListener{Listener: l, srv: s, free: make(chan struct{}, most), closed: make(chan struct{})}
	s.running.Go(func() { s.http.Serve(places) }) // returns when Shutdown or Close close it
	s.log.Info("HTTP viewers", "addr", l.Addr().String())
}

// viewerListener bounds the connections that are open at once, as httpguard.Limit does; who takes one over gets the TCP
// connection.
type viewerListener struct {
	net.Listener
	srv    *Server
	free   chan struct{}
	once   sync.Once
	closed chan struct{}
}

// viewerConn is one of its connections.
type viewerConn struct {
	*net.TCPConn
	release func()
}

func (l *viewerListener) Accept() (net.Conn, error) {
	select {
	case l.free <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			<-l.free
			return nil, err
		}
		if tcp := c.(*net.TCPConn); l.srv.awaitFiles(tcp) {
			return &viewerConn{tcp, sync.OnceFunc(func() { <-l.free })}, nil
		}
		l.srv.refused.Add(1)
		c.Close()
	}
}

func (l *viewerListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

func (c *viewerConn) Close() error {
	defer c.release()
	return c.TCPConn.Close()
}

// view serves one request of a viewer: /APP/STREAM.flv, .m3u8 or -NUMBER.ts.
func (s *Server) view(w http.ResponseWriter, r *http.Request) {
	// The hooks have their own time-outs; what is written has one from when it is.
	control := http.NewResponseController(w)
	control.SetWriteDeadline(time.Time{})
	if r.ContentLength == 0 { // what else there is to be read has its time
		control.SetReadDeadline(time.Time{})
	}
	set := s.current.Load()
	if set.cfg.HTTP.CrossOrigin {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}
	switch r.Method {
	case http.MethodGet:
	case http.MethodOptions:
		w.Header().Set("Access-Control-Allow-Methods", "GET, OPTIONS")
		w.Header().Set("Access-Control-Allow-Headers", "*")
		w.WriteHeader(http.StatusNoContent)
		return
	default:
		w.Header().Set("Allow", "GET, OPTIONS")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	t, ext, err := set.asked(r)
	switch {
	case err != nil || !t.vhost.serves(ext):
		w.WriteHeader(http.StatusNotFound)
	case ext == ".flv":
		s.viewFLV(w, r, t)
	case ext == ".m3u8":
		s.viewPlaylist(w, r, t)
	default:
		s.viewSegment(w, r, t)
	}
}

// serves reports whether a vhost serves what ends like that.
func (v *VHost) serves(ext string) bool {
	switch ext {
	case ".flv":
		return v.Remux
	case ".m3u8", ".ts":
		return v.HLS.Enabled
	}
	return false
}

// errNoStream is why a request names no stream.
var errNoStream = errors.New("want /APP/STREAM.flv or .m3u8")

// asked is the stream that a request is for, with the end of its name.
func (set *settings) asked(r *http.Request) (t target, ext string, err error) {
	app, file, ok := cutLast(strings.Trim(r.URL.Path, "/"), "/")
	dot := strings.LastIndexByte(file, '.')
	if !ok || app == "" || dot <= 0 {
		return t, "", errNoStream
	}
	t.app, t.name, ext = app, file[:dot], file[dot:]
	if r.URL.RawQuery != "" {
		t.param = "?" + r.URL.RawQuery
	}
	if l := &set.cfg.Limits; len(t.app) > l.StreamName || len(t.name) > l.StreamName || len(t.param) > l.Param {
		return t, "", errNoStream
	}
	t.vhost, err = set.resolve(hostOf(r.Host), t.param)
	return t, ext, err
}

// answerTime is how long an answer may take to be written.
const answerTime = time.Minute

// refuseView tells a viewer that it gets nothing, and no more than that.
func (s *Server) refuseView(w http.ResponseWriter, why error) {
	status := http.StatusServiceUnavailable
	var no *hookRefusal
	switch {
	case errors.As(why, &no), errors.Is(why, errNoSession):
		status = http.StatusUnauthorized
	case errors.Is(why, stream.ErrOver), errors.Is(why, hls.ErrGone):
		status = http.StatusNotFound
	}
	if errors.Is(why, errFull) {
		s.reportFull()
	}
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerTime))
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(status)
}

// answerView writes an answer whole.
func answerView(w http.ResponseWriter, kind string, body []byte) {
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerTime))
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body) // an error means that the viewer has gone
}
