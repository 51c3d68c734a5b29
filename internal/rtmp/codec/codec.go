// Package codec reads the headers of RTMP audio and video messages just far
// enough to know codecs, sequence headers and keyframes: legacy ones (FLV 10.1,
// annex E.4) and Enhanced RTMP's (version 2: FourCC, multitrack, ModEx).
package codec

import (
	"encoding/binary"
	"fmt"
)

// A VideoHeader says what a video message is.
type VideoHeader struct {
	// Codec is a FourCC such as "avc1", "hvc1", "av01", "vp09"; for a legacy codec
	// without one a name of four characters ("flv1", "vp6f", …), else "video-N".
	// It is empty where the message names none.
	Codec          string
	Enhanced       bool  // Enhanced RTMP (FourCC)
	Keyframe       bool  // a frame that can be decoded by itself; never a sequence header
	SequenceHeader bool  // decoder configuration
	SequenceEnd    bool  // end of sequence
	Metadata       bool  // Enhanced RTMP metadata (colour info)
	Command        bool  // a command frame: neither picture nor configuration
	Multitrack     bool  // Enhanced RTMP multitrack; the rest is about the first track
	Track          uint8 // id of the first track, with Multitrack
}

// An AudioHeader says what an audio message is.
type AudioHeader struct {
	// Codec is a FourCC such as "mp4a", "Opus", "fLaC", "ac-3", ".mp3"; for a legacy
	// codec without one a name of four characters ("spex", "alaw", …), else "audio-N".
	Codec          string
	Enhanced       bool  // Enhanced RTMP (FourCC)
	SequenceHeader bool  // decoder configuration
	SequenceEnd    bool  // end of sequence
	ChannelConfig  bool  // Enhanced RTMP multichannel configuration
	Multitrack     bool  // Enhanced RTMP multitrack; the rest is about the first track
	Track          uint8 // id of the first track, with Multitrack
}

// Packet types that audio and video share.
const (
	sequenceStart = 0
	sequenceEnd   = 2
	modEx         = 7
)

// Multitrack types.
const manyTracksManyCodecs = 2

// A cursor takes bytes off the front of a header.
type cursor struct {
	kind string // "audio" or "video", for errors
	b    []byte
	at   int
}

// take returns the next n bytes.
func (c *cursor) take(n int, what string) ([]byte, error) {
	if len(c.b)-c.at < n {
		return nil, fmt.Errorf("%s message of %d bytes: want %s at byte %d", c.kind, len(c.b), what, c.at)
	}
	c.at += n
	return c.b[c.at-n : c.at], nil
}

// modifiers steps over the ModEx packets that may stand before the packet
// proper, and returns its type.
func (c *cursor) modifiers(packet byte) (byte, error) {
	for packet == modEx {
		b, err := c.take(1, "the size of a modifier")
		if err != nil {
			return 0, err
		}
		size := int(b[0]) + 1
		if size == 256 {
			if b, err = c.take(2, "the long size of a modifier"); err != nil {
				return 0, err
			}
			size = int(binary.BigEndian.Uint16(b)) + 1
		}
		if b, err = c.take(size+1, "a modifier and a packet type"); err != nil {
			return 0, err
		}
		packet = b[size] & 0x0f
	}
	return packet, nil
}

// tracks reads the head of a multitrack packet up to the first track's data.
func (c *cursor) tracks() (packet byte, fourCC string, track uint8, err error) {
	b, err := c.take(1, "a multitrack type")
	if err != nil {
		return 0, "", 0, err
	}
	packet = b[0] & 0x0f
	if b[0]>>4 > manyTracksManyCodecs {
		return 0, "", 0, fmt.Errorf("%s message with multitrack type %d: want 0 to 2", c.kind, b[0]>>4)
	}
	// One FourCC for all tracks or one before each: the first is here either way.
	if fourCC, err = c.fourCC(); err != nil {
		return 0, "", 0, err
	}
	if b, err = c.take(1, "a track id"); err != nil {
		return 0, "", 0, err
	}
	return packet, fourCC, b[0], nil
}

func (c *cursor) fourCC() (string, error) {
	b, err := c.take(4, "a FourCC")
	return string(b), err
}
