package stream

import (
	"bytes"
	"encoding/binary"
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
// the message stream id, little endian, is its last field. The extended timestamp comes behind it.
const headSize = 12

// kind says what a packet is to the fan-out.
type kind uint8

const (
	kindControl kind = iota // a publication begins or ends
	kindData
	kindMeta // onMetaData: cached
	kindAudio
	kindAudioHeader // cached
	kindVideo       // needs what came since the keyframe
	kindKeyframe
	kindVideoHeader // cached
)

func (k kind) frame() bool { return k == kindAudio || k == kindVideo || k == kindKeyframe }

// packet is one message as every player gets it. It is never changed once it is in a ring.
type packet struct {
	kind kind
	at   time.Duration // since the registry began; what lag is measured by
	wire []byte        // the chunks, for SharedStreamID
	size int           // of the payload
	// codec is what audio and video say of themselves, where it can be told.
	codec string
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
	return itself + len(p.wire)
}

// headers are the newest metadata and sequence headers of a publication. Immutable: replaced, never changed.
type headers struct {
	meta, video, audio *packet
}

// list appends the headers that there are in the order in which players want them.
func (h *headers) list(dst []*packet) []*packet {
	for _, p := range [...]*packet{h.meta, h.video, h.audio} {
		if p != nil {
			dst = append(dst, p)
		}
	}
	return dst
}

// newPacket serializes a message of a publisher. Messages of other types give nil.
func newPacket(m *chunk.Message, chunkSize int) *packet {
	out := chunk.Message{Type: m.Type, Stream: SharedStreamID, Timestamp: m.Timestamp, Payload: m.Payload}
	p := &packet{}
	switch m.Type {
	case message.TypeIDAudioMessage:
		out.ChunkStream = command.AudioChunks
		p.kind, p.codec = audioKind(m.Payload)
	case message.TypeIDVideoMessage:
		out.ChunkStream = command.VideoChunks
		p.kind, p.codec = videoKind(m.Payload)
	case message.TypeIDDataMessageAMF0, message.TypeIDDataMessageAMF3:
		out.ChunkStream, out.Type = command.DataChunks, message.TypeIDDataMessageAMF0
		out.Payload, p.kind = command.DataBody(m), kindData
		if isMetadata(out.Payload) {
			p.kind, p.body = kindMeta, bytes.Clone(out.Payload) // not the aggregate that it may be part of
		}
	default:
		return nil
	}
	p.size = len(out.Payload)
	p.wire = chunk.AppendMessage(make([]byte, 0, headSize+4+chunk.BodySize(&out, chunkSize)), &out, chunkSize)
	return p
}

// newControl makes the user control event that tells a player that its stream begins or ends.
func newControl(event command.EventType) *packet {
	return &packet{kind: kindControl, event: event, wire: controlBytes(event, SharedStreamID)}
}

func controlBytes(event command.EventType, streamID uint32) []byte {
	m := command.UserControl{Event: event, Value: streamID}.Message()
	return chunk.AppendMessage(nil, &m, chunk.DefaultSize) // far shorter than any chunk
}

func audioKind(payload []byte) (kind, string) {
	h, err := codec.ParseAudio(payload)
	if err == nil && h.SequenceHeader {
		return kindAudioHeader, h.Codec
	}
	return kindAudio, h.Codec
}

// videoKind takes what it cannot parse for an inter frame: it is passed on, and never where a player begins.
func videoKind(payload []byte) (kind, string) {
	h, err := codec.ParseVideo(payload)
	switch {
	case err != nil:
		return kindVideo, ""
	case h.SequenceHeader:
		return kindVideoHeader, h.Codec
	case h.Keyframe:
		return kindKeyframe, h.Codec
	}
	return kindVideo, h.Codec
}

// isMetadata reports whether the body of a data message is an onMetaData. Nothing is decoded for that.
func isMetadata(body []byte) bool {
	return bytes.HasPrefix(body, []byte("\x02\x00\x0aonMetaData"))
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
