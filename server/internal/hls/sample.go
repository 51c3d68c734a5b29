package hls

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mpegts"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mpegts/codecs"

	"hookproof/internal/rtmp/codec"
)

// errShort is what a message is that ends too early.
var errShort = errors.New("the message is too short for what it says it is")

// A track is one track of a publication, and what its decoder has to know.
type track struct {
	ts *mpegts.Track
	// config is the message that configured it.
	config []byte
	// sets are the parameter sets of video, which go before every keyframe.
	sets [][]byte
	hevc bool
}

// Types of packets of Enhanced RTMP video.
const (
	packetCoded  = 1
	packetCodedX = 3 // without a composition time
)

// videoConfig makes the track that a video sequence header configures.
func videoConfig(payload []byte, h codec.VideoHeader) (*track, error) {
	const head = 5 // of a legacy message and of an enhanced one alike
	if len(payload) < head {
		return nil, errShort
	}
	t := &track{config: bytes.Clone(payload)}
	var err error
	switch h.Codec {
	case "avc1":
		t.ts = &mpegts.Track{Codec: &codecs.H264{}}
		t.sets, err = avcSets(t.config[head:])
	case "hvc1":
		t.ts, t.hevc = &mpegts.Track{Codec: &codecs.H265{}}, true
		t.sets, err = hevcSets(t.config[head:])
	default:
		return nil, fmt.Errorf("video %q is not served as HLS: want avc1 or hvc1", h.Codec)
	}
	return t, err
}

// audioConfig makes the track that an audio message configures.
func audioConfig(payload []byte, h codec.AudioHeader) (*track, error) {
	t := &track{config: bytes.Clone(payload)}
	switch {
	case h.Codec == "mp4a" && h.SequenceHeader:
		body, err := audioBody(payload, h)
		if err != nil {
			return nil, err
		}
		aac := &codecs.MPEG4Audio{}
		if err := aac.Unmarshal(body); err != nil {
			return nil, fmt.Errorf("AAC configuration: %w", err)
		}
		if aac.Type != mpeg4audio.ObjectTypeAACLC {
			aac.Type = mpeg4audio.ObjectTypeAACLC // what ADTS can say; decoders find the rest themselves
		}
		t.ts = &mpegts.Track{Codec: aac}
	case h.Codec == ".mp3":
		t.config = nil // each of its frames configures it alike
		t.ts = &mpegts.Track{Codec: &codecs.MPEG1Audio{}}
	default:
		return nil, fmt.Errorf("audio %q is not served as HLS: want mp4a or .mp3", h.Codec)
	}
	return t, nil
}

// audioBody is what follows the header of an audio message.
func audioBody(payload []byte, h codec.AudioHeader) ([]byte, error) {
	head := 1
	switch {
	case h.Multitrack:
		return nil, errors.New("multitrack audio is not served as HLS")
	case h.Enhanced:
		head = 5
	case h.Codec == "mp4a":
		head = 2
	}
	if len(payload) <= head {
		return nil, errShort
	}
	return payload[head:], nil
}

// videoBody is what follows the header of a video message, and the composition time in milliseconds.
func videoBody(payload []byte, h codec.VideoHeader) (body []byte, composition int32, err error) {
	if h.Multitrack {
		return nil, 0, errors.New("multitrack video is not served as HLS")
	}
	head := 5
	if h.Enhanced && payload[0]&0x0f == packetCoded {
		head = 8
	} else if h.Enhanced && payload[0]&0x0f != packetCodedX {
		return nil, 0, nil
	}
	if len(payload) <= head {
		return nil, 0, errShort
	}
	if head == 8 || !h.Enhanced {
		b := payload[head-3 : head]
		composition = int32(uint32(b[0])<<24|uint32(b[1])<<16|uint32(b[2])<<8) >> 8
	}
	return payload[head:], composition, nil
}

// unit is the access unit of a video message, with the parameter sets before a keyframe.
func (t *track) unit(body []byte, keyframe bool) ([][]byte, error) {
	var au h264.AVCC // HEVC has the same form
	if err := au.Unmarshal(body); err != nil {
		return nil, err
	}
	if !keyframe {
		return au, nil
	}
	return append(append([][]byte{}, t.sets...), au...), nil
}

// mostSets bounds the parameter sets that a stream may have.
const mostSets = 64

// avcSets reads an AVCDecoderConfigurationRecord (ISO 14496-15, 5.3.3.1).
func avcSets(b []byte) (sets [][]byte, err error) {
	const head = 5
	if len(b) < head+1 {
		return nil, errShort
	}
	if b[4]&3 != 3 {
		return nil, fmt.Errorf("NAL units with lengths of %d bytes: want 4", b[4]&3+1)
	}
	b = b[head:]
	for _, mask := range []byte{0x1f, 0xff} { // sequence sets, then picture sets
		if len(b) == 0 {
			return nil, errShort
		}
		n := int(b[0] & mask)
		if sets, b, err = takeSets(sets, b[1:], n); err != nil {
			return nil, err
		}
	}
	return sets, nil
}

// hevcSets reads an HEVCDecoderConfigurationRecord (ISO 14496-15, 8.3.3.1).
func hevcSets(b []byte) (sets [][]byte, err error) {
	const head = 22
	if len(b) < head+1 {
		return nil, errShort
	}
	if b[21]&3 != 3 {
		return nil, fmt.Errorf("NAL units with lengths of %d bytes: want 4", b[21]&3+1)
	}
	arrays := int(b[head])
	b = b[head+1:]
	for range arrays {
		if len(b) < 3 {
			return nil, errShort
		}
		n := int(binary.BigEndian.Uint16(b[1:]))
		if sets, b, err = takeSets(sets, b[3:], n); err != nil {
			return nil, err
		}
	}
	return sets, nil
}

// takeSets takes n parameter sets with their lengths off b.
func takeSets(sets [][]byte, b []byte, n int) (all [][]byte, rest []byte, err error) {
	if len(sets)+n > mostSets {
		return nil, nil, fmt.Errorf("more than %d parameter sets", mostSets)
	}
	for range n {
		if len(b) < 2 {
			return nil, nil, errShort
		}
		size := int(binary.BigEndian.Uint16(b))
		if size == 0 || len(b) < 2+size {
			return nil, nil, errShort
		}
		sets, b = append(sets, b[2:2+size]), b[2+size:]
	}
	return sets, b, nil
}
