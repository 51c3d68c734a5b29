package server

import (
	"container/list"
	"errors"
	"net"
	"sync"
	"time"
)

// errDisplaced ends a session whose place another client needs.
var errDisplaced = errors.New("displaced: max_connections was reached, and this client did nothing")

// standing says what a session does with its place among max_connections.
type standing uint8

const (
	halfOpen standing = iota // it has not got as far as connect
	atRest                   // it is connected, and neither publishes nor plays
	atWork                   // it publishes or plays: nobody displaces it
)

// spareAfter is how long a session may hold a place and do nothing before it can be displaced. Connecting and
// publishing take a few round trips, so honest clients do not displace each other.
const spareAfter = time.Second

// admission keeps the places of a server, under Server.mu. When all are taken, a newcomer gets that of the
// session which has done nothing for longest: clients that open connections and go no further, on purpose or
// by a defect, shut nobody out.
type admission struct {
	resting [atWork]list.List // of *session, by standing, the oldest first
	leaving int               // sessions that were displaced, and are still on their way out
}

// place is where a session is in an admission.
type place struct {
	standing  standing
	since     time.Time // of that standing
	at        *list.Element
	displaced bool
}

// admit begins a session, unless there is no place for it or the server is ending.
func (s *Server) admit(nc *net.TCPConn) {
	set := s.current.Load()
	s.mu.Lock()
	if s.state != stateServing || !s.room(set.cfg.MaxConnections) {
		s.refused.Add(1)
		serving := s.state == stateServing
		s.mu.Unlock()
		nc.Close()
		if serving {
			s.reportFull()
		}
		return
	}
	s.accepted.Add(1)
	c := newSession(s, set, nc)
	s.sessions[c] = struct{}{}
	s.rank(c, halfOpen)
	full := s.leaving > 0
	s.running.Go(c.run)
	s.mu.Unlock()
	if full {
		s.reportFull()
	}
}

// room sees to it that one more client has a place. The caller holds mu.
func (s *Server) room(most int) bool {
	all := len(s.sessions) + len(s.viewers)
	if all-s.leaving < most {
		return true
	}
	// Who is displaced stays until its closing events are told; that takes no more than as much again.
	return all < 2*most && (s.displace() || s.hls.displace())
}

// spare displaces sessions where there are no file descriptors left: their limit may be lower than
// max_connections. Some at once, since others wait in the listener's queue.
func (s *Server) spare() {
	const some = 16
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := 0; n < some && s.displace(); n++ {
	}
}

// displace ends the session that has done nothing for longest, half-open ones first; false if there is none.
// One whose hook is pending waits for us, so it is left alone. The caller holds mu.
func (s *Server) displace() bool {
	now := time.Now()
	for i := range s.resting {
		for e := s.resting[i].Front(); e != nil; e = e.Next() {
			c := e.Value.(*session)
			if now.Sub(c.place.since) < spareAfter {
				break
			}
			if c.asking.Load() {
				continue
			}
			s.unrank(c)
			c.place.displaced = true
			s.leaving++
			s.displaced.Add(1)
			c.conn.abort(errDisplaced)
			return true
		}
	}
	return false
}

// ranks is rank for a session's goroutine.
func (s *Server) ranks(c *session, to standing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.place.standing != to {
		s.rank(c, to)
	}
}

// rank notes what a session does from now on. The caller holds mu.
func (s *Server) rank(c *session, to standing) {
	s.unrank(c)
	c.place.standing, c.place.since = to, time.Now()
	if to != atWork && !c.place.displaced {
		c.place.at = s.resting[to].PushBack(c)
	}
}

func (s *Server) unrank(c *session) {
	if c.place.at != nil {
		s.resting[c.place.standing].Remove(c.place.at)
		c.place.at = nil
	}
}

// forget takes a session off the books.
func (s *Server) forget(c *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, c)
	s.unrank(c)
	if c.place.displaced {
		s.leaving--
	}
	s.closedRecv.Add(int64(c.conn.recv()))
	s.closedSent.Add(int64(c.conn.sent.Load()))
}

// A fullReport logs that there are max_connections, at most once a second: a flood of clients is not to
// become one of lines.
type fullReport struct {
	mu                 sync.Mutex
	last               time.Time
	refused, displaced int64 // that were told
}

func (s *Server) reportFull() {
	const every = time.Second
	r, now := &s.full, time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.last) < every {
		return
	}
	refused, displaced := s.refused.Load(), s.displaced.Load()
	s.log.Warn("max_connections reached", "max", s.current.Load().cfg.MaxConnections,
		"refused", refused-r.refused, "displaced", displaced-r.displaced)
	r.last, r.refused, r.displaced = now, refused, displaced
}
