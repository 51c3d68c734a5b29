package stream

import (
	"time"

	"hookproof/internal/rtmp/amf"
)

// Info is what can be told of a stream.
type Info struct {
	Key Key
	ID  string
	// Publisher is the client id of the live publisher, Live when it began; zero without one.
	Publisher string
	Live      time.Time
	Players   int
	// Video and Audio are codecs as in codec.VideoHeader and codec.AudioHeader, empty while unknown;
	// Width and Height are the metadata's, in pixels, 0 while unknown.
	Video, Audio  string
	Width, Height int
	// Frames and Bytes count what the publisher sent, SentBytes what was sent to players.
	Frames, Bytes, SentBytes int64
}

// Info describes the stream as it is now.
func (s *Stream) Info() Info {
	s.mu.RLock()
	in := Info{Key: s.key, ID: s.id, Players: len(s.players), SentBytes: s.sent.Load()}
	var meta *packet
	if s.holder != nil && !s.holder.stopped {
		in.Publisher, in.Live = s.holder.clientID, s.info.since
		in.Video, in.Audio, in.Frames, in.Bytes = s.info.video, s.info.audio, s.info.frames, s.info.bytes
		meta = s.headers.meta
	}
	s.mu.RUnlock()
	if meta != nil {
		in.Width, in.Height = dimensions(meta.body)
	}
	return in
}

// dimensions reads a publisher's metadata, which may say anything.
func dimensions(meta []byte) (width, height int) {
	const most = 1 << 16
	vals, err := amf.Decode(meta)
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
