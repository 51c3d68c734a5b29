package hook

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"
)

// Undelivered is a URL that a closing event was given up for.
type Undelivered struct {
	URL      string
	Attempts int
	Reason   string // why the last one failed

	again bool // it is worth another attempt
}

// Deliver tells the URLs of a closing event, as Call does, and then tells those
// again that could not be reached, until they are or the time to retry is over:
// it runs from the end of the first round to the beginning of the last. It
// returns the URLs that were not reached. Without a time to retry
// each URL is called once, as by Call.
//
// An event is sent again if its connection was refused, reset or closed, or
// nothing came in time, before the first byte of an answer; on 502, 503 or 504,
// by which a gateway says the same of the hook server that it fronts; and on 400 or
// 408, by which a hook server says that it did not get all of the request, as
// when the connection was half-closed on the way. Where an answer was lost the
// hook server sees the event twice: delivery is at least once. Any other answer, 500 among them, says that it was
// seen, and ends it;
// so does a certificate that is not trusted, which waiting does not mend.
//
// A URL that fails does not keep the next from being called (S-URL-03), nor
// make it wait: all are called once before any is called again. The pauses
// between the rounds grow from 0.1 to 2 s, each shortened by a random part of
// up to a half, so that clients that failed together do not come back together.
//
// Deliver blocks until it is done, so that the events of a client stay in
// order. [Caller.Close] ends it, and a deadline of ctx; that ctx is cancelled
// does not.
func (c *Caller) Deliver(ctx context.Context, urls []string, pl *Payload, retry time.Duration) []Undelivered {
	if len(urls) == 0 {
		return nil
	}
	s := scratches.Get().(*scratch)
	defer s.put()
	if err := c.encode(pl, s); err != nil {
		return []Undelivered{{Reason: "payload: " + err.Error()}}
	}
	var left []Undelivered
	for _, url := range urls {
		if d, f := c.one(ctx, url, 1, s); f.undelivered() {
			left = append(left, Undelivered{URL: url, Attempts: 1, Reason: d.Reason, again: f.again()})
		}
	}
	if retry <= 0 || !worthwhile(left) {
		return left
	}
	r := retries{c: c, ctx: ctx, s: s, left: left, end: time.Now().Add(retry)}
	if d, ok := ctx.Deadline(); ok && d.Before(r.end) {
		r.end = d
	}
	r.run()
	return r.left
}

func worthwhile(left []Undelivered) bool {
	return slices.ContainsFunc(left, func(u Undelivered) bool { return u.again })
}

// retries are the further rounds of one closing event.
type retries struct {
	c    *Caller
	ctx  context.Context
	s    *scratch
	left []Undelivered
	end  time.Time // no further round begins later
}

func (r *retries) run() {
	r.c.retrying.Add(1)
	defer r.c.retrying.Add(-1)
	const first, longest = 100 * time.Millisecond, 2 * time.Second
	timer := time.NewTimer(longest)
	defer timer.Stop()
	for pause := first; worthwhile(r.left); pause = min(2*pause, longest) {
		timer.Reset(min(pause/2+rand.N(pause/2), time.Until(r.end)))
		select {
		case <-timer.C:
			r.round()
		case <-r.c.context.Done():
			return
		}
		if !time.Now().Before(r.end) {
			return
		}
	}
}

// round calls once again what is left.
func (r *retries) round() {
	left := r.left[:0]
	for _, u := range r.left {
		if u.again {
			d, f := r.c.one(r.ctx, u.URL, u.Attempts+1, r.s)
			if !f.undelivered() {
				continue
			}
			u = Undelivered{URL: u.URL, Attempts: u.Attempts + 1, Reason: d.Reason, again: f.again()}
		}
		left = append(left, u)
	}
	r.left = left
}
