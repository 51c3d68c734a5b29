package hook

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"syscall"
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
	if err := c.encode(pl, s); err != nil {
		return Decision{Reason: "payload: " + err.Error(), Unseen: true}
	}
	for i, url := range urls {
		d, f := c.one(ctx, url, 1, s)
		if !d.Accept && !s.event.Closing() {
			d.Unseen = i == 0 && f.unseen()
			return d
		}
	}
	return accept
}

// encode writes the body of an event's requests.
func (c *Caller) encode(pl *Payload, s *scratch) (err error) {
	s.payload = pl
	s.event, _ = pl.Event()
	s.body, err = c.o.Profile.Encode(s.body[:0], pl)
	return err
}

// one makes one request and judges its answer.
func (c *Caller) one(ctx context.Context, url string, attempt int, s *scratch) (Decision, delivery) {
	start := time.Now()
	deadline := start.Add(c.o.Timeout)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	s.waited = 0
	a, f := c.exchange(url, start, deadline, s)
	d := c.o.Profile.Judge(a)
	c.forget(s)
	if c.o.Observe != nil {
		c.o.Observe(Call{
			Event: s.event, ClientID: s.payload.ClientID, IP: s.payload.IP, Payload: s.payload, URL: url,
			Attempt: attempt,
			Start:   start, End: time.Now(), Waited: s.waited, Status: a.Status, Decision: d, Err: a.Err,
		})
	}
	return d, f.given(a.Status)
}

// exchange sends the request, when its turn has come, and reads its answer, on
// an idle connection or on a new one.
func (c *Caller) exchange(url string, start, deadline time.Time, s *scratch) (Answer, delivery) {
	d, err := c.destination(url)
	if err != nil {
		return Answer{Err: err}, impossible
	}
	if s.waited, err = d.gate.enter(&s.turn, deadline); err != nil {
		return c.explain(Answer{Err: err}, deadline.Sub(start)), unsent
	}
	defer d.gate.leave()
	s.request = append(s.request[:0], d.before...)
	s.request = strconv.AppendInt(s.request, int64(len(s.body)), 10)
	s.request = append(append(s.request, d.after...), s.body...)
	if w := c.idle(d, start.Add(s.waited), deadline); w != nil {
		a, f := c.roundTrip(d, w, s)
		if f != unsent {
			return c.explain(a, deadline.Sub(start)), f
		}
	}
	w, err := c.dial(d, deadline)
	if err != nil {
		return c.explain(Answer{Err: fmt.Errorf("connect: %w", err)}, deadline.Sub(start)), undialled(err)
	}
	a, f := c.roundTrip(d, w, s)
	return c.explain(a, deadline.Sub(start)), f
}

// idle returns a kept-alive connection that can be used, or nil.
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

// dial makes a connection that is ready for a request.
func (c *Caller) dial(d *destination, deadline time.Time) (*wire, error) {
	ctx, cancel := context.WithDeadline(c.context, deadline)
	defer cancel()
	conn, err := c.connect(ctx, d.addr)
	if err != nil {
		return nil, err
	}
	w := newWire(conn, d.tls)
	if !c.keep(w) {
		conn.Close()
		return nil, ErrClosed
	}
	if err = w.SetDeadline(deadline); err == nil {
		err = w.greet()
	}
	if err != nil {
		c.drop(w)
		return nil, err
	}
	return w, nil
}

// connect makes a TCP connection. Where this process has no file descriptor left, which the hook server can do nothing
// about, it waits for one.
func (c *Caller) connect(ctx context.Context, addr string) (net.Conn, error) {
	const pause = 20 * time.Millisecond
	for {
		conn, err := c.dialer.DialContext(ctx, "tcp", addr)
		if !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE) {
			return conn, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// roundTrip sends the request over w and reads the answer. Then w is in the
// pool again, or closed. A request that was unsent may be sent again: it is
// certain that the peer got nothing of it.
func (c *Caller) roundTrip(d *destination, w *wire, s *scratch) (Answer, delivery) {
	if c.beforeWrite != nil {
		c.beforeWrite(w)
	}
	sent := w.socket.sent
	if _, err := w.Write(s.request); err != nil {
		// A server may have answered before it read the request. Such an
		// answer is not waited for: it could not accept.
		c.drop(w)
		f := unanswered
		if w.socket.sent == sent {
			f = unsent
		}
		return Answer{Err: fmt.Errorf("send: %w", err)}, f
	}
	s.buffer.Reset(w)
	s.reader = answerReader{br: s.buffer, maxBody: c.o.MaxAnswer, interim: c.o.Profile.SkipInterim, large: &c.large,
		long: s.reader.long}
	r, err := s.reader.read(s.answer[:0])
	s.answer = r.body
	if r.reusable && !c.o.Fresh {
		d.pool.put(w, time.Now())
		return Answer{Status: r.status, Body: r.body}, answered
	}
	f := answered
	if errors.Is(err, errNoAnswer) {
		f = unanswered
		if w.reused && ended(err) {
			if w.neverArrived(sent) {
				f = unsent
			}
			d.pool.distrust(time.Now())
		}
	}
	c.drop(w)
	return Answer{Status: r.status, Body: r.body, Err: err}, f
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
	event   Event
	payload *Payload
	body    []byte // of the request
	request []byte // head and body
	answer  []byte // body of the answer
	buffer  *bufio.Reader
	reader  answerReader
	turn    turn
	waited  time.Duration // for the turn
}

var scratches = sync.Pool{New: func() any {
	return &scratch{buffer: bufio.NewReaderSize(nil, 4<<10), turn: newTurn()}
}}

// forget lets go of what a large answer needed.
func (c *Caller) forget(s *scratch) {
	if cap(s.answer) > smallAnswer {
		s.answer = nil
	}
	c.large.give(s.reader.taken)
	s.reader.taken = 0
}

// put hands the memory back, except what one large request or header needed.
func (s *scratch) put() {
	const most = 64 << 10
	s.payload = nil
	s.buffer.Reset(nil)
	if cap(s.reader.long) > most {
		s.reader.long = nil
	}
	if cap(s.request) > most {
		s.body, s.request = nil, nil
	}
	scratches.Put(s)
}
