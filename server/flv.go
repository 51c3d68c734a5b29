package server

import (
	"errors"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"

	"hookproof/internal/rtmp/flv"
	"hookproof/server/internal/stream"
)

// flvViewer is a viewer over HTTP-FLV: one request, answered for as long as it stays.
type flvViewer struct {
	viewer
	link atomic.Pointer[link] // once on_play was accepted
	conn net.Conn             // of link, to be closed
	gone atomic.Bool          // it is off the books
}

// viewFLV serves a request for STREAM.flv. What nobody publishes is not found, and nobody asked; the viewer of what is
// published stays until one of both leaves.
func (s *Server) viewFLV(w http.ResponseWriter, r *http.Request, t target) {
	held := s.streams.HoldLive(stream.Key{VHost: t.vhost.Name, App: t.app, Name: t.name})
	if held == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	v := &flvViewer{viewer: s.newViewer(KindFLV, r, t, "rtmp://"+t.vhost.Name+"/"+t.app)}
	v.held = held
	v.sent = func() uint64 {
		if l := v.link.Load(); l != nil {
			return l.sent.Load()
		}
		return 0
	}
	v.ends = func() {
		if l := v.link.Load(); l != nil {
			l.abort(v.aborted())
		}
	}
	if err := s.enter(&v.viewer, v); err != nil {
		held.Release()
		s.refuseView(w, err)
		return
	}
	defer v.rescue()
	if err := v.ask(); err != nil {
		v.refused(err)
		v.over()
		s.refuseView(w, err)
		return
	}
	v.play(w)
}

// rescue ends a viewer, and nobody else, when serving it panicked.
func (v *flvViewer) rescue() {
	if p := recover(); p != nil {
		v.panicked(p, debug.Stack())
		v.over()
	}
}

// over ends what viewFLV began, once.
func (v *flvViewer) over() {
	if !v.gone.Swap(true) {
		v.held.Release()
		v.srv.leave(&v.viewer)
	}
}

// play begins an accepted play. From here on it is one that on_stop ends, whatever becomes of it.
func (v *flvViewer) play(w http.ResponseWriter) {
	v.log("play")
	why := v.aborted()
	if why == nil && !v.held.Live() {
		why = stream.ErrOver
	}
	if why == nil {
		why = v.takeOver(w)
	}
	if why == nil {
		go v.live() // with a small stack; leave tells the server that it has ended
		return
	}
	v.srv.refuseView(w, why)
	http.NewResponseController(w).Flush() // it need not wait for the hooks
	v.stop(why)
}

// takeOver makes the connection the viewer's.
func (v *flvViewer) takeOver(w http.ResponseWriter) error {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return err
	}
	conn.SetDeadline(time.Time{})
	l := &link{nc: conn.(*viewerConn).TCPConn, writeTimeout: v.srv.current.Load().cfg.Timeouts.Write}
	v.conn = conn
	v.link.Store(l)
	if cause := v.aborted(); cause != nil {
		l.abort(cause)
	}
	return nil
}

// live serves the viewer until it leaves or is ended.
func (v *flvViewer) live() {
	l := v.link.Load()
	defer v.conn.Close()
	defer v.rescue()
	p := v.held.PlayFLV(v, stream.NewShare(v.srv.current.Load().cfg.Memory.Client))
	err := l.writeAll(net.Buffers{v.head()})
	p.Start() // whatever happened: Over waits for it
	if err == nil {
		err = v.listen(l)
	}
	if cause := l.aborted(); cause != nil {
		err = cause
	}
	over := errors.Is(err, stream.ErrOver)
	if over {
		l.nc.CloseWrite() // it need not wait for the hooks
	}
	l.abort(err) // frees who writes
	p.Close()
	<-p.Over()
	v.stop(err)
	if over {
		l.hangUp(v.srv.current.Load().cfg.Timeouts.Linger)
	}
}

// stop ends a play that was accepted.
func (v *flvViewer) stop(why error) {
	v.tellStop()
	v.logStop(why)
	v.over()
}

// head is the head of the answer, and of the file.
func (v *flvViewer) head() []byte {
	head := "HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\nConnection: close\r\nCache-Control: no-store\r\n" +
		"X-Content-Type-Options: nosniff\r\n"
	if v.srv.current.Load().cfg.HTTP.CrossOrigin {
		head += "Access-Control-Allow-Origin: *\r\n"
	}
	audio, video := v.held.Tracks()
	return append([]byte(head+"\r\n"), flv.FileHeader(audio, video)...)
}

// mostSaid is what a viewer may send after its request, in bytes.
const mostSaid = 64 << 10

// listen waits until the viewer has gone: it has nothing to say.
func (v *flvViewer) listen(l *link) error {
	var b [512]byte
	for said := 0; said < mostSaid; {
		n, err := l.nc.Read(b[:])
		if err == io.EOF {
			return errLeft
		}
		if err != nil {
			return err
		}
		said += n
	}
	return errors.New("the viewer sent more than a request")
}

// Offer implements stream.Sink.
func (v *flvViewer) Offer(bufs [][]byte) ([][]byte, error) { return v.link.Load().offer(bufs) }

// Write implements stream.Sink.
func (v *flvViewer) Write(bufs [][]byte) error { return v.link.Load().writeAll(bufs) }

// Broken implements stream.Sink.
func (v *flvViewer) Broken(err error) {
	var panicked *stream.PanicError
	if errors.As(err, &panicked) {
		v.panicked(panicked.Value, panicked.Stack)
	}
	v.link.Load().abort(err)
}
