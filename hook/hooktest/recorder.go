package hooktest

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/internal/test/recorder"
)

// DefaultPatience is how long a Recorder and a Client wait for what must come.
const DefaultPatience = 10 * time.Second

// Recorder is a hook server at a loopback port that keeps every request and
// answers by function. Its methods may be called from any goroutine, but those
// that wait end the test when it is in vain, so they belong into its goroutine.
type Recorder struct {
	// Patience is how long each wait may take; 0: DefaultPatience. Set it
	// before anything waits.
	Patience time.Duration

	t       testing.TB
	profile *hook.Profile
	in      *recorder.Recorder
}

// Request is one request that a Recorder got.
type Request struct {
	Number     int64  // order of arrival over all connections, from 1
	Connection int64  // from 1
	Remote     string // the caller's address and port
	Method     string
	Target     string // path and query, as sent
	Header     http.Header
	Body       []byte

	Event   hook.Event    // valid if IsEvent
	IsEvent bool          // the payload's action names one of the six
	Payload *hook.Payload // what could be read of it; never nil
	// Err says what is wrong with the request: no whole HTTP request, or a
	// payload that the recorder's profile does not allow (a
	// *hook.PayloadError). nil: nothing is.
	Err error

	Arrived  time.Time // when its first byte was read
	Answered time.Time // just before the answer's last byte was written; zero: it was not, or not yet
	Answer   Answer    // valid once Answered is set
	// Decision is what a caller of the profile must make of the answer; valid
	// once Answered is set.
	Decision hook.Decision
}

// NewRecorder starts a recorder that accepts everybody and ends with the test.
// Payloads are checked against profile; nil: only as far as [hook.DecodeAny]
// does, and answers are judged by [hook.SRS7].
func NewRecorder(t testing.TB, profile *hook.Profile) *Recorder {
	t.Helper()
	return &Recorder{t: t, profile: profile, in: recorder.New(t, endpoint.Options{Profile: profile})}
}

// URL returns the base URL, without a path: http://127.0.0.1:PORT.
func (r *Recorder) URL() string { return r.in.URL() }

// URLs returns the URLs of all events, with the default callback server's
// paths. The recorder takes every event at every path.
func (r *Recorder) URLs() map[hook.Event][]string {
	urls, err := hook.DefaultURLs(r.URL())
	if err != nil {
		r.t.Fatal(err)
	}
	return urls
}

// Answer replaces what decides the answers; nil accepts everybody. f runs on
// the connection's goroutine: it may block, and then only its caller waits. The
// Request is as it arrived.
func (r *Recorder) Answer(f func(*Request) Answer) {
	if f == nil {
		r.in.Answer(nil)
		return
	}
	r.in.Answer(func(q *endpoint.Request) endpoint.Answer {
		a, err := f(r.public(q)).internal()
		if err != nil {
			r.t.Errorf("hooktest: the answer to request %d: %v", q.Seq, err)
		}
		return a
	})
}

// Requests returns what came so far, in order of arrival.
func (r *Recorder) Requests() []*Request {
	var all []*Request
	for _, q := range r.in.Requests() {
		all = append(all, r.public(q))
	}
	return all
}

// Clear forgets the requests so far.
func (r *Recorder) Clear() { r.in.Clear() }

// Await waits until enough holds of the requests, and looks again whenever one
// comes or is answered. It ends the test when r.Patience is over, with what,
// which says what was awaited.
func (r *Recorder) Await(what string, enough func([]*Request) bool) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience(r.Patience))
	defer cancel()
	err := r.in.Await(ctx, func(all []*endpoint.Request) bool {
		public := make([]*Request, len(all))
		for i, q := range all {
			public[i] = r.public(q)
		}
		return enough(public)
	})
	if err != nil {
		r.t.Fatalf("hooktest: want %s, got %v", what, r.events())
	}
}

// Want waits until as many events have come and been answered, and fails the
// test unless they are these, in this order.
func (r *Recorder) Want(events ...hook.Event) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience(r.Patience))
	defer cancel()
	err := r.in.AwaitDone(ctx, len(events))
	if got := r.events(); err != nil || !slices.Equal(got, events) {
		r.t.Errorf("hooktest: want %v, got %v", events, got)
	}
}

// events lists the events so far; requests that are none are left out.
func (r *Recorder) events() []hook.Event {
	var all []hook.Event
	for _, q := range r.in.Requests() {
		if q.HasEvent {
			all = append(all, q.Event)
		}
	}
	return all
}

// Down stops listening and resets all connections, as a killed hook server
// does. The port is kept.
func (r *Recorder) Down() {
	r.t.Helper()
	if err := r.in.Down(); err != nil {
		r.t.Fatal(err)
	}
}

// Up listens again, at the same address, after Down.
func (r *Recorder) Up() {
	r.t.Helper()
	if err := r.in.Up(); err != nil {
		r.t.Fatal(err)
	}
}

func (r *Recorder) public(q *endpoint.Request) *Request {
	out := &Request{
		Number: q.Seq, Connection: q.Conn, Remote: q.Remote, Method: q.Method, Target: q.Target,
		Header: q.Header.HTTP(),
		Body:   q.Body, Event: q.Event, IsEvent: q.HasEvent, Payload: q.Payload, Arrived: q.Arrived,
		Answered: q.Answered,
		Answer:   public(&q.Answer),
	}
	if out.Payload == nil {
		out.Payload = &hook.Payload{}
	}
	for _, err := range []error{q.HeadErr, q.BodyErr, q.DecodeErr} {
		if out.Err == nil {
			out.Err = err
		}
	}
	if out.Err == nil && q.Trailing > 0 {
		out.Err = errors.New("body: Content-Length counts less than was sent")
	}
	if !q.Answered.IsZero() {
		p := r.profile
		if p == nil {
			p = hook.SRS7
		}
		out.Decision = q.Verdict(p)
	}
	return out
}

func patience(d time.Duration) time.Duration {
	if d <= 0 {
		return DefaultPatience
	}
	return d
}
