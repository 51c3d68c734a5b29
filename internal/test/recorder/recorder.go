// Package recorder has the hook server of the house's own tests: an endpoint
// that keeps every request and answers by function. It shows what
// hooktest.Recorder, which is made of it, leaves out.
package recorder

import (
	"context"
	"sync/atomic"
	"testing"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/internal/test/await"
)

// Recorder is an endpoint at 127.0.0.1 that ends with the test.
type Recorder struct {
	*endpoint.Endpoint
	requests await.List[*endpoint.Request]
	answer   atomic.Pointer[func(*endpoint.Request) endpoint.Answer]
}

// New starts a recorder. Options.Default answers until Answer is called, and
// Options.Observe is told after the request has been kept.
func New(t testing.TB, o endpoint.Options) *Recorder {
	t.Helper()
	r := NewUnbound(t, o)
	if err := r.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return r
}

// NewUnbound is New, but the recorder listens nowhere yet.
func NewUnbound(t testing.TB, o endpoint.Options) *Recorder {
	r := &Recorder{}
	r.Answer(o.Default)
	o.Default = func(q *endpoint.Request) endpoint.Answer { return (*r.answer.Load())(q) }
	observe := o.Observe
	o.Observe = func(q *endpoint.Request, p endpoint.Phase) {
		r.requests.Put(q.Seq, q)
		if observe != nil {
			observe(q, p)
		}
	}
	r.Endpoint = endpoint.New(o)
	t.Cleanup(func() { r.Close() })
	return r
}

// Answer replaces what answers; nil accepts everybody.
func (r *Recorder) Answer(f func(*endpoint.Request) endpoint.Answer) {
	if f == nil {
		f = func(*endpoint.Request) endpoint.Answer { return endpoint.Accept() }
	}
	r.answer.Store(&f)
}

// Requests returns the latest state of every request, in order of arrival.
func (r *Recorder) Requests() []*endpoint.Request { return r.requests.All() }

// Clear forgets the requests so far.
func (r *Recorder) Clear() { r.requests.Clear() }

// Await waits until enough holds of the requests, and looks again at every
// change of one.
func (r *Recorder) Await(ctx context.Context, enough func([]*endpoint.Request) bool) error {
	return r.requests.Until(ctx, enough)
}

// AwaitDone waits until n requests have been answered, or never will be.
func (r *Recorder) AwaitDone(ctx context.Context, n int) error {
	return r.Await(ctx, func(all []*endpoint.Request) bool {
		done := 0
		for _, q := range all {
			if !q.Done.IsZero() {
				done++
			}
		}
		return done >= n
	})
}

// Refusing answers one event with a refusal and accepts the others.
func Refusing(e hook.Event) func(*endpoint.Request) endpoint.Answer {
	return On(e, endpoint.Refuse())
}

// On answers one event with a, and accepts the others.
func On(e hook.Event, a endpoint.Answer) func(*endpoint.Request) endpoint.Answer {
	return func(q *endpoint.Request) endpoint.Answer {
		if q.HasEvent && q.Event == e {
			return a
		}
		return endpoint.Accept()
	}
}
