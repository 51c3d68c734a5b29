package stream

import (
	"encoding/binary"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/codec"
)

// SharedStreamID is the message stream id that packets are serialized with. Nearly every player gets it
// from its first createStream; for the others the head of each packet is copied and patched.
const SharedStreamID = 1

// headSize is the size of a fmt 0 chunk header with a one-byte basic header and no extended timestamp;
// the message stream id, little endian, is its last field. The extended timestamp comes behind it.
const headSize = 12

// Chunk streams of what players are sent, by kind; a chunk stream carries one kind so that a player that
// reuses headers sees steady ones.
const (
	csControl = 3
	csAudio   = 4
	csData    = 5
	csVideo   = 6
)

// kind says what a packet is to the fan-out.
type kind uint8

const (
	kindControl kind = iota // a status for the players; never dropped for want of a keyframe
	kindData
	kindMeta // onMetaData: cached
	kindAudio
	kindAudioHeader // cached
	kindVideo       // needs what came since the keyframe
	kindKeyframe
	kindVideoHeader // cached
)

func (k kind) media() bool { return k >= kindAudio }

// packet is one message as every player gets it. It is never changed once it is in a ring.
type packet struct {
	kind kind
	at   time.Duration // since the registry began; what lag is measured by
	wire []byte        // the chunks, for SharedStreamID
	size int           // of the payload
	// join is set on keyframes: what a player that begins here needs first.
	join *headers
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
		out.ChunkStream, p.kind = csAudio, audioKind(m.Payload)
	case message.TypeIDVideoMessage:
		out.ChunkStream, p.kind = csVideo, videoKind(m.Payload)
	case message.TypeIDDataMessageAMF0, message.TypeIDDataMessageAMF3:
		out.ChunkStream, out.Type = csData, message.TypeIDDataMessageAMF0
		out.Payload, p.kind = playerData(m)
	default:
		return nil
	}
	p.size = len(out.Payload)
	p.wire = chunk.AppendMessage(make([]byte, 0, headSize+4+p.size+(p.size/chunkSize)*5), &out, chunkSize)
	return p
}

func audioKind(payload []byte) kind {
	if h, err := codec.ParseAudio(payload); err == nil && h.SequenceHeader {
		return kindAudioHeader
	}
	return kindAudio
}

// videoKind takes what it cannot parse for an inter frame: it is passed on, and never where a player begins.
func videoKind(payload []byte) kind {
	h, err := codec.ParseVideo(payload)
	switch {
	case err != nil:
		return kindVideo
	case h.SequenceHeader:
		return kindVideoHeader
	case h.Keyframe:
		return kindKeyframe
	}
	return kindVideo
}

// playerData turns a publisher's data message into the player's: the AMF3 wrapper's leading byte and
// @setDataFrame, which is an instruction to the server, are taken off. Nothing is decoded.
func playerData(m *chunk.Message) ([]byte, kind) {
	body := m.Payload
	if m.Type == message.TypeIDDataMessageAMF3 && len(body) > 0 && body[0] == 0 {
		body = body[1:]
	}
	body = cutString(body, "@setDataFrame")
	if len(cutString(body, "onMetaData")) != len(body) {
		return body, kindMeta
	}
	return body, kindData
}

// cutString takes the AMF0 string s off the front of body if it is there.
func cutString(body []byte, s string) []byte {
	const stringMarker = 2
	if len(body) < 3+len(s) || body[0] != stringMarker ||
		int(binary.BigEndian.Uint16(body[1:])) != len(s) || string(body[3:3+len(s)]) != s {
		return body
	}
	return body[3+len(s):]
}

// appendTo appends the packet's bytes for a player's message stream id.
func (p *packet) appendTo(bufs [][]byte, streamID uint32) [][]byte {
	if streamID == SharedStreamID {
		return append(bufs, p.wire)
	}
	head := make([]byte, headSize)
	copy(head, p.wire)
	binary.LittleEndian.PutUint32(head[headSize-4:], streamID)
	return append(bufs, head, p.wire[headSize:])
}
