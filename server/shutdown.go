package server

import (
	"context"
	"errors"
	"net"
)

// Why the server itself ends a session.
var (
	errKicked   = errors.New("kicked off over the HTTP API")
	errShutdown = errors.New("the server is shutting down")
)

// Kick drops the client with that client_id, with its closing events (S-ORD-06); false if there is none.
// A client whose hook is pending goes when the answer is in.
func (s *Server) Kick(id string) bool {
	c := s.find(id)
	if c != nil {
		c.kick()
	}
	return c != nil
}

// Shutdown ends the server in order: no new clients, every live one is dropped, its closing events are
// delivered (S-ORD-07). When ctx ends first, the rest is cut off as by Close, and ctx's error returned.
func (s *Server) Shutdown(ctx context.Context) error {
	s.end()
	done := make(chan struct{})
	go func() { // ends with the sessions, which Close forces below
		defer close(done)
		s.running.Wait()
	}()
	defer s.release()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		s.release()
		s.closeAll()
		<-done
		return ctx.Err()
	}
}

// Close ends the server at once: hook calls under way are given up, and closing events that were not sent are lost.
func (s *Server) Close() error {
	s.release()
	s.end()
	s.closeAll()
	s.running.Wait()
	return nil
}

// end stops everything from coming in and tells every session to end.
func (s *Server) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != stateEnding {
		s.state = stateEnding
		close(s.ending)
	}
	for _, l := range s.listeners {
		l.Close()
	}
	if s.api != nil {
		s.api.Close()
	}
	if s.http != nil {
		s.http.Close() // not the connections of FLV viewers, which are theirs
	}
	for c := range s.sessions {
		c.conn.abort(errShutdown)
	}
	for v := range s.viewers {
		v.abort(errShutdown)
	}
}

// closeAll cuts every connection, lingering ones among them.
func (s *Server) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.sessions {
		c.conn.nc.Close()
	}
}

// release ends the hook calls that are under way, and lets none begin.
func (s *Server) release() {
	s.cancel()
	s.hooks.close()
}

// ended reports whether err is that of a closed listener.
func ended(err error) bool { return errors.Is(err, net.ErrClosed) }
