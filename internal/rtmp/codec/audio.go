package codec

import "fmt"

// Sound formats with a meaning of their own.
const (
	soundEnhanced = 9
	soundAAC      = 10
)

// Packet types of Enhanced RTMP audio besides those it shares with video.
const (
	audioChannelConfig = 4
	audioMultitrack    = 5
)

// Legacy sound formats.
var sounds = map[byte]string{
	0: "pcm ", 1: "adpc", 2: ".mp3", 3: "pcml", 4: "nel4", 5: "nel8", 6: "nell",
	7: "alaw", 8: "ulaw", 10: "mp4a", 11: "spex", 13: "Opus", 14: "mp38",
}

// ParseAudio reads the header of an audio message's payload. The error says which
// byte is missing or wrong; such a message is nothing a player can use.
func ParseAudio(p []byte) (AudioHeader, error) {
	c := cursor{kind: "audio", b: p}
	b, err := c.take(1, "a sound format")
	if err != nil {
		return AudioHeader{}, err
	}
	format := b[0] >> 4
	switch {
	case format == soundEnhanced:
		return c.enhancedAudio(b[0] & 0x0f)
	case format == soundAAC:
		b, err := c.take(1, "an AAC packet type")
		if err != nil {
			return AudioHeader{}, err
		}
		return AudioHeader{Codec: sounds[format], SequenceHeader: b[0] == sequenceStart}, nil
	case sounds[format] != "":
		return AudioHeader{Codec: sounds[format]}, nil
	default:
		return AudioHeader{Codec: fmt.Sprintf("audio-%d", format)}, nil
	}
}

func (c *cursor) enhancedAudio(packet byte) (AudioHeader, error) {
	h := AudioHeader{Enhanced: true}
	packet, err := c.modifiers(packet)
	if err != nil {
		return AudioHeader{}, err
	}
	if packet == audioMultitrack {
		h.Multitrack = true
		packet, h.Codec, h.Track, err = c.tracks()
	} else {
		h.Codec, err = c.fourCC()
	}
	if err != nil {
		return AudioHeader{}, err
	}
	h.SequenceHeader = packet == sequenceStart
	h.SequenceEnd = packet == sequenceEnd
	h.ChannelConfig = packet == audioChannelConfig
	return h, nil
}
