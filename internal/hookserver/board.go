package hookserver

import (
	"sync"

	"hookproof/hook"
)

// Bounds of what is kept.
const (
	maxOpen  = 10_000 // rows of each table
	maxLog   = 500    // entries of the event log
	maxShare = 100    // rows of each table that the page shows
)

// board is what the page shows: what is open now, and what happened.
type board struct {
	mu         sync.Mutex
	version    int64         // grows with every change
	changed    chan struct{} // closed at the next change; nil: nobody waits
	connected  *table
	publishing *table
	playing    *table
	flights    map[int64]*flight // by Seq of the request
	counts     counts
	log        []entry // a ring: the oldest is at next once it is full
	next       int
}

// counts are sums since the start.
type counts struct {
	Events   int64 `json:"events"`
	Refused  int64 `json:"refused"`
	Rejected int64 `json:"rejected"`
}

// entry is one line of the event log. Texts are as shown.
type entry struct {
	version int64

	At      int64   `json:"at"` // ms since 1970
	Event   string  `json:"event"`
	Outcome outcome `json:"outcome"`
	Code    int     `json:"code"`
	ID      string  `json:"id,omitempty"`
	IP      string  `json:"ip,omitempty"`
	VHost   string  `json:"vhost,omitempty"`
	App     string  `json:"app,omitempty"`
	Stream  string  `json:"stream,omitempty"`
	Param   string  `json:"param,omitempty"`
	TCURL   string  `json:"tcUrl,omitempty"`
	Page    string  `json:"page,omitempty"`
	Reason  string  `json:"reason,omitempty"`
	Delay   string  `json:"delay,omitempty"`
	Rule    string  `json:"rule,omitempty"`
	Path    string  `json:"path,omitempty"` // of the request
	Body    string  `json:"body,omitempty"` // see Server.body
}

// flight is an opening event that was accepted and whose answer is not out yet.
type flight struct {
	event     hook.Event
	row       *row
	cancelled bool // the client closed meanwhile
	opened    bool
}

func newBoard() *board {
	return &board{
		connected: newTable(maxOpen), publishing: newTable(maxOpen), playing: newTable(maxOpen),
		flights: make(map[int64]*flight),
	}
}

// add writes a line of the log.
func (b *board) add(e entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.touch()
	e.version = b.version
	b.counts.Events++
	switch e.Outcome {
	case refused:
		b.counts.Refused++
	case rejected:
		b.counts.Rejected++
	}
	if len(b.log) < maxLog {
		b.log = append(b.log, e)
		return
	}
	b.log[b.next] = e
	b.next = (b.next + 1) % maxLog
}

// touch notes a change and wakes who waits for one.
func (b *board) touch() {
	b.version++
	if b.changed != nil {
		close(b.changed)
		b.changed = nil
	}
}

// start notes an accepted opening event, whose answer is on its way.
func (b *board) start(seq int64, e hook.Event, r *row) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.flights[seq] = &flight{event: e, row: r}
}

// answered opens what the event of that request is for: its answer goes out.
func (b *board) answered(seq int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.flights[seq]
	if f == nil || f.cancelled {
		return
	}
	f.opened = true
	connection := *f.row
	connection.what, connection.Stream = clientKey{}, nil
	b.connected.open(&connection)
	switch f.event {
	case hook.OnPublish:
		b.publishing.open(f.row)
	case hook.OnPlay:
		b.playing.open(f.row)
	}
	b.touch()
}

// done ends the flight of a request. If its answer did not get out whole, the
// caller cannot have let the client on: what it opened is closed again.
func (b *board) done(seq int64, delivered bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.flights[seq]
	if f == nil {
		return
	}
	delete(b.flights, seq)
	if f.opened && !delivered {
		b.closeLocked(f.event, f.row)
	}
}

// close ends what event e, opening or closing, is about. Closing what was
// never opened, or twice, changes nothing.
func (b *board) close(e hook.Event, r *row) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.flights {
		if f.row.client == r.client && (e.Opening() == hook.OnConnect || f.row.what == r.what &&
			f.event == e.Opening()) {
			f.cancelled = true
		}
	}
	b.closeLocked(e, r)
}

func (b *board) closeLocked(e hook.Event, r *row) {
	switch e.Opening() {
	case hook.OnConnect:
		b.connected.closeAll(r.client)
		b.publishing.closeAll(r.client)
		b.playing.closeAll(r.client)
	case hook.OnPublish:
		b.publishing.close(r.client, r.what)
	case hook.OnPlay:
		b.playing.close(r.client, r.what)
	}
	b.touch()
}
