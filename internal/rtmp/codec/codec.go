// Package codec reads the headers of RTMP audio and video messages, legacy and
// Enhanced RTMP, just far enough to know sequence headers and keyframes.
package codec

import "errors"

// A VideoHeader says what a video message is.
type VideoHeader struct {
	Codec          string // "avc1", "hvc1", "av01", "vp09", "vp08", "vvc1"; legacy ones "flv1", "vp6f", …
	Enhanced       bool   // Enhanced RTMP (FourCC)
	Keyframe       bool   // the frame can be decoded by itself; false for sequence headers
	SequenceHeader bool   // decoder configuration
	SequenceEnd    bool   // end of sequence
	Metadata       bool   // Enhanced RTMP metadata (HDR colour info)
	Command        bool   // video info or command frame: neither picture nor configuration
	Multitrack     bool   // Enhanced RTMP multitrack; the rest is the first track's
	Track          uint8  // track id, with Multitrack
}

// An AudioHeader says what an audio message is.
type AudioHeader struct {
	Codec          string // "mp4a", "Opus", "fLaC", "ac-3", "ec-3", ".mp3"; legacy ones "pcm", "spex", …
	Enhanced       bool   // Enhanced RTMP (FourCC)
	SequenceHeader bool   // decoder configuration
	SequenceEnd    bool   // end of sequence
	ChannelConfig  bool   // Enhanced RTMP multichannel configuration
	Multitrack     bool   // Enhanced RTMP multitrack; the rest is the first track's
	Track          uint8  // track id, with Multitrack
}

// ParseVideo reads the header of a video message's payload.
func ParseVideo(p []byte) (VideoHeader, error) { return VideoHeader{}, errors.ErrUnsupported }

// ParseAudio reads the header of an audio message's payload.
func ParseAudio(p []byte) (AudioHeader, error) { return AudioHeader{}, errors.ErrUnsupported }
