package account

import (
	"strings"
	"sync"
	"time"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/loadgen/measure"
)

// Entry is one hook request as the endpoint saw it. Times are nanoseconds of
// the Unix epoch, taken from one clock that never steps back.
type Entry struct {
	Client   int        `json:"client"` // index in the plan; -1: nobody's
	ID       string     `json:"id"`     // client_id
	Event    hook.Event `json:"event"`
	Known    bool       `json:"known"` // Event is one of the six
	Arrived  int64      `json:"arrived"`
	Answered int64      `json:"answered"`         // 0: never
	Accepted bool       `json:"accepted"`         // the answer lets the client on
	Reason   string     `json:"reason,omitempty"` // why it does not
}

// Options of a Log.
type Options struct {
	Profile *hook.Profile
	Keys    Keys
	Clients int // of the plan
	// Decide answers an opening or closing event of a client; nil: accepts.
	// client is -1 for a request that is nobody's.
	Decide func(client int, r *endpoint.Request) endpoint.Answer
	// Bodies keeps the requests' bodies until they are answered, for a Decide
	// that needs them.
	Bodies bool
	// Measure, if set, gets the hooks' latencies, from MeasureFrom on.
	Measure *measure.Set
}

// Log notes the requests that a recording endpoint gets. Its methods may be
// called from any goroutine.
type Log struct {
	o     Options
	start time.Time // ties the monotonic clock to the epoch

	mu      sync.Mutex
	entries []Entry
	live    map[int64]int // request's Seq → index of its entry, until it is done
	ids     map[string]int
	seen    [][len(hook.Events)]uint16 // by client
	open    map[string]bool            // client_ids whose on_connect was accepted, without on_close
	refused int64
	from    time.Time // latencies before are left out
}

// NewLog makes an empty Log.
func NewLog(o Options) *Log {
	if o.Decide == nil {
		o.Decide = func(int, *endpoint.Request) endpoint.Answer { return endpoint.Accept() }
	}
	return &Log{o: o, start: time.Now(), live: map[int64]int{}, open: map[string]bool{}, ids: map[string]int{},
		seen: make([][len(hook.Events)]uint16, o.Clients)}
}

// Endpoint makes the endpoint that fills the Log. It listens nowhere yet.
func (l *Log) Endpoint() *endpoint.Endpoint {
	return endpoint.New(endpoint.Options{
		DropBodies: !l.o.Bodies, Observe: l.observe, Default: l.answer,
	})
}

func (l *Log) observe(r *endpoint.Request, p endpoint.Phase) {
	switch {
	case p == endpoint.PhaseArrived:
		l.arrived(r)
	case p == endpoint.PhaseDone:
		l.done(r)
	}
}

func (l *Log) arrived(r *endpoint.Request) {
	e := Entry{Client: -1, Known: r.HasEvent, Event: r.Event, Arrived: l.nanos(r.Arrived)}
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.Payload != nil {
		e.Client, e.ID = l.attribute(r.Payload)
	}
	if e.Client >= 0 && e.Known {
		l.seen[e.Client][e.Event]++
	}
	l.live[r.Seq] = len(l.entries)
	l.entries = append(l.entries, e)
}

// attribute finds whose event it is. The id is the client's own copy: a
// payload's strings would keep the whole request.
func (l *Log) attribute(pl *hook.Payload) (client int, id string) {
	if n, known := l.ids[pl.ClientID]; known {
		return n, pl.ClientID
	}
	id = strings.Clone(pl.ClientID)
	n := l.o.Keys.inPayload(pl)
	if n >= l.o.Clients {
		n = -1
	}
	if n >= 0 && id != "" {
		l.ids[id] = n
	}
	return n, id
}

// answer decides what a request is answered.
func (l *Log) answer(r *endpoint.Request) endpoint.Answer {
	l.mu.Lock()
	client := l.entries[l.live[r.Seq]].Client
	l.mu.Unlock()
	return l.o.Decide(client, r)
}

func (l *Log) done(r *endpoint.Request) {
	verdict := r.Verdict(l.o.Profile)
	l.mu.Lock()
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
	counts := !r.Arrived.Before(l.from)
	l.mu.Unlock()
	if l.o.Measure != nil && counts && r.HasEvent && !r.Answered.IsZero() {
		took := r.Answered.Sub(r.Arrived)
		l.o.Measure.Record(measure.Hook, 0, took)
		l.o.Measure.Record(measure.HookOf(r.Event), 0, took)
	}
}

// settle counts what an answered request changes.
func (l *Log) settle(e *Entry) {
	switch {
	case !e.Known:
	case e.Event == hook.OnClose:
		delete(l.open, e.ID)
	case !e.Event.Closing() && !e.Accepted:
		l.refused++
	case e.Event == hook.OnConnect:
		l.open[e.ID] = true
	}
}

// MeasureFrom leaves out the latencies of requests that arrive before t.
func (l *Log) MeasureFrom(t time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.from = t
}

// Add notes a request that did not come through the endpoint.
func (l *Log) Add(e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.Client >= 0 && e.Known {
		l.seen[e.Client][e.Event]++
	}
	l.entries = append(l.entries, e)
	l.settle(&e)
}

// Open tells how many clients are in by their hooks: on_connect was accepted,
// and on_close has not come.
func (l *Log) Open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.open)
}

func (l *Log) nanos(t time.Time) int64 { return l.start.UnixNano() + int64(t.Sub(l.start)) }

// Seen says how often the endpoint got an event of a client so far.
func (l *Log) Seen(client int, e hook.Event) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int(l.seen[client][e])
}

// Counts says how many requests came and how many opening ones were refused.
func (l *Log) Counts() (requests, refused int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int64(len(l.entries)), l.refused
}

// Entries gives a copy of all entries, in order of arrival.
func (l *Log) Entries() []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Entry(nil), l.entries...)
}
