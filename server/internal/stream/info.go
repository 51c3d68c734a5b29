package stream

import (
	"time"

	"hookproof/internal/rtmp/amf"
)

// Info is what can be told of a stream.
type Info struct {
	Key Key
	ID  string
	// Publisher is the client id of the live publisher, TCURL its own, Live when it began; zero without one.
	Publisher string
	TCURL     string
	Live      time.Time
	Players   int
	// Video and Audio are codecs as in codec.VideoHeader and codec.AudioHeader, empty while unknown.
	Video, Audio string
	// Frames and Bytes count what the publisher sent, SentBytes what was sent to players.
	Frames, Bytes, SentBytes int64

	meta []byte
}

// Used reports whether somebody publishes or plays; a client whose hook is pending does not yet.
func (in *Info) Used() bool { return in.Publisher != "" || in.Players > 0 }

// Clients counts the publisher that is live and the players.
func (s *Stream) Clients() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n := len(s.players)
	if s.holder != nil && !s.holder.stopped {
		n++
	}
	return n
}

// Info describes the stream as it is now.
func (s *Stream) Info() Info {
	s.mu.RLock()
	defer s.mu.RUnlock()
	in := Info{Key: s.key, ID: s.id, Players: len(s.players), SentBytes: s.sent.Load()}
	if s.holder == nil || s.holder.stopped {
		return in
	}
	in.Publisher, in.TCURL, in.Live = s.holder.clientID, s.holder.delivery.TCURL, s.info.since
	in.Video, in.Audio, in.Frames, in.Bytes = s.info.video, s.info.audio, s.info.frames, s.info.bytes
	if meta := s.headers.meta(); meta != nil {
		in.meta = meta.body
	}
	return in
}

// Dimensions are the picture's width and height in pixels as the publisher's metadata has them, 0 where it
// says nothing or nothing sensible.
func (in *Info) Dimensions() (width, height int) {
	const most = 1 << 16
	vals, err := amf.Decode(in.meta)
	if err != nil || len(vals) < 2 {
		return 0, 0
	}
	fields, _ := vals[1].(map[string]any)
	number := func(key string) int {
		if n, ok := fields[key].(float64); ok && n > 0 && n < most {
			return int(n)
		}
		return 0
	}
	return number("width"), number("height")
}

// Tracks reports whether the publication has audio and video, as far as it can be told: of one that has just begun,
// both are taken for granted.
func (s *Stream) Tracks() (audio, video bool) {
	const young = time.Second
	s.mu.RLock()
	defer s.mu.RUnlock()
	if time.Since(s.info.since) < young {
		return true, true
	}
	audio, video = s.info.audio != "", s.info.video != ""
	return audio || !video, video || !audio
}
