package rtmpdefect

import (
	"bytes"
	"io"
	"net"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
	"hookproof/internal/rtmp/handshake"
	"hookproof/internal/tcpproxy"
)

// An rtmpDefect is what a mutant does to the RTMP connections. Functions that
// are nil do nothing; without any the bytes pass as they are. They are called
// before the message, or the end, is given on.
type rtmpDefect struct {
	rewrites bool // messages to the client are written anew, so that some can be added or taken away

	// a client's message; c is nil for other than commands
	up   func(s *session, m *chunk.Message, c *command.Command)
	down func(s *session, m *chunk.Message, c *command.Command) bool // the server's message; false takes it away
	// the server's end; false keeps it from the client
	ended func(s *session, err error) bool
	// the client's end; false keeps it from the server
	gone func(s *session, err error) bool
	// the client sends nothing; called again and again
	idle func(s *session)
}

// serveRTMP serves one client's connection.
func serveRTMP(w *world, upstream string, d *rtmpDefect) func(*tcpproxy.Front, *net.TCPConn) {
	return func(f *tcpproxy.Front, c *net.TCPConn) {
		from := c.RemoteAddr().(*net.TCPAddr).IP
		server, err := f.Dial(upstream, from)
		if err != nil {
			tcpproxy.Reset(c)
			return
		}
		defer f.Disown(server)
		s := &session{world: w, front: f, client: c, server: server, defect: d, out: chunk.NewWriter(c),
			size: chunk.DefaultSize}
		back := make(chan struct{})
		go func() {
			defer close(back)
			s.fromServer()
		}()
		s.fromClient()
		<-back
	}
}

// fromClient forwards what the client sends, and its end.
func (s *session) fromClient() {
	t := &tap{from: s.client, to: s.server}
	s.up = t
	if s.defect.idle != nil {
		t.idle = func() { s.defect.idle(s) }
	}
	if t.raw(handshake.Size) == nil {
		t.messages(func(_ *chunk.Reader, m *chunk.Message) bool {
			c := parse(m)
			if c != nil {
				s.said(m, c)
			}
			if s.defect.up != nil {
				s.defect.up(s, m, c)
			}
			if isMedia(m) {
				s.showed(m)
			}
			return true
		})
	}
	if t.writeErr != nil {
		s.refused()
		return
	}
	give := s.defect.gone == nil || s.defect.gone(s, t.readErr)
	s.leaves()
	s.set(func(s *session) { s.left = whole(t.readErr) })
	switch {
	case !give:
	case whole(t.readErr) && get(s, func(s *session) bool { return s.ended }):
		tcpproxy.Forget(s.server) // both have ended
	default:
		tcpproxy.Pass(s.server, t.readErr)
	}
}

// refused ends the client's side when the server takes nothing any more. Where
// the defect has a say in the server's end, that end is what the client gets.
func (s *session) refused() {
	if s.defect.ended == nil {
		tcpproxy.Reset(s.client)
		return
	}
	// It ends when the client goes, or is cut off.
	_, _ = io.Copy(io.Discard, s.client)
	s.leaves()
}

// showed keeps the sequence headers and the latest frame of a publisher that is
// on.
func (s *session) showed(m *chunk.Message) {
	ch := s.channel()
	if ch == nil {
		return
	}
	ch.mu.Lock()
	defer ch.mu.Unlock()
	switch {
	case ch.publisher != s:
	case isHeader(m):
		ch.headers = append(ch.headers, m)
	case len(m.Payload) > 1 && m.Payload[1] == 1: // not the end of a sequence
		ch.frame = m
	}
}

// fromServer forwards what the server sends, and its end.
func (s *session) fromServer() {
	t := &tap{from: s.server, to: s.client}
	if t.raw(handshake.Size) == nil {
		t.keep = s.defect.rewrites
		t.messages(s.answers(t))
	}
	if t.writeErr != nil {
		tcpproxy.Reset(s.server)
		return
	}
	// The client does not know yet: what it does from now on is no leaving.
	s.set(func(s *session) { s.dropped = !s.bye })
	if s.defect.ended != nil && !s.defect.ended(s, t.readErr) {
		return
	}
	s.set(func(s *session) { s.ended = whole(t.readErr) })
	if !whole(t.readErr) && get(s, func(s *session) bool { return s.left }) {
		tcpproxy.Forget(s.client) // as the server did, who had the client's end
		return
	}
	tcpproxy.Pass(s.client, t.readErr)
}

// answers looks at the server's messages, and writes them anew where the
// defect needs that.
func (s *session) answers(t *tap) func(*chunk.Reader, *chunk.Message) bool {
	return func(r *chunk.Reader, m *chunk.Message) bool {
		c := parse(m)
		if c != nil {
			s.heard(c)
		}
		give := s.defect.down == nil || s.defect.down(s, m, c)
		if isMedia(m) && give {
			s.set(func(s *session) { s.media++ })
		}
		if !t.keep || !give {
			return true
		}
		t.writeErr = s.write(m, r.ChunkSize())
		return t.writeErr == nil
	}
}

// write sends the client a message, in chunks of that size.
func (s *session) write(m *chunk.Message, size int) error {
	s.outLock.Lock()
	defer s.outLock.Unlock()
	if size > s.size {
		s.size = size
		announce := command.SetChunkSize(uint32(size))
		if err := s.out.Write(&announce); err != nil {
			return err
		}
	}
	if err := s.out.Write(m); err != nil {
		return err
	}
	return s.out.Flush()
}

// show sends the client a frame that the server did not.
func (s *session) show(m *chunk.Message) {
	frame := *m
	frame.Payload = bytes.TrimPrefix(m.Payload, setDataFrame)
	frame.Stream = get(s, func(s *session) uint32 { return s.id })
	// A client that has gone gets nothing.
	_ = s.write(&frame, 0)
}

// begins tells a player that its stream has begun.
func (s *session) begins() {
	m := command.UserControl{Event: command.StreamBegin,
		Value: get(s, func(s *session) uint32 { return s.id })}.Message()
	_ = s.write(&m, 0) // a client that has gone is told nothing
}

// status tells the client what the server did not.
func (s *session) status(st command.Status) {
	m, err := command.OnStatus(get(s, func(s *session) uint32 { return s.id }), st)
	if err == nil {
		_ = s.write(&m, 0) // a client that has gone is told nothing
	}
}

// cut resets both sides.
func (s *session) cut() {
	tcpproxy.Reset(s.client)
	tcpproxy.Reset(s.server)
}

// whole reports whether a side ended in order.
func whole(err error) bool { return err == nil || err == io.EOF }
