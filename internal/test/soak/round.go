package soak

import (
	"context"
	"fmt"
	"sync"
	"time"

	"hookproof/hook"
	"hookproof/internal/test/faultlink"
	"hookproof/internal/test/soak/books"
)

// round is one time of churn with its books.
type round struct {
	r        *rig
	book     *books.Book
	began    time.Time
	before   counters
	lateness time.Duration // by which the last client came late
	came     int           // clients, without anchors
	took     time.Duration // from the first's coming to the last's
}

// counters are what the parties count since they stand.
type counters struct {
	calls            [len(hook.Events)]int64
	again            int64
	requests         int64
	passed, accepted int64
	cuts, upFaults   int64
}

func (r *rig) counters() counters {
	st := r.srv.Stats()
	links := r.clients.Stats()
	c := counters{
		calls: st.HookCalls, again: sum(st.HookRetries), requests: r.arrived.Load(),
		passed: links.Taken - links.Refused, accepted: st.Accepted + st.Refused,
	}
	for _, l := range r.hooks {
		s := l.Stats()
		c.cuts += s.Struck[faultlink.Reset] + s.Struck[faultlink.HalfClose]
		c.upFaults += faultlink.Sum(s.UpStruck)
	}
	return c
}

// churn plays a round: clients come at the rate for so long, and go. It returns
// when everything has ended, or what has not.
func (r *rig) churn(ctx context.Context, d time.Duration) (*round, error) {
	n := &round{r: r, book: books.NewBook(r.cfg.Retry > 0), began: time.Now(), before: r.counters()}
	r.book.Store(n.book)
	stop := make(chan struct{})
	anchorsGone := r.startAnchors(ctx, stop)
	n.schedule(ctx, d)
	close(stop)
	anchorsGone()
	if r.cfg.leak != nil {
		r.cfg.leak(r)
	}
	return n, await(ctx, r.cfg.settle, r.quiet)
}

// schedule has clients come, evenly, and waits until they have gone. Where too
// many are in already the next waits.
func (n *round) schedule(ctx context.Context, d time.Duration) {
	var all sync.WaitGroup
	defer all.Wait()
	places := make(chan struct{}, n.r.cfg.atOnce())
	start := time.Now()
	defer func() { n.took = time.Since(start) }() // before the wait for their going
	timer := time.NewTimer(0)
	defer timer.Stop()
	for i := range int(d.Seconds() * n.r.cfg.Rate) {
		due := start.Add(time.Duration(float64(i) / n.r.cfg.Rate * float64(time.Second)))
		timer.Reset(time.Until(due))
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return
		}
		n.lateness, n.came = time.Since(due), i+1
		v := n.r.enter(int(n.r.next.Add(1)))
		all.Go(func() {
			_ = v.run(ctx, v.live) // the books have it
			<-places
		})
	}
}

// settle judges the round.
func (n *round) settle() (all []books.Violation, more int) {
	all, more = n.book.Settle()
	now, was := n.r.counters(), n.before
	t := books.Totals{
		Count: n.book.Count(), ServerAgain: now.again - was.again, Requests: now.requests - was.requests,
		Passed: now.passed - was.passed, Accepted: now.accepted - was.accepted,
		Cuts: now.cuts - was.cuts, UpFaults: now.upFaults - was.upFaults,
	}
	for e := range t.ServerCalls {
		t.ServerCalls[e] = now.calls[e] - was.calls[e]
	}
	return append(all, t.Check()...), more
}

// await waits until ask finds nothing, for at most so long; then it returns what
// ask found last.
func await(ctx context.Context, limit time.Duration, ask func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%w, after %v", err, limit)
		}
	}
}
