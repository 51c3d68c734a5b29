package chunk

import "encoding/binary"

// extended is the value of a 24-bit timestamp field that says that the
// timestamp follows in 32 bits (RTMP 1.0 section 5.3.1.3).
const extended = 0xffffff

// AppendMessage appends m in chunks of at most chunkSize payload bytes: one of
// fmt 0, then as many of fmt 3 as it takes. An extended timestamp is repeated
// on the chunks of fmt 3. A chunkSize below 1 means DefaultSize.
func AppendMessage(dst []byte, m *Message, chunkSize int) []byte {
	return AppendBody(AppendHeader(dst, m), m, chunkSize)
}

// AppendHeader appends the headers of m's first chunk and nothing of its
// payload. It is for a sender that shares one payload among many peers and
// writes only what differs for each: the header, then Body.
func AppendHeader(dst []byte, m *Message) []byte {
	dst = appendBasic(dst, 0, m.ChunkStream)
	ts := min(m.Timestamp, extended)
	n := len(m.Payload)
	dst = append(dst, byte(ts>>16), byte(ts>>8), byte(ts), byte(n>>16), byte(n>>8), byte(n), byte(m.Type))
	dst = binary.LittleEndian.AppendUint32(dst, m.Stream)
	if ts == extended {
		dst = binary.BigEndian.AppendUint32(dst, m.Timestamp)
	}
	return dst
}

// AppendBody appends m's payload with the fmt 3 headers that chunks of
// chunkSize bytes need between its parts: what follows AppendHeader on the wire.
func AppendBody(dst []byte, m *Message, chunkSize int) []byte {
	chunkSize = payloadSize(chunkSize)
	p := m.Payload
	for len(p) > chunkSize {
		dst = append(dst, p[:chunkSize]...)
		p = p[chunkSize:]
		dst = appendBasic(dst, 3, m.ChunkStream)
		if m.Timestamp >= extended {
			dst = binary.BigEndian.AppendUint32(dst, m.Timestamp)
		}
	}
	return append(dst, p...)
}

// BodySize returns how many bytes AppendBody appends.
func BodySize(m *Message, chunkSize int) int {
	header := basicSize(m.ChunkStream)
	if m.Timestamp >= extended {
		header += 4
	}
	return len(m.Payload) + header*(max(len(m.Payload)-1, 0)/payloadSize(chunkSize))
}

// payloadSize is chunkSize, or the default where there is none.
func payloadSize(chunkSize int) int {
	if chunkSize < 1 {
		return DefaultSize
	}
	return chunkSize
}

// appendBasic appends a basic header (RTMP 1.0 section 5.3.1.1).
func appendBasic(dst []byte, format byte, id uint32) []byte {
	switch basicSize(id) {
	case 1:
		return append(dst, format<<6|byte(id))
	case 2:
		return append(dst, format<<6, byte(id-64))
	default:
		return append(dst, format<<6|1, byte(id-64), byte((id-64)>>8))
	}
}

// basicSize returns the size of the basic header of a chunk stream, in bytes.
func basicSize(id uint32) int {
	switch {
	case id < 64:
		return 1
	case id < 320:
		return 2
	default:
		return 3
	}
}
