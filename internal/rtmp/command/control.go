package command

import (
	"encoding/binary"
	"fmt"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
)

// Limit types of Set Peer Bandwidth (RTMP 1.0 section 5.4.5).
const (
	LimitHard    = byte(message.LimitTypeHard)
	LimitSoft    = byte(message.LimitTypeSoft)
	LimitDynamic = byte(message.LimitTypeDynamic)
)

// SetChunkSize builds protocol control message 1 (RTMP 1.0 section 5.4.1); n is
// in bytes, 1 to 0x7fffffff.
func SetChunkSize(n uint32) chunk.Message { return control(message.TypeIDSetChunkSize, n) }

// Abort builds protocol control message 2 (section 5.4.2).
func Abort(chunkStream uint32) chunk.Message {
	return control(message.TypeIDAbortMessage, chunkStream)
}

// Acknowledgement builds protocol control message 3 (section 5.4.3); seq is the
// number of bytes received so far, modulo 2^32.
func Acknowledgement(seq uint32) chunk.Message { return control(message.TypeIDAck, seq) }

// WindowAckSize builds protocol control message 5 (section 5.4.4); n is in bytes.
func WindowAckSize(n uint32) chunk.Message { return control(message.TypeIDWinAckSize, n) }

// SetPeerBandwidth builds protocol control message 6 (section 5.4.5); n is in bytes.
func SetPeerBandwidth(n uint32, limit byte) chunk.Message {
	m := control(message.TypeIDSetPeerBandwidth, n)
	m.Payload = append(m.Payload, limit)
	return m
}

func control(kind message.TypeID, n uint32) chunk.Message {
	return chunk.Message{ChunkStream: ControlChunks, Type: kind, Payload: binary.BigEndian.AppendUint32(nil, n)}
}

// ParseControl reads the number in a protocol control message (types 1, 2, 3, 5
// and 6), and the limit type of type 6.
func ParseControl(m *chunk.Message) (n uint32, limit byte, err error) {
	size := 4
	switch m.Type {
	case message.TypeIDSetChunkSize, message.TypeIDAbortMessage, message.TypeIDAck, message.TypeIDWinAckSize:
	case message.TypeIDSetPeerBandwidth:
		size = 5
	default:
		return 0, 0, fmt.Errorf("rtmp: message of type %d: want protocol control (1, 2, 3, 5 or 6)", m.Type)
	}
	if len(m.Payload) < size {
		return 0, 0, fmt.Errorf("rtmp: protocol control message of type %d with %d bytes: want %d", m.Type,
			len(m.Payload), size)
	}
	if size == 5 {
		limit = m.Payload[4]
	}
	return binary.BigEndian.Uint32(m.Payload), limit, nil
}
