package rtmptarget

import (
	"errors"
	"net"
	"slices"
	"syscall"
	"time"

	"hookproof/internal/check"
	"hookproof/internal/rtmp/handshake"
)

// checkAlive looks whether the server under test still takes connections, and
// records when it does not. A server of the scene's own is the scene's to end.
// The kernel takes connections for a process that is being ended: so the server
// is given time to answer a handshake, or to end.
func (s *Scene) checkAlive() {
	t := s.Target
	if !s.own {
		awaitAnswer(t.Addr, time.Duration(float64(endTime)*t.Scale))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gone != "" || s.own || !refuses(t.Addr) {
		if t.gone != "" {
			s.Note(check.GoneNote, endedText, t.Addr)
		}
		return
	}
	note := check.GoneNote
	t.gone = "the server under test takes no connections any more; whichever scenario ended it" +
		" ran when the first was undecided"
	if s.deadly {
		note, t.gone = check.DiedNote, "the server under test has died in an earlier scenario"
	}
	s.Note(note, endedText, t.Addr)
}

const endedText = "the server at %s refuses connections: it has ended, or was ended"

// Deadly says that what follows can end the server: the scenario runs alone, so that a death is its.
func (s *Scene) Deadly() error {
	s.deadly = true
	return nil
}

// Lives looks whether the server under test still takes connections.
func (s *Scene) Lives() error {
	s.checkAlive()
	return nil
}

// deadly is the tag of scenarios that have ended real servers: each runs alone, after all others.
const deadly = "deadly"

// Lacking says why a scenario with these tags cannot be played: the server has
// ended, or lacks a capability.
func (t *Target) Lacking(tags []string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.gone != "":
		return t.gone
	case t.Safe && slices.Contains(tags, deadly):
		return "left out by -safe: it can end a server"
	}
	for _, need := range Capabilities {
		if t.Lacks[need] != "" && slices.Contains(tags, string(need)) {
			return t.Lacks[need]
		}
	}
	return ""
}

// endTime is how long a process that is being ended may take, before scaling.
const endTime = 5 * time.Second

// awaitAnswer waits until an address answers an RTMP handshake, or ends the
// connection.
func awaitAnswer(addr string, limit time.Duration) {
	c, err := net.DialTimeout("tcp", addr, limit)
	if err != nil {
		return
	}
	defer c.Close()
	if c.SetDeadline(time.Now().Add(limit)) != nil {
		return
	}
	hello := make([]byte, handshake.Size)
	hello[0] = handshake.Version
	// Only the version and the first packet, as a client begins.
	if _, err := c.Write(hello[:1+(handshake.Size-1)/2]); err == nil {
		_, _ = c.Read(hello[:1]) // an answer, an end or the deadline: all of them are waited for
	}
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
