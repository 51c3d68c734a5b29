package codec

import "fmt"

// Frame types of video messages.
const (
	frameKey          = 1
	frameGeneratedKey = 4
	frameCommand      = 5
)

// Packet types of Enhanced RTMP video besides those it shares with audio.
const (
	videoMetadata     = 4
	videoMPEG2TSStart = 5
	videoMultitrack   = 6
)

// Legacy codec ids whose messages carry a packet type in their second byte, AVC
// and, by custom, what came after it.
var packetCodecs = map[byte]string{7: "avc1", 12: "hvc1", 13: "av01", 14: "vvc1"}

// Legacy codec ids without packet types.
var plainVideo = map[byte]string{1: "mjpg", 2: "flv1", 3: "fsv1", 4: "vp6f", 5: "vp6a", 6: "fsv2"}

// ParseVideo reads the header of a video message's payload. The error says which
// byte is missing or wrong; such a message is nothing a player can use.
func ParseVideo(p []byte) (VideoHeader, error) {
	c := cursor{kind: "video", b: p}
	b, err := c.take(1, "a frame type")
	if err != nil {
		return VideoHeader{}, err
	}
	if b[0]&0x80 != 0 {
		return c.enhancedVideo(b[0]>>4&7, b[0]&0x0f)
	}
	return c.legacyVideo(b[0]>>4, b[0]&0x0f)
}

func (c *cursor) legacyVideo(frame, id byte) (VideoHeader, error) {
	key := frame == frameKey || frame == frameGeneratedKey
	name, packets := packetCodecs[id]
	switch {
	case frame == frameCommand:
		return VideoHeader{Codec: name, Command: true}, nil
	case packets:
		b, err := c.take(1, "a packet type")
		if err != nil {
			return VideoHeader{}, err
		}
		h := VideoHeader{Codec: name, SequenceHeader: b[0] == sequenceStart, SequenceEnd: b[0] == sequenceEnd}
		h.Keyframe = key && !h.SequenceHeader && !h.SequenceEnd
		return h, nil
	case plainVideo[id] != "":
		return VideoHeader{Codec: plainVideo[id], Keyframe: key}, nil
	default:
		return VideoHeader{Codec: fmt.Sprintf("video-%d", id), Keyframe: key}, nil
	}
}

func (c *cursor) enhancedVideo(frame, packet byte) (VideoHeader, error) {
	h := VideoHeader{Enhanced: true}
	packet, err := c.modifiers(packet)
	if err != nil {
		return VideoHeader{}, err
	}
	switch {
	case frame == frameCommand && packet != videoMetadata:
		h.Command = true
		return h, nil
	case packet == videoMultitrack:
		h.Multitrack = true
		packet, h.Codec, h.Track, err = c.tracks()
	default:
		h.Codec, err = c.fourCC()
	}
	if err != nil {
		return VideoHeader{}, err
	}
	h.SequenceHeader = packet == sequenceStart || packet == videoMPEG2TSStart
	h.SequenceEnd = packet == sequenceEnd
	h.Metadata = packet == videoMetadata
	frameData := !h.SequenceHeader && !h.SequenceEnd && !h.Metadata
	h.Keyframe = frameData && (frame == frameKey || frame == frameGeneratedKey)
	return h, nil
}
