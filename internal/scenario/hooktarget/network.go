package hooktarget

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"hookproof/hook"
	"hookproof/internal/hookcheck"
)

// Fresh sends every event on a connection of its own that ends with it.
func (s *Scene) Fresh() error {
	return s.everyEvent("on a connection of its own", func(q *Request) { q.Close = true })
}

// Chunked sends every event with its body in chunks.
func (s *Scene) Chunked() error {
	return s.everyEvent("its body in chunks", func(q *Request) { q.Chunked = true })
}

// everyEvent sends every event that is accepted, each in a way of its own.
func (s *Scene) everyEvent(way string, how func(*Request)) error {
	return s.life(func(v *visitor, ev hook.Event) error {
		what := described("an acceptable", v.sample(ev)) + ", " + way
		all, err := s.requests(v, v.payload(ev), what, hookcheck.Accept)
		if err != nil {
			return err
		}
		for i := range all {
			how(&all[i])
		}
		return s.Send(all...)
	})
}

// KeepAlive sends the events to each host on one connection, one after the
// other. A server that says that it ends the connection may do so.
func (s *Scene) KeepAlive() error {
	k := keptConn{s: s}
	defer k.end()
	return s.life(func(v *visitor, ev hook.Event) error {
		what := described("an acceptable", v.sample(ev)) + ", on a connection that is kept"
		all, err := s.requests(v, v.payload(ev), what, hookcheck.Accept)
		if err != nil {
			return err
		}
		for i := range all {
			k.send(&all[i])
		}
		return s.Ctx.Err()
	})
}

// keptConn is a connection to one host that is kept from request to request.
type keptConn struct {
	s    *Scene
	w    *wire // nil without one
	host string
}

// send sends a request on the connection, or on a new one where it goes to another host.
func (k *keptConn) send(q *Request) {
	s := k.s
	if k.host != origin(q.URL) {
		k.end()
	}
	n := s.asked(q, q.curl())
	if k.w == nil {
		var failed *result
		if k.w, failed = s.Target.open(s.Ctx, q.URL, s.Facts.Limit); failed != nil {
			s.answered(n, q, failed)
			return
		}
		k.host = origin(q.URL)
	}
	k.w.extend(s.Facts.Limit)
	k.w.send(q.wire())
	r := k.w.receive(q.method(), s.Facts.Limit)
	s.answered(n, q, &r)
	if r.closing || r.err != nil {
		k.end()
	}
}

func (k *keptConn) end() {
	if k.w != nil {
		k.w.close()
		k.w = nil
	}
}

// Pipelined sends events of two clients at once on one connection: the answers come in
// the order of the requests. A server may end the connection after the first,
// if it says so.
func (s *Scene) Pipelined() error {
	events, err := s.accepted(hook.OnConnect, hook.OnPublish, hook.OnPlay)
	if err != nil {
		return err
	}
	ev := events[0]
	return s.visit(ev, func(one *visitor) error {
		return s.visit(ev, func(other *visitor) error { return s.pipeline(ev, one, other) })
	})
}

func (s *Scene) pipeline(ev hook.Event, visitors ...*visitor) error {
	var all []Request
	var wire []byte
	for i, v := range visitors {
		what := fmt.Sprintf("an acceptable %s, the %s of two at once", ev, []string{"first", "second"}[i])
		some, err := s.requests(v, v.payload(ev), what, hookcheck.Accept)
		if err != nil {
			return err
		}
		all = append(all, some[0])
		wire = append(wire, some[0].wire()...)
	}
	repro := netcat(all[0].URL, raw(wire))
	n := s.asked(&all[0], repro)
	w, failed := s.Target.open(s.Ctx, all[0].URL, s.Facts.Limit)
	if failed != nil {
		s.answered(n, &all[0], failed)
		return s.Ctx.Err()
	}
	defer w.close()
	w.send(wire)
	for i := range all {
		if i > 0 {
			n = s.asked(&all[i], repro)
		}
		r := w.receive("POST", s.Facts.Limit)
		s.answered(n, &all[i], &r)
		if r.err != nil || r.closing {
			break
		}
	}
	return s.Ctx.Err()
}

// origin is what a URL connects to.
func origin(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return target
	}
	return u.Scheme + "://" + u.Host
}

// Pieces sends an event in many small segments.
func (s *Scene) Pieces() error {
	return s.onOne("in segments of a few bytes", func(q *Request, w *wire) {
		all := q.wire()
		for len(all) > 0 && w.send(all[:min(7, len(all))]) == nil {
			all = all[min(7, len(all)):]
		}
	}, nil)
}

// expectPatience is how long a caller waits for 100 Continue.
const expectPatience = time.Second

// Expect sends an event whose body follows once the server says so, or after a
// second without a word, as curl does.
func (s *Scene) Expect() error {
	return s.onOne("with Expect: 100-continue", func(q *Request, w *wire) {
		w.send(q.head())
		w.extend(min(s.Facts.Limit/2, expectPatience))
		first, err := w.r.Peek(len("HTTP/1.1 100"))
		w.extend(s.Facts.Limit)
		switch {
		case err == nil && string(first[9:]) != "100":
			return // a final answer: the body is not wanted
		case err != nil && !errors.Is(err, os.ErrDeadlineExceeded):
			return
		}
		w.send(q.body())
	}, [][2]string{{"Expect", "100-continue"}})
}

// onOne sends an acceptable event in a way of its own.
func (s *Scene) onOne(how string, send func(*Request, *wire), header [][2]string) error {
	ev, err := s.anyOpening("")
	if err != nil {
		return err
	}
	return s.visit(ev, func(v *visitor) error {
		all, err := s.requests(v, v.payload(ev), fmt.Sprintf("an acceptable %s, %s", ev, how), hookcheck.Accept)
		if err != nil {
			return err
		}
		for i := range all {
			q := &all[i]
			q.Header = append(q.Header[:len(q.Header):len(q.Header)], header...)
			n := s.asked(q, q.curl())
			w, failed := s.Target.open(s.Ctx, q.URL, s.Facts.Limit)
			if failed != nil {
				s.answered(n, q, failed)
				continue
			}
			send(q, w)
			r := w.receive(http.MethodPost, s.Facts.Limit)
			w.close()
			s.answered(n, q, &r)
		}
		return s.Ctx.Err()
	})
}
