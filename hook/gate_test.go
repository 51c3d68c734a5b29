package hook

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// loaded waits until the caller's load is as wanted.
func loaded(t *testing.T, c *Caller, want Load) {
	t.Helper()
	look, late := time.NewTicker(time.Millisecond), time.After(patience)
	defer look.Stop()
	for c.Load() != want {
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("the load is %+v, want %+v", c.Load(), want)
		}
	}
}

// holding is a server that answers a request when it is let.
type holding struct {
	*rawServer
	arrived chan string // targets, in order
	answer  chan struct{}
}

func newHolding(t *testing.T) *holding {
	h := &holding{arrived: make(chan string, 100), answer: make(chan struct{}, 100)}
	gone := make(chan struct{})
	h.rawServer = newRawServer(t, func(conn net.Conn, n int) bool {
		h.arrived <- h.requests()[n-1].Target
		select {
		case <-h.answer:
		case <-gone:
		}
		return says(ok)(conn, n)
	})
	t.Cleanup(func() { close(gone) })
	return h
}

// next returns the target of the request that arrives next.
func (h *holding) next(t *testing.T) string {
	t.Helper()
	select {
	case target := <-h.arrived:
		return target
	case <-time.After(patience):
		t.Fatal("no request arrives")
		return ""
	}
}

// TestMaxCalls: no more requests are under way than allowed; those that wait
// go in the order in which they came.
func TestMaxCalls(t *testing.T) {
	const most, calls = 3, 12
	h := newHolding(t)
	var waited atomic.Int64
	c := newCaller(t, CallerOptions{MaxCalls: most, Observe: func(call Call) {
		if call.Waited > 0 && call.Waited <= call.End.Sub(call.Start) {
			waited.Add(1)
		}
	}})
	var wg sync.WaitGroup
	for i := range calls {
		wg.Go(func() {
			if d := c.Call(t.Context(), []string{h.url("/" + strconv.Itoa(i))}, example(OnPlay)); !d.Accept {
				t.Errorf("call %d: %s", i, d.Reason)
			}
		})
		loaded(t, c, Load{InFlight: min(i+1, most), Waiting: max(0, i+1-most)})
	}
	for range most {
		h.next(t)
	}
	for i := most; i < calls; i++ {
		if n := len(h.requests()); n != i {
			t.Errorf("%d requests arrived, want %d", n, i)
		}
		h.answer <- struct{}{}
		if got, want := h.next(t), "/"+strconv.Itoa(i); got != want {
			t.Errorf("%s is next, want %s", got, want)
		}
	}
	for range most {
		h.answer <- struct{}{}
	}
	wg.Wait()
	loaded(t, c, Load{})
	if n := waited.Load(); n != calls-most {
		t.Errorf("%d calls say that they waited, want %d", n, calls-most)
	}
}

// TestMaxCallsIsOfOneHost: who waits for one host keeps nobody from another.
func TestMaxCallsIsOfOneHost(t *testing.T) {
	busy, free := newHolding(t), newRawServer(t, says(ok))
	c := newCaller(t, CallerOptions{MaxCalls: 1})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { c.Call(t.Context(), []string{busy.url("/")}, example(OnPlay)) })
	}
	loaded(t, c, Load{InFlight: 1, Waiting: 1})
	if d := c.Call(t.Context(), []string{free.url("/")}, example(OnPlay)); !d.Accept {
		t.Error(d.Reason)
	}
	busy.answer <- struct{}{}
	busy.answer <- struct{}{}
	wg.Wait()
}

// TestWaitCounts: the wait is part of the time-out, and who gave up is not
// sent.
func TestWaitCounts(t *testing.T) {
	s := newRawServer(t, says(ok))
	c := newCaller(t, CallerOptions{MaxCalls: 1, Timeout: 50 * time.Millisecond})
	d, err := c.destination(s.url("/"))
	if err != nil {
		t.Fatal(err)
	}
	place := newTurn()
	if _, err := d.gate.enter(&place, time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	got := c.Call(t.Context(), []string{s.url("/")}, example(OnPlay))
	if got.Accept || !got.Unseen || !strings.Contains(got.Reason,
		"within 50ms: timed out waiting for one of 1 call slots") || len(s.requests()) > 0 {
		t.Errorf("%+v, want an unseen refusal that names wait and time-out", got)
	}
	d.gate.leave()
	loaded(t, c, Load{})
	c.o.Timeout = patience
	if d := c.Call(t.Context(), []string{s.url("/")}, example(OnPlay)); !d.Accept {
		t.Error(d.Reason)
	}
}

// TestGateUnderHaste: with deadlines that pass just when the turn comes, no
// place is lost and none given twice.
func TestGateUnderHaste(t *testing.T) {
	const most, callers, calls = 4, 32, 300
	g := gate{max: most}
	var inside, in, out atomic.Int64
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			dice, place := rand.New(rand.NewPCG(1, uint64(i))), newTurn()
			for range calls {
				_, err := g.enter(&place, time.Now().Add(time.Duration(dice.IntN(200))*time.Microsecond))
				if err != nil {
					out.Add(1)
					continue
				}
				in.Add(1)
				if n := inside.Add(1); n > most {
					t.Errorf("%d at once", n)
				}
				<-time.After(time.Duration(dice.IntN(50)) * time.Microsecond)
				inside.Add(-1)
				g.leave()
			}
		})
	}
	wg.Wait()
	if busy, waiting := g.load(); busy != 0 || waiting != 0 || g.first != nil || g.last != nil {
		t.Errorf("%d places are taken and %d calls wait after the end", busy, waiting)
	}
	if in.Load() == 0 || out.Load() == 0 {
		t.Errorf("%d went in and %d gave up; want some of each", in.Load(), out.Load())
	}
	g.close()
	if _, err := g.enter(new(turn), time.Now().Add(patience)); !errors.Is(err, ErrClosed) {
		t.Errorf("after close: %v", err)
	}
}

// TestCloseWhileWaiting: Close sends those away that wait.
func TestCloseWhileWaiting(t *testing.T) {
	h := newHolding(t)
	c := newCaller(t, CallerOptions{MaxCalls: 1})
	done := make(chan Decision, 3)
	for range cap(done) {
		go func() { done <- c.Call(t.Context(), []string{h.url("/")}, example(OnPlay)) }()
	}
	loaded(t, c, Load{InFlight: 1, Waiting: cap(done) - 1})
	c.Close()
	for range cap(done) {
		select {
		case d := <-done:
			if d.Accept || !strings.Contains(d.Reason, ErrClosed.Error()) {
				t.Errorf("%+v, want refused with %q", d, ErrClosed)
			}
		case <-time.After(patience):
			t.Fatal("a call still waits")
		}
	}
	loaded(t, c, Load{})
}

func TestNoMaxCalls(t *testing.T) {
	h := newHolding(t)
	c := newCaller(t, CallerOptions{MaxCalls: -1})
	const calls = 20
	var wg sync.WaitGroup
	for range calls {
		wg.Go(func() { c.Call(t.Context(), []string{h.url("/")}, example(OnPlay)) })
	}
	loaded(t, c, Load{InFlight: calls})
	for range calls {
		h.answer <- struct{}{}
	}
	wg.Wait()
}
