package rtmpdefect

import (
	"bytes"
	"net"
	"strings"
	"sync"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
	"hookproof/internal/tcpproxy"
)

// A session is one client's connection, as the RTMP proxy sees it.
type session struct {
	world  *world
	front  *tcpproxy.Front
	client *net.TCPConn
	server *net.TCPConn
	defect *rtmpDefect

	up      *tap          // from the client; for the defect's up alone
	out     *chunk.Writer // to the client, where messages are rewritten
	outLock sync.Mutex
	size    int // chunk size that out has announced

	mu        sync.Mutex // guards what follows; never held with the world's lock waited for
	page      string
	app       string
	host      string // of tcUrl, or its vhost parameter
	stream    string // bare name, published or played last
	id        uint32 // its message stream
	publishes bool
	plays     bool
	started   bool             // publisher: told Publish.Start
	media     int              // media messages given to the client
	late      bool             // player: it came before any publisher
	bye       bool             // it has ended its latest stream, or gone
	dropped   bool             // the server ended the connection before that
	vanished  bool             // it went without closing
	left      bool             // it ended its side in order
	ended     bool             // the server did, and the client was given that
	counted   bool             // it counts among the connections of its app
	early     []*chunk.Message // publisher: the first frames it sent unasked
	ignored   float64          // transaction of its releaseStream, which the server was not given
}

// A channel is one stream name of one app and vhost, as seen by the proxy.
type channel struct {
	mu        sync.Mutex
	publisher *session // told Publish.Start; nil without
	players   map[*session]bool
	frame     *chunk.Message   // the latest of the publisher
	headers   []*chunk.Message // the publisher's sequence headers
	refused   []*chunk.Message // those of publishers turned away
	refusals  int              // publishers turned away since one was let on
	broken    bool             // a publisher's connection broke
}

// key names a session's channel; "" before it publishes or plays.
func (s *session) key() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stream == "" {
		return ""
	}
	return s.host + "/" + s.app + "/" + s.stream
}

// channel returns the session's channel; nil before it publishes or plays.
func (s *session) channel() *channel {
	key := s.key()
	if key == "" {
		return nil
	}
	w := s.world
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channels[key]
	if c == nil {
		c = &channel{players: map[*session]bool{}}
		w.channels[key] = c
	}
	return c
}

// get reads something of a session under its lock.
func get[T any](s *session, f func(*session) T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return f(s)
}

// set changes something of a session under its lock.
func (s *session) set(f func(*session)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

// isMedia reports whether a message is audio or video.
func isMedia(m *chunk.Message) bool {
	return m.Type == message.TypeIDAudioMessage || m.Type == message.TypeIDVideoMessage
}

// isHeader reports whether a message is a sequence header of H.264 or AAC.
func isHeader(m *chunk.Message) bool {
	const avc, aac = 7, 10
	if len(m.Payload) < 2 || m.Payload[1] != 0 {
		return false
	}
	return m.Type == message.TypeIDVideoMessage && m.Payload[0]&0x0f == avc || m.Type == message.TypeIDAudioMessage &&
		m.Payload[0]>>4 == aac
}

// isMetadata reports whether a message is a publisher's metadata.
func isMetadata(m *chunk.Message) bool {
	return m.Type == message.TypeIDDataMessageAMF0 && bytes.HasPrefix(m.Payload, setDataFrame)
}

// setDataFrame comes before metadata on its way to the server.
var setDataFrame = []byte("\x02\x00\x0d@setDataFrame")

// parse reads a command; nil for any other message.
func parse(m *chunk.Message) *command.Command {
	if m.Type != message.TypeIDCommandMessageAMF0 && m.Type != message.TypeIDCommandMessageAMF3 {
		return nil
	}
	c, err := command.Parse(m)
	if err != nil {
		return nil
	}
	return c
}

// said notes what a client's command means.
func (s *session) said(m *chunk.Message, c *command.Command) {
	switch c.Name {
	case "connect":
		s.connects(c)
	case "publish", "play":
		name, err := c.String(1)
		if err != nil {
			return
		}
		s.set(func(s *session) {
			s.stream, _, _ = strings.Cut(name, "?")
			s.id, s.publishes, s.plays, s.started, s.media, s.bye = m.Stream, c.Name == "publish", c.Name == "play",
				false, 0, false
		})
		if c.Name == "play" {
			ch := s.channel()
			ch.mu.Lock()
			ch.players[s] = true
			late := ch.publisher == nil
			ch.mu.Unlock()
			s.set(func(s *session) { s.late = late })
		}
	case "FCUnpublish", "closeStream", "deleteStream":
		s.leaves()
	}
}

// connects notes who connects.
func (s *session) connects(c *command.Command) {
	app, _, _ := strings.Cut(c.Property("app"), "?")
	_, rest, _ := strings.Cut(c.Property("tcUrl"), "://")
	host, path, _ := strings.Cut(rest, "/")
	for _, mark := range []string{"?vhost=", "&vhost=", "...vhost..."} {
		if _, v, ok := strings.Cut(path, mark); ok {
			host, _, _ = strings.Cut(v, "&")
		}
	}
	s.set(func(s *session) { s.page, s.app, s.host = c.Property("pageUrl"), app, host })
	w := s.world
	w.mu.Lock()
	defer w.mu.Unlock()
	if page := c.Property("pageUrl"); page != "" && len(w.sessions) < maxClients {
		w.sessions[page] = s
	}
}

// leaves notes that a client ends its stream, or went.
func (s *session) leaves() {
	ch := s.channel()
	s.set(func(s *session) { s.bye = true })
	if ch == nil {
		return
	}
	ch.mu.Lock()
	defer ch.mu.Unlock()
	delete(ch.players, s)
	if ch.publisher == s {
		ch.publisher, ch.frame, ch.headers = nil, nil, nil
	}
}

// heard notes what the server's command means: a publisher is let on.
func (s *session) heard(c *command.Command) {
	if !isStatus(c, command.PublishStart.Code) {
		return
	}
	ch := s.channel()
	if ch == nil {
		return
	}
	s.set(func(s *session) { s.started = true })
	ch.mu.Lock()
	defer ch.mu.Unlock()
	ch.publisher, ch.refusals = s, 0
}

// isStatus reports whether a command is an onStatus with that code.
func isStatus(c *command.Command, code string) bool {
	if c == nil || c.Name != "onStatus" {
		return false
	}
	st, err := command.ParseStatus(c)
	return err == nil && st.Code == code
}
