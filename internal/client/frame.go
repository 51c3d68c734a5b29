package client

import (
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/codec"
)

// Frame is what Options.OnFrame is told of an audio or video message.
type Frame struct {
	At   time.Time // when it was read; the same for what was read together
	Type message.TypeID
	Size int // bytes of the message's payload

	Frame, Keyframe bool   // a picture or sound; one that can be decoded by itself
	SequenceHeader  bool   // decoder configuration
	Marker          Marker // zero unless the frame carries one
}

// frameClock looks at the clock once for what was read together: that is much
// of what a frame costs.
type frameClock struct {
	at   time.Time
	read uint64 // bytes when it was looked at
}

func (f *frameClock) now(read uint64) time.Time {
	if read != f.read || f.at.IsZero() {
		f.at, f.read = time.Now(), read
	}
	return f.at
}

// frame shows a frame to who looks at no more than its head.
func (c *Client) frame(m *chunk.Message) {
	f := Frame{At: c.frames.now(c.reader.BytesRead()), Type: m.Type, Size: len(m.Payload) + c.reader.Cut()}
	f.Frame, f.Keyframe, f.SequenceHeader = mediaHeader(m.Type, m.Payload)
	if f.Frame {
		f.Marker, _ = ParseMarker(m.Payload)
	}
	c.o.OnFrame(f)
}

// mediaHeader says what an audio or video message is: a frame, perhaps a
// keyframe, a sequence header, or none of them (an end of sequence, say). A
// message that cannot be parsed makes a frame: it was sent as one.
func mediaHeader(t message.TypeID, payload []byte) (frame, keyframe, header bool) {
	if t == message.TypeIDAudioMessage {
		h, err := codec.ParseAudio(payload)
		return err != nil || !h.SequenceHeader && !h.SequenceEnd && !h.ChannelConfig, false, h.SequenceHeader
	}
	h, err := codec.ParseVideo(payload)
	frame = err != nil || !h.SequenceHeader && !h.SequenceEnd && !h.Metadata && !h.Command
	return frame, h.Keyframe && frame, h.SequenceHeader
}
