package server

import (
	"net"
	"time"
)

// accept serves one listener until it is closed.
func (s *Server) accept(l net.Listener) {
	const pause = 50 * time.Millisecond // out of file descriptors, say: nothing is gained by asking at once
	for {
		nc, err := l.Accept()
		switch {
		case err == nil:
			s.admit(nc.(*net.TCPConn))
		case ended(err):
			return
		default:
			s.log.Warn("accept", "err", err)
			select {
			case <-time.After(pause):
			case <-s.ending:
				return
			}
		}
	}
}

// admit begins a session, unless there are too many or the server is ending.
func (s *Server) admit(nc *net.TCPConn) {
	set := s.current.Load()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != stateServing || len(s.sessions) >= set.cfg.MaxConnections {
		s.refused.Add(1)
		nc.Close()
		if s.state == stateServing {
			s.log.Warn("refused", "addr", nc.RemoteAddr().String(), "err", "max_connections reached", "max", set.cfg.MaxConnections)
		}
		return
	}
	s.accepted.Add(1)
	c := newSession(s, set, nc)
	s.sessions[c] = struct{}{}
	s.running.Go(c.run)
}

// forget takes a session off the books.
func (s *Server) forget(c *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, c)
	s.closedRecv.Add(int64(c.conn.recv()))
	s.closedSent.Add(int64(c.conn.sent.Load()))
}
