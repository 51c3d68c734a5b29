package hooktarget

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"hookproof/internal/hookcheck"
)

// configured are the requests of all configured events, each acceptable.
func (s *Scene) configured() ([]Request, error) {
	var all []Request
	v := s.Target.visitor()
	for _, ev := range lifetime {
		if len(s.Target.o.URLs[ev]) == 0 {
			continue
		}
		sm := s.Target.o.Identities.Accepted(ev)
		body, err := s.encode(v.payload(s.Target.o.Profile, sm))
		if err != nil {
			return nil, err
		}
		some, err := s.requests(ev, body, described("an acceptable", sm), hookcheck.Accept)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// Fresh sends every event on a connection of its own that ends with it.
func (s *Scene) Fresh() error {
	return s.each(func(q *Request) {
		q.Close = true
		q.What += ", on a connection of its own"
	})
}

// Chunked sends every event with its body in chunks.
func (s *Scene) Chunked() error {
	return s.each(func(q *Request) {
		q.Chunked = true
		q.What += ", its body in chunks"
	})
}

func (s *Scene) each(how func(*Request)) error {
	all, err := s.configured()
	if err != nil {
		return err
	}
	for i := range all {
		how(&all[i])
	}
	return s.Send(all...)
}

// KeepAlive sends the events to each host on one connection, one after the
// other. A server that says that it ends the connection may do so.
func (s *Scene) KeepAlive() error {
	all, err := s.configured()
	if err != nil {
		return err
	}
	var w *wire
	host := ""
	defer func() {
		if w != nil {
			w.close()
		}
	}()
	for i := range all {
		q := &all[i]
		if w != nil && host != origin(q.URL) {
			w.close()
			w = nil
		}
		q.What += ", on a connection that is kept"
		n := s.asked(q, q.curl())
		var r result
		if w == nil {
			var failed *result
			if w, failed = s.Target.open(s.Ctx, q.URL, s.Facts.Limit); failed != nil {
				s.answered(n, q, failed)
				continue
			}
			host = origin(q.URL)
		}
		w.extend(s.Facts.Limit)
		w.send(q.wire())
		r = w.receive(q.method(), s.Facts.Limit)
		s.answered(n, q, &r)
		if r.closing || r.err != nil {
			w.close()
			w = nil
		}
	}
	return s.Ctx.Err()
}

// Pipelined sends two events at once on one connection: the answers come in
// the order of the requests. A server may end the connection behind the first,
// if it says so.
func (s *Scene) Pipelined() error {
	ev, err := s.anyOpening("")
	if err != nil {
		return err
	}
	body, err := s.encode(s.Target.visitor().payload(s.Target.o.Profile, s.Target.o.Identities.Accepted(ev)))
	if err != nil {
		return err
	}
	one, err := s.requests(ev, body, "an acceptable "+ev.String()+", the first of two at once", hookcheck.Accept)
	if err != nil {
		return err
	}
	first, second := one[0], one[0]
	second.What = "an acceptable " + ev.String() + ", the second of two at once"
	both := append(first.wire(), second.wire()...)
	repro := netcat(first.URL, raw(both))
	n := s.asked(&first, repro)
	w, failed := s.Target.open(s.Ctx, first.URL, s.Facts.Limit)
	if failed != nil {
		s.answered(n, &first, failed)
		return s.Ctx.Err()
	}
	defer w.close()
	w.send(both)
	r := w.receive("POST", s.Facts.Limit)
	s.answered(n, &first, &r)
	if r.err == nil && !r.closing {
		n = s.asked(&second, repro)
		r = w.receive("POST", s.Facts.Limit)
		s.answered(n, &second, &r)
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
	body, err := s.encode(s.Target.visitor().payload(s.Target.o.Profile, s.Target.o.Identities.Accepted(ev)))
	if err != nil {
		return err
	}
	all, err := s.requests(ev, body, fmt.Sprintf("an acceptable %s, %s", ev, how), hookcheck.Accept)
	if err != nil {
		return err
	}
	for i := range all {
		q := &all[i]
		q.Header = header
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
}
