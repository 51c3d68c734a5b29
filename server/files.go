package server

import (
	"net"
	"time"
)

// A reserve keeps file descriptors free for the hook calls of clients that were let in: accepting stops first. The
// system hands out the lowest descriptor that is free, so the number of a new one says how many are taken at least.
type reserve struct {
	first int // the lowest descriptor that belongs to the reserve; 0: there is none
}

// newReserve keeps a quarter of the descriptors that this process may have, and no more than all hooks need at once.
func newReserve() reserve {
	const most = 512
	limit := descriptorLimit()
	return reserve{first: limit - min(limit/4, most)}
}

// touched reports whether a new connection has a descriptor of the reserve.
func (r reserve) touched(nc *net.TCPConn) bool {
	if r.first <= 0 {
		return false
	}
	raw, err := nc.SyscallConn()
	if err != nil {
		return false
	}
	touched := false
	raw.Control(func(fd uintptr) { touched = int(fd) >= r.first && lowestFree(int(fd)) >= r.first })
	return touched
}

// awaitFiles waits until the reserve is whole again: clients that do nothing make room meanwhile. false: the server is
// ending, or nobody did within the time that a client has to connect.
func (s *Server) awaitFiles(nc *net.TCPConn) bool {
	const pause = 20 * time.Millisecond
	late := time.NewTimer(s.current.Load().cfg.Timeouts.Connect)
	defer late.Stop()
	look := time.NewTicker(pause)
	defer look.Stop()
	for s.reserve.touched(nc) {
		s.spare()
		s.reportFiles()
		select {
		case <-look.C:
		case <-late.C:
			return false
		case <-s.ending:
			return false
		}
	}
	return true
}

// reportFiles logs, at most once a minute, that accepting waits for descriptors. It is for the accepting goroutines.
func (s *Server) reportFiles() {
	const every = time.Minute
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); now.Sub(s.filesTold) >= every {
		s.filesTold = now
		s.log.Warn("accepting waits: the file descriptors that are left are kept for hook calls",
			"left", descriptorLimit()-s.reserve.first)
	}
}
