package hook

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"time"
)

// Call tells the URLs of one event, one by one in their order (S-URL-01), and
// says whether the client may go on. For an opening event the first refusal
// ends it (S-URL-02). For a closing event all URLs are called, whatever they
// answer (S-URL-03), and the decision is always to accept (S-ANS-09). Without
// URLs the decision is to accept (S-CFG-02).
//
// Call blocks until it is done. The events of one client must not overlap
// (S-ORD-03): that is the duty of whoever calls, by calling from one goroutine
// per client.
//
// A client may be gone while its hook is pending; the request is completed all
// the same (S-ANS-10). So the end of ctx does not stop a request, and only its
// deadline counts, if it comes before the time-out. [Caller.Close] stops all.
func (c *Caller) Call(ctx context.Context, urls []string, pl *Payload) Decision {
	accept := Decision{Accept: true}
	if len(urls) == 0 {
		return accept
	}
	s := scratches.Get().(*scratch)
	defer s.put()
	var err error
	if s.body, err = c.o.Profile.Encode(s.body[:0], pl); err != nil {
		return refuse("payload: " + err.Error())
	}
	e, _ := pl.Event()
	for _, url := range urls {
		d := c.one(ctx, e, url, pl, s)
		if !d.Accept && !e.Closing() {
			return d
		}
	}
	return accept
}

// one makes one request and judges its answer.
func (c *Caller) one(ctx context.Context, e Event, url string, pl *Payload, s *scratch) Decision {
	start := time.Now()
	deadline := start.Add(c.o.Timeout)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	a := c.exchange(url, start, deadline, s)
	d := c.o.Profile.Judge(a)
	if c.o.Observe != nil {
		c.o.Observe(Call{
			Event: e, ClientID: pl.ClientID, IP: pl.IP, Payload: pl, URL: url, Start: start, End: time.Now(), Status: a.Status, Decision: d, Err: a.Err,
		})
	}
	return d
}

// exchange sends the request and reads its answer, on an idle connection or on
// a new one.
func (c *Caller) exchange(url string, start, deadline time.Time, s *scratch) Answer {
	d, err := c.destination(url)
	if err != nil {
		return Answer{Err: err}
	}
	s.request = append(s.request[:0], d.before...)
	s.request = strconv.AppendInt(s.request, int64(len(s.body)), 10)
	s.request = append(append(s.request, d.after...), s.body...)
	if w := c.idle(d, start, deadline); w != nil {
		a, again := c.roundTrip(d, w, s)
		if !again {
			return c.explain(a, deadline.Sub(start))
		}
	}
	w, err := c.dial(d, deadline)
	if err != nil {
		return c.explain(Answer{Err: fmt.Errorf("connect: %w", err)}, deadline.Sub(start))
	}
	a, _ := c.roundTrip(d, w, s)
	return c.explain(a, deadline.Sub(start))
}

// idle gives a kept-alive connection that can be used, or nil.
func (c *Caller) idle(d *destination, now, deadline time.Time) *wire {
	for {
		w := d.pool.get(now)
		if w == nil {
			return nil
		}
		if w.SetDeadline(deadline) == nil && w.idle() {
			return w
		}
		c.drop(w)
		d.pool.distrust(now)
	}
}

func (c *Caller) dial(d *destination, deadline time.Time) (*wire, error) {
	ctx, cancel := context.WithDeadline(c.context, deadline)
	defer cancel()
	conn, err := c.dialer.DialContext(ctx, "tcp", d.addr)
	if err != nil {
		return nil, err
	}
	w := newWire(conn, d.tls)
	if !c.keep(w) {
		conn.Close()
		return nil, ErrClosed
	}
	if err := w.SetDeadline(deadline); err != nil {
		c.drop(w)
		return nil, err
	}
	return w, nil
}

// roundTrip sends the request over w and reads the answer. Then w is in the
// pool again, or closed. It asks to send the request again where it is certain
// that the peer got nothing of it.
func (c *Caller) roundTrip(d *destination, w *wire, s *scratch) (a Answer, again bool) {
	if c.beforeWrite != nil {
		c.beforeWrite(w)
	}
	sent := w.socket.sent
	if _, err := w.Write(s.request); err != nil {
		// A server may have answered before it read the request. Such an
		// answer is not waited for: it could not accept.
		c.drop(w)
		return Answer{Err: fmt.Errorf("send: %w", err)}, w.reused && w.socket.sent == sent
	}
	s.buffer.Reset(w)
	s.reader = answerReader{br: s.buffer, maxBody: c.o.MaxAnswer, long: s.reader.long}
	r, err := s.reader.read(s.answer[:0])
	s.answer = r.body
	if r.reusable && !c.o.Fresh {
		d.pool.put(w, time.Now())
		return Answer{Status: r.status, Body: r.body}, false
	}
	if w.reused && errors.Is(err, errNoAnswer) && ended(err) {
		again = w.neverArrived(sent)
		d.pool.distrust(time.Now())
	}
	c.drop(w)
	return Answer{Status: r.status, Body: r.body, Err: err}, again
}

// ended reports whether the peer closed the connection in an orderly way.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// explain puts the errors that have nothing to do with the peer into words.
func (c *Caller) explain(a Answer, timeout time.Duration) Answer {
	switch {
	case a.Err == nil:
	case c.context.Err() != nil:
		a.Err = ErrClosed
	case errors.Is(a.Err, os.ErrDeadlineExceeded), errors.Is(a.Err, context.DeadlineExceeded):
		a.Err = fmt.Errorf("no whole answer within %v: %w", timeout.Round(time.Millisecond), a.Err)
	}
	return a
}

// scratch holds the memory of one call, to be used again.
type scratch struct {
	body    []byte // of the request
	request []byte // head and body
	answer  []byte // body of the answer
	buffer  *bufio.Reader
	reader  answerReader
}

var scratches = sync.Pool{New: func() any {
	return &scratch{buffer: bufio.NewReaderSize(nil, 4<<10)}
}}

// put gives the memory back, but what one large answer needed.
func (s *scratch) put() {
	const most = 64 << 10
	s.buffer.Reset(nil)
	if cap(s.answer) > most {
		s.answer = nil
	}
	if cap(s.reader.long) > most {
		s.reader.long = nil
	}
	if cap(s.request) > most {
		s.body, s.request = nil, nil
	}
	scratches.Put(s)
}
