package stream

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/codec"
	"hookproof/internal/rtmp/command"
)

// SharedStreamID is the message stream id that packets are serialized with. Nearly every player gets it
// from its first createStream; for the others the head of each packet is copied and patched.
const SharedStreamID = 1

// headSize is the size of a fmt 0 chunk header with a one-byte basic header and no extended timestamp;
// the message stream id, little endian, is its last field. The extended timestamp comes after it.
const headSize = 12

// kind says what a packet is to the fan-out.
type kind uint8

const (
	kindControl kind = iota // a publication begins or ends
	kindData
	kindMeta  // onMetaData: cached
	kindVideo // needs what came since the keyframe
	kindKeyframe
	kindVideoHeader // cached
	kindAudio
	kindAudioHeader // cached
)

func (k kind) frame() bool { return k == kindAudio || k == kindVideo || k == kindKeyframe }

// video reports whether a packet is a picture, or configures its decoder.
func (k kind) video() bool { return k == kindVideo || k == kindKeyframe || k == kindVideoHeader }

// header reports whether new players get the newest packet of the kind first.
func (k kind) header() bool { return k == kindMeta || k == kindVideoHeader || k == kindAudioHeader }

// packet is one message as every player gets it. It is never changed once it is in a ring.
type packet struct {
	kind kind
	at   time.Duration // since the registry began; what lag is measured by
	wire []byte        // the chunks, for SharedStreamID
	tag  tag           // what stands round the payload in FLV
	size int           // of the payload
	// codec is what audio and video say of themselves, where it can be told; track is the first that they are of.
	codec string
	track uint8
	extra bool // see slot
	// holders counts who keeps the packet, see memory.
	holders atomic.Int32
	// event is that of kindControl.
	event command.EventType
	// body is the payload of metadata, for whoever asks about the stream.
	body []byte
	// join is set on keyframes: what a player that begins here needs first.
	join *headers
}

// cost is what the packet takes of the ring's bytes: a publisher of empty messages is not to have a hundred
// times as much of the memory.
func (p *packet) cost() int {
	const itself = 256 // the packet, its place in the ring, and what the allocator rounds up
	return itself + len(p.wire) + len(p.body)
}

func (p *packet) slot() slot { return slot{p.kind, p.track, p.extra} }

// newPacket serializes a message of a publisher. The error says why players are not to get it.
func newPacket(m *chunk.Message, chunkSize int) (*packet, error) {
	out := chunk.Message{Type: m.Type, Stream: SharedStreamID, Timestamp: m.Timestamp, Payload: m.Payload}
	p := &packet{}
	switch m.Type {
	case message.TypeIDAudioMessage:
		out.ChunkStream = command.AudioChunks
		p.audio(m.Payload)
	case message.TypeIDVideoMessage:
		out.ChunkStream = command.VideoChunks
		p.video(m.Payload)
	case message.TypeIDDataMessageAMF0, message.TypeIDDataMessageAMF3:
		out.ChunkStream, out.Type = command.DataChunks, message.TypeIDDataMessageAMF0
		var err error
		if out.Payload, err = command.WholeData(command.DataBody(m)); err != nil {
			return nil, err
		}
		p.kind = kindData
		if command.IsMetadata(out.Payload) {
			p.kind, p.body = kindMeta, bytes.Clone(out.Payload) // not the aggregate that it may be part of
		}
	default:
		return nil, fmt.Errorf("message of type %d; want audio, video or data", m.Type)
	}
	p.size = len(out.Payload)
	p.tag = newTag(&out)
	p.wire = chunk.AppendMessage(make([]byte, 0, headSize+4+chunk.BodySize(&out, chunkSize)), &out, chunkSize)
	return p, nil
}

// newControl makes the user control event that tells a player that its stream begins or ends.
func newControl(event command.EventType) *packet {
	return &packet{kind: kindControl, event: event, wire: controlBytes(event, SharedStreamID)}
}

func controlBytes(event command.EventType, streamID uint32) []byte {
	m := command.UserControl{Event: event, Value: streamID}.Message()
	return chunk.AppendMessage(nil, &m, chunk.DefaultSize) // far shorter than any chunk
}

// audio sees what an audio message is.
func (p *packet) audio(payload []byte) {
	h, err := codec.ParseAudio(payload)
	p.kind, p.codec, p.track, p.extra = kindAudio, h.Codec, h.Track, h.ChannelConfig
	if err == nil && (h.SequenceHeader || h.ChannelConfig) {
		p.kind = kindAudioHeader
	}
}

// video sees what a video message is. What cannot be parsed is taken for an inter frame: it is passed on, and never
// where a player begins.
func (p *packet) video(payload []byte) {
	h, err := codec.ParseVideo(payload)
	p.kind, p.codec, p.track, p.extra = kindVideo, h.Codec, h.Track, h.Metadata
	switch {
	case err != nil:
	case h.SequenceHeader || h.Metadata:
		p.kind = kindVideoHeader
	case h.Keyframe:
		p.kind = kindKeyframe
	}
}

// appendTo appends the packet's bytes for a player's message stream id.
func (p *packet) appendTo(bufs [][]byte, streamID uint32) [][]byte {
	switch {
	case streamID == SharedStreamID:
		return append(bufs, p.wire)
	case p.kind == kindControl:
		return append(bufs, controlBytes(p.event, streamID))
	}
	head := make([]byte, headSize)
	copy(head, p.wire)
	binary.LittleEndian.PutUint32(head[headSize-4:], streamID)
	return append(bufs, head, p.wire[headSize:])
}
