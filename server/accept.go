package server

import (
	"errors"
	"net"
	"syscall"
	"time"
)

// accept serves one listener until it is closed.
func (s *Server) accept(l net.Listener) {
	const pause = 50 * time.Millisecond // out of file descriptors, say: nothing is gained by asking at once
	for {
		nc, err := l.Accept()
		switch {
		case err == nil && s.awaitFiles(nc.(*net.TCPConn)):
			s.admit(nc.(*net.TCPConn))
		case err == nil:
			s.refused.Add(1)
			nc.Close()
		case ended(err):
			return
		default:
			s.log.Warn("accept", "err", err)
			if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
				s.spare()
			}
			select {
			case <-time.After(pause):
			case <-s.ending:
				return
			}
		}
	}
}
