package endpoint

import (
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

// answer answers r and reports whether the connection can go on.
func (c *conn) answer(r *Request, keep bool) bool {
	a := c.errorAnswer(r)
	if a.Status == 0 {
		a = c.e.opts.Default(r)
	}
	next := c.e.successor(r)
	next.Answer = a
	if a.Delay > 0 || a.Gate != nil || a.Fault == Hang {
		if err := c.hold(next); err != nil {
			c.finish(next, time.Time{}, err)
			return false
		}
	}
	w := answerWriter{c: c, r: next, a: &next.Answer, keep: keep}
	w.write()
	c.finish(next, w.left, w.err)
	if w.reset { // after it was told: the caller may act on it before we go on
		c.reset()
	}
	if !w.keep && w.err == nil && w.linger {
		c.drain()
	}
	return w.keep && w.err == nil
}

// errorAnswer answers what is no whole request; Status 0: it is one.
func (c *conn) errorAnswer(r *Request) Answer {
	var (
		he    *headError
		large *bodyTooLarge
	)
	switch {
	case errors.As(r.HeadErr, &he):
		return Status(he.status, he.text+"\n")
	case errors.As(r.BodyErr, &large):
		return Status(http.StatusRequestEntityTooLarge, large.Error()+"\n")
	case r.BodyErr != nil:
		return Status(http.StatusBadRequest, r.BodyErr.Error()+"\n")
	}
	return Answer{}
}

// finish tells of the last state of a request; left is when the caller closed
// after the answer, where that was waited for.
func (c *conn) finish(r *Request, left time.Time, err error) {
	done := c.e.successor(r)
	done.WriteErr, done.Done = err, time.Now()
	if !left.IsZero() {
		done.GaveUp = left
	}
	c.e.observe(done, PhaseDone)
}

// drain reads what the caller still sends, so that closing does not become a
// reset which takes the answer away from it.
func (c *conn) drain() {
	if half, ok := c.nc.(interface{ CloseWrite() error }); ok {
		if half.CloseWrite() != nil {
			return
		}
	}
	const most, patience = 16 << 20, 2 * time.Second
	if c.nc.SetReadDeadline(time.Now().Add(patience)) == nil {
		// Whatever ends it, the connection is closed next.
		_, _ = io.CopyN(io.Discard, c.nc, most)
	}
}

// armWrite sets the deadline of the next write, if the one set is too near.
func (c *conn) armWrite() {
	now, limit := time.Now(), c.e.opts.WriteTimeout
	if c.writeBy.Sub(now) < limit*3/4 {
		c.writeBy = now.Add(limit)
		// If it fails, so does the write.
		_ = c.nc.SetWriteDeadline(c.writeBy)
	}
}

// answerWriter writes one answer.
type answerWriter struct {
	c      *conn
	r      *Request
	a      *Answer
	keep   bool // the connection goes on afterwards
	linger bool // the caller may still be sending
	left   time.Time
	reset  bool // the answer is a reset, still to come
	err    error
}

// mark says that what is written next is the last of the answer.
func (w *answerWriter) mark() {
	w.r.Answered = time.Now()
	w.c.e.observe(w.r, PhaseAnswered)
}

// send writes bytes that more will follow.
func (w *answerWriter) send(b []byte) bool {
	if w.err == nil && len(b) > 0 {
		w.c.armWrite()
		_, w.err = w.c.nc.Write(b)
	}
	return w.err == nil
}

// last writes the answer's end.
func (w *answerWriter) last(b []byte) {
	if w.err == nil {
		w.mark()
		w.send(b)
	}
}

// head begins an answer: status line and the fields of the answer's own.
func (w *answerWriter) head(proto string) []byte {
	status := w.a.status()
	out := append(w.c.out[:0], proto...)
	out = append(out, ' ')
	out = strconv.AppendInt(out, int64(status), 10)
	out = append(out, ' ')
	out = append(out, http.StatusText(status)...)
	out = append(out, "\r\n"...)
	if len(w.a.Header) == 0 {
		return out
	}
	names := make([]string, 0, len(w.a.Header))
	for name := range w.a.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range w.a.Header[name] {
			out = appendField(out, name, v)
		}
	}
	return out
}

func appendField(out []byte, name, value string) []byte {
	out = append(out, name...)
	out = append(out, ": "...)
	out = append(out, value...)
	return append(out, "\r\n"...)
}

// connection adds the Connection field where it is not plain.
func (w *answerWriter) connection(out []byte) []byte {
	if v := w.a.Header.Get("Connection"); v != "" {
		w.keep = w.keep && !hasToken(v, "close")
		return out
	}
	switch {
	case !w.keep:
		return append(out, "Connection: close\r\n"...)
	case w.r.Proto == "HTTP/1.0":
		return append(out, "Connection: keep-alive\r\n"...)
	}
	return out
}

func appendLength(out []byte, n int) []byte {
	out = append(out, "Content-Length: "...)
	out = strconv.AppendInt(out, int64(n), 10)
	return append(out, "\r\n"...)
}

// plain writes the answer as it should be.
func (w *answerWriter) plain(body []byte, extra string) {
	out := w.connection(w.head("HTTP/1.1"))
	out = append(out, extra...)
	status := w.a.status()
	bodiless := status < 200 || status == http.StatusNoContent || status == http.StatusNotModified
	if !bodiless && w.a.Header.Get("Content-Length") == "" {
		out = appendLength(out, len(body))
	}
	out = append(out, "\r\n"...)
	if bodiless || w.r.Method == http.MethodHead {
		body = nil
	}
	w.whole(out, body)
}

// whole writes head and body; a large body is not copied for it.
func (w *answerWriter) whole(out, body []byte) {
	const small = 16 << 10
	if len(body) <= small {
		out = append(out, body...)
		w.c.out = out[:0]
		w.last(out)
		return
	}
	w.c.out = out[:0]
	if tcp, ok := w.c.nc.(*net.TCPConn); ok {
		cut := len(body) - 1
		parts := net.Buffers{out, body[:cut]}
		w.c.armWrite()
		if _, w.err = parts.WriteTo(tcp); w.err == nil {
			w.last(body[cut:])
		}
		return
	}
	if w.send(out) {
		w.send(body[:len(body)-1])
		w.last(body[len(body)-1:])
	}
}
