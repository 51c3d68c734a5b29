package rtmptarget

import (
	"errors"
	"net"
	"slices"
	"syscall"
	"time"

	"hookproof/internal/check"
)

// checkAlive looks whether the server under test still takes connections, and
// records when it does not. A server of the scene's own is the scene's to end.
func (s *Scene) checkAlive() {
	t := s.Target
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gone == "" && !s.own && refuses(t.Addr) {
		t.gone = "the server under test takes no connections any more; whichever scenario ended it" +
			" ran when the first was undecided"
	}
	if t.gone != "" {
		s.Note(check.GoneNote, "the server at %s refuses connections: it has ended, or was ended", t.Addr)
	}
}

// Lacking says why a scenario with these tags cannot be played: the server has
// ended, or lacks a capability.
func (t *Target) Lacking(tags []string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gone != "" {
		return t.gone
	}
	for _, need := range Capabilities {
		if t.Lacks[need] != "" && slices.Contains(tags, string(need)) {
			return t.Lacks[need]
		}
	}
	return ""
}

// refuses reports whether an address refuses connections, asked twice: one
// refusal may be a full backlog.
func refuses(addr string) bool {
	for range 2 {
		c, err := net.DialTimeout("tcp", addr, 5*time.Second)
		if err == nil {
			c.Close()
			return false
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			return false
		}
	}
	return true
}
