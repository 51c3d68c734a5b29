package server

import (
	"cmp"
	"math"
	"slices"
	"time"

	"hookproof/internal/rtmp/command"
	"hookproof/server/internal/stream"
)

// messageStream is one NetStream of a client: it publishes, plays, or waits to be told. At most one of
// publication and player is set; the fields change under session.mu.
type messageStream struct {
	id          uint32
	target      target
	held        heldName // while publishing or playing
	publication *stream.Publication
	hls         *hlsFeed // of publication, nil where the vhost has no HLS
	player      *stream.Player
	published   bool      // it has published before
	since       time.Time // when this publication began
	media       bool      // this publication's media has begun
}

func (ms *messageStream) busy() bool { return ms.publication != nil || ms.player != nil }

// newStream makes a message stream with the lowest free id, from 1; 0 when the client has too many.
func (c *session) newStream() uint32 {
	id := uint32(1)
	for c.stream(id) != nil {
		id++
	}
	if c.addStream(id) == nil {
		return 0
	}
	c.created = max(c.created, id)
	return id
}

// addStream makes a message stream with an id that none has; nil when the client has too many.
func (c *session) addStream(id uint32) *messageStream {
	if len(c.streams) >= c.set.cfg.Limits.Streams {
		return nil
	}
	ms := &messageStream{id: id}
	c.mu.Lock()
	c.streams = append(c.streams, ms)
	c.mu.Unlock()
	return ms
}

// stream returns a message stream of the client, nil if there is none of that id.
func (c *session) stream(id uint32) *messageStream {
	for _, ms := range c.streams {
		if ms.id == id {
			return ms
		}
	}
	return nil
}

// use is stream for a publish or play. Encoders that never ask for a message stream are served on the one that they
// name, 0 mostly, as other servers do; nil when that is one too many.
func (c *session) use(id uint32) *messageStream {
	if ms := c.stream(id); ms != nil {
		return ms
	}
	return c.addStream(id)
}

// publishes returns the message stream whose publication media is for: the one that it names or, where the client never
// created that one, the only one that publishes. nil: it belongs to none.
func (c *session) publishes(id uint32) *messageStream {
	if ms := c.stream(id); ms != nil || id != 0 && id <= c.created {
		if ms == nil || ms.publication == nil {
			return nil
		}
		return ms
	}
	var only *messageStream
	for _, ms := range c.streams {
		if ms.publication == nil {
			continue
		}
		if only != nil {
			return nil
		}
		only = ms
	}
	return only
}

// abandon ends what a message stream does without telling anyone.
func (ms *messageStream) abandon() {
	switch {
	case ms.publication != nil:
		ms.hls.stop()
		ms.publication.End()
	case ms.player != nil:
		ms.player.Close()
	default:
		return
	}
	ms.held.release()
}

// end ends what a message stream does, with its closing event.
func (c *session) end(ms *messageStream) {
	switch {
	case ms.publication != nil:
		c.unpublish(ms)
	case ms.player != nil:
		c.stop(ms)
	}
}

// closeStream ends what the message stream does; it can be used again.
func (c *session) closeStream(id uint32) error {
	ms := c.stream(id)
	if ms == nil || !ms.busy() {
		return nil
	}
	s := command.UnpublishSuccess
	if ms.player != nil {
		s = command.PlayStop
	}
	c.end(ms)
	c.settle()
	return c.status(id, s)
}

// deleteStream ends the message stream. There is no answer (RTMP 1.0 section 7.2.2.3).
func (c *session) deleteStream(cmd *command.Command) error {
	n, err := cmd.Number(1)
	if err != nil || !(n >= 0 && n <= math.MaxUint32) {
		return nil
	}
	ms := c.stream(uint32(n))
	if ms == nil {
		return nil
	}
	busy := ms.busy()
	c.end(ms)
	c.mu.Lock()
	c.streams = slices.DeleteFunc(c.streams, func(other *messageStream) bool { return other == ms })
	c.mu.Unlock()
	if busy { // or creating and deleting would be a way to stay for ever
		c.settle()
	}
	return nil
}

// doing returns the message stream that says what kind of client this is. The caller holds mu, or is the session.
func (c *session) doing() (*messageStream, Kind) {
	var found *messageStream
	for _, ms := range c.streams {
		switch {
		case ms.publication != nil:
			return ms, KindPublish
		case ms.player != nil:
			found = ms
		}
	}
	if found != nil {
		return found, KindPlay
	}
	return nil, KindIdle
}

func (c *session) kind() Kind {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, kind := c.doing()
	return kind
}

// settle sets how long the client may now be quiet, and what its place is worth.
func (c *session) settle() {
	t := c.set.cfg.Timeouts
	ms, kind := c.doing()
	if kind == KindPublish {
		t.FirstPacket = cmp.Or(ms.target.vhost.FirstPacket, t.FirstPacket)
		t.Publish = cmp.Or(ms.target.vhost.Publish, t.Publish)
	}
	if kind == KindIdle {
		c.srv.ranks(c, atRest)
	} else {
		c.srv.ranks(c, atWork)
	}
	switch {
	case kind == KindPublish && !ms.media && t.FirstPacket > 0:
		// Other messages do not count: there may be media among them that belongs nowhere.
		c.conn.expect(patience{what: "sending its first packet", until: ms.since.Add(t.FirstPacket)})
	case kind == KindPublish && !ms.media:
		c.conn.expect(patience{})
	case kind == KindPublish:
		c.conn.expect(patience{what: "publishing", silence: t.Publish})
	case kind == KindPlay && t.Ping == 0:
		c.conn.expect(patience{})
	case kind == KindPlay:
		c.conn.expect(patience{what: "playing", silence: t.Player, ping: t.Ping})
	case t.Idle > 0:
		c.conn.expect(patience{what: "publishing or playing anything", until: time.Now().Add(t.Idle)})
	default:
		c.conn.expect(patience{})
	}
}

// info describes the client. Any goroutine may ask.
func (c *session) info() ClientInfo {
	c.mu.Lock()
	defer c.mu.Unlock()
	in := ClientInfo{
		ID: c.id(), IP: c.ip(), Addr: c.conn.nc.RemoteAddr().String(),
		VHost: c.client.vhost.Name, App: c.client.address.app,
		TCURL: c.client.tcURL, PageURL: c.client.pageURL, SWFURL: c.client.swfURL, FlashVer: c.client.flashVer,
		Since: c.since, RecvBytes: int64(c.conn.recv()), SentBytes: int64(c.conn.sent.Load()),
	}
	ms, kind := c.doing()
	in.Kind = kind
	if ms != nil {
		in.VHost, in.App, in.Stream, in.StreamID = ms.target.vhost.Name, ms.target.app, ms.target.name, ms.held.ID()
	}
	return in
}
