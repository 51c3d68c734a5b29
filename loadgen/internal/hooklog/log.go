// Package hooklog is the recording endpoint of a load test: it notes whose every hook request is, and answers it.
package hooklog

import (
	"slices"
	"strings"
	"sync"
	"time"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
)

// Options of a Log.
type Options struct {
	Profile *hook.Profile
	Keys    account.Keys
	Clients int // of the plan
	// Decide answers a request of a client; nil: accepts. client is account.Nobody for a request that carries no key.
	Decide func(client int, r *endpoint.Request) endpoint.Answer
	// Measure, if set, gets the hooks' latencies, from MeasureFrom on.
	Measure *measure.Set
}

// Log notes the requests that a recording endpoint gets. Its methods may be called from any goroutine.
type Log struct {
	o     Options
	start time.Time // ties the monotonic clock to the epoch

	mu        sync.Mutex
	entries   []account.Entry
	live      map[int64]int // request's Seq → index of its entry, until it is done
	ids       map[string]int
	seen      [][len(hook.Events)]uint16 // by client
	open      map[string]bool            // client_ids whose on_connect was accepted, without on_close
	refused   int64
	probes    int64
	from      time.Time // latencies before are left out
	last      time.Time // when the last request came
	spoken    *hook.Detection
	strangers map[string]int // requests of nobody, by what they are
}

// New makes an empty Log.
func New(o Options) *Log {
	if o.Decide == nil {
		o.Decide = func(int, *endpoint.Request) endpoint.Answer { return endpoint.Accept() }
	}
	return &Log{o: o, start: time.Now(), live: map[int64]int{}, open: map[string]bool{}, ids: map[string]int{},
		seen: make([][len(hook.Events)]uint16, o.Clients), strangers: map[string]int{}}
}

// Endpoint makes the endpoint that fills the Log. It listens nowhere yet.
func (l *Log) Endpoint() *endpoint.Endpoint {
	return endpoint.New(endpoint.Options{
		Observe: l.observe, Default: l.answer,
	})
}

func (l *Log) observe(r *endpoint.Request, p endpoint.Phase) {
	switch p {
	case endpoint.PhaseArrived:
		l.arrived(r)
	case endpoint.PhaseDone:
		l.done(r)
	}
}

func (l *Log) arrived(r *endpoint.Request) {
	e := account.Entry{Client: account.Nobody, Known: r.HasEvent, Event: r.Event, Arrived: l.nanos(r.Arrived)}
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.Payload != nil {
		e.Client, e.ID = l.attribute(r.Payload)
	}
	l.count(&e)
	l.last = r.Arrived
	if e.Client == account.Nobody {
		l.stranger(r)
	}
	if account.IsProbe(e.Client) && l.spoken == nil {
		d := detect(r)
		l.spoken = &d
	}
	l.live[r.Seq] = len(l.entries)
	l.entries = append(l.entries, e)
}

// count notes whose the request is. The lock is held.
func (l *Log) count(e *account.Entry) {
	switch {
	case account.IsProbe(e.Client):
		l.probes++
	case e.Client >= 0 && e.Known:
		l.seen[e.Client][e.Event]++
	}
}

// attribute finds whose event it is. The id is the client's own copy: a
// payload's strings would keep the whole request.
func (l *Log) attribute(pl *hook.Payload) (client int, id string) {
	if n, known := l.ids[pl.ClientID]; known {
		return n, pl.ClientID
	}
	id = strings.Clone(pl.ClientID)
	n := l.o.Keys.InPayload(pl)
	if n >= l.o.Clients {
		n = account.Nobody
	}
	if n != account.Nobody && id != "" {
		l.ids[id] = n
	}
	return n, id
}

// maxStrangers bounds the kinds of foreign requests that are told apart.
const maxStrangers = 20

// stranger notes what a request is that carries no client's key. The lock is held.
func (l *Log) stranger(r *endpoint.Request) {
	d := detect(r)
	what := d.Reason
	if d.Dialect != "" {
		what = d.Dialect + ": " + what
	}
	if _, known := l.strangers[what]; !known && len(l.strangers) >= maxStrangers {
		what = "others"
	}
	l.strangers[what]++
}

func detect(r *endpoint.Request) hook.Detection {
	return hook.Detect(hook.Request{Target: r.Target, UserAgent: r.Header.Get("User-Agent"), Body: r.Body})
}

// answer decides what a request is answered.
func (l *Log) answer(r *endpoint.Request) endpoint.Answer {
	l.mu.Lock()
	client := l.entries[l.live[r.Seq]].Client
	l.mu.Unlock()
	return l.o.Decide(client, r)
}

func (l *Log) done(r *endpoint.Request) {
	l.mu.Lock()
	verdict := r.Verdict(l.o.Profile)
	i := l.live[r.Seq]
	delete(l.live, r.Seq)
	e := &l.entries[i]
	if e.Accepted = verdict.Accept; !e.Event.Closing() {
		e.Reason = verdict.Reason
	}
	if !r.Answered.IsZero() {
		e.Answered = l.nanos(r.Answered)
	}
	l.settle(e)
	counts := !r.Arrived.Before(l.from) && !account.IsProbe(e.Client)
	l.mu.Unlock()
	if l.o.Measure != nil && counts && r.HasEvent && !r.Answered.IsZero() {
		took := r.Answered.Sub(r.Arrived)
		l.o.Measure.Record(measure.Hook, 0, took)
		l.o.Measure.Record(measure.HookOf(r.Event), 0, took)
	}
}

// settle counts what an answered request changes. The lock is held.
func (l *Log) settle(e *account.Entry) {
	switch {
	case !e.Known || account.IsProbe(e.Client):
	case e.Event == hook.OnClose:
		delete(l.open, e.ID)
	case !e.Event.Closing() && !e.Accepted:
		l.refused++
	case e.Event == hook.OnConnect:
		l.open[e.ID] = true
	}
}

// SetProfile says by which profile answers are judged.
func (l *Log) SetProfile(p *hook.Profile) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.o.Profile = p
}

// Profile is the one by which answers are judged.
func (l *Log) Profile() *hook.Profile {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.o.Profile
}

// MeasureFrom leaves out the latencies of requests that arrive before t.
func (l *Log) MeasureFrom(t time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.from = t
}

// Add notes a request that did not come through the endpoint.
func (l *Log) Add(e account.Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count(&e)
	l.entries = append(l.entries, e)
	l.settle(&e)
}

// Open returns how many clients are in by their hooks: on_connect was accepted,
// and on_close has not come.
func (l *Log) Open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.open)
}

// Quiet returns how long no request has come.
func (l *Log) Quiet() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Since(l.last)
}

func (l *Log) nanos(t time.Time) int64 { return l.start.UnixNano() + int64(t.Sub(l.start)) }

// Seen returns how often the endpoint got an event of a client so far.
func (l *Log) Seen(client int, e hook.Event) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int(l.seen[client][e])
}

// Counts returns how many requests came and how many opening ones were refused, probes left out.
func (l *Log) Counts() (requests, refused int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int64(len(l.entries)) - l.probes, l.refused
}

// Entries returns a copy of all entries but those of probes, in order of arrival.
func (l *Log) Entries() []account.Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(l.entries), func(e account.Entry) bool { return account.IsProbe(e.Client) })
}

// OfProbe returns the requests of the n-th probe that were answered so far, or will not be; pending is true while
// others are under way.
func (l *Log) OfProbe(n int) (list []account.Entry, pending bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	under := map[int]bool{}
	for _, i := range l.live {
		under[i] = true
	}
	for i, e := range l.entries {
		switch {
		case e.Client != account.Probe(n):
		case under[i]:
			pending = true
		default:
			list = append(list, e)
		}
	}
	return list, pending
}

// Spoken returns what the first request of a probe was written by; nil if none came.
func (l *Log) Spoken() *hook.Detection {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.spoken
}

// Strangers returns how many requests carried no client's key, and what most of them are.
func (l *Log) Strangers() (n int, what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	most := 0
	for text, count := range l.strangers {
		n += count
		if count > most || count == most && text < what {
			most, what = count, text
		}
	}
	return n, what
}
