package hookserver

import (
	"encoding/json"
	"time"
)

// state is one message to the page.
type state struct {
	version int64

	Boot       string   `json:"boot"` // a page that knows another forgets all
	Profile    string   `json:"profile"`
	Started    int64    `json:"started"` // ms since 1970
	Now        int64    `json:"now"`     // ms since 1970
	Guarded    []string `json:"guarded"` // what refuses: "token", "3 rules"
	Counts     counts   `json:"counts"`
	Connected  share    `json:"connected"`
	Publishing share    `json:"publishing"`
	Playing    share    `json:"playing"`
	Fresh      bool     `json:"fresh"` // Log begins anew
	Log        []entry  `json:"log"`   // what the page has not seen, the oldest first
	Kept       int      `json:"kept"`  // entries that the server keeps
}

// share is the newest part of a table.
type share struct {
	Total     int    `json:"total"`
	Forgotten int64  `json:"forgotten"`
	Rows      []*row `json:"rows"`
}

func shareOf(t *table) share {
	return share{Total: t.order.Len(), Forgotten: t.forgotten, Rows: t.newest(maxShare)}
}

// await waits until there is something newer than seen, or either channel
// gives something.
func (b *board) await(seen int64, late <-chan time.Time, closing <-chan struct{}) {
	b.mu.Lock()
	if b.version > seen {
		b.mu.Unlock()
		return
	}
	if b.changed == nil {
		b.changed = make(chan struct{})
	}
	changed := b.changed
	b.mu.Unlock()
	select {
	case <-changed:
	case <-late:
	case <-closing:
	}
}

// state returns what a page that has seen that version must be told. Rows are
// never changed once they are in a table, so they can be read without the lock.
func (s *Server) state(seen int64) *state {
	b := s.board
	b.mu.Lock()
	defer b.mu.Unlock()
	st := &state{
		version: b.version, Boot: s.boot, Profile: nameOf(s.opts.Profile), Guarded: s.guarded(),
		Started: s.started.UnixMilli(), Now: time.Now().UnixMilli(), Counts: b.counts,
		Connected: shareOf(b.connected), Publishing: shareOf(b.publishing), Playing: shareOf(b.playing),
		Kept: maxLog, Log: []entry{},
	}
	for i := range b.log {
		e := &b.log[(b.next+i)%len(b.log)]
		if e.version > seen {
			st.Log = append(st.Log, *e)
		}
	}
	st.Fresh = len(st.Log) == len(b.log)
	return st
}

// guarded says what may refuse clients.
func (s *Server) guarded() []string {
	all := []string{}
	if s.opts.Token != nil {
		all = append(all, "token")
	}
	if n := s.opts.Rules.Len(); n > 0 {
		all = append(all, plural(n, "rule"))
	}
	return all
}

// json returns the message as one line of JSON; <, > and & are escaped.
func (st *state) json() []byte {
	text, err := json.Marshal(st)
	if err != nil {
		// Texts and numbers can always be written.
		panic(err)
	}
	return text
}
