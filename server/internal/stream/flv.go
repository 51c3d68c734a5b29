package stream

import (
	"bytes"
	"encoding/binary"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/flv"
)

// tag is what stands before and after a payload in FLV: the tag's header, and its size.
type tag [flv.HeadSize + flv.TailSize]byte

func newTag(m *chunk.Message) (t tag) {
	head := flv.AppendHead(t[:0], &flv.Tag{Type: m.Type, Timestamp: m.Timestamp, Data: m.Payload})
	binary.BigEndian.PutUint32(t[flv.HeadSize:], uint32(len(head)+len(m.Payload)))
	return t
}

// payload appends the parts of a packet's payload, which in wire have headers of chunks between them.
func (p *packet) payload(bufs [][]byte, chunkSize int) [][]byte {
	head, between := headSize, 1
	if bytes.HasPrefix(p.wire[1:], []byte{0xff, 0xff, 0xff}) {
		head, between = head+4, between+4 // the extended timestamp
	}
	rest := p.wire[head:]
	for left := p.size; left > 0; left -= min(left, chunkSize) {
		n := min(left, chunkSize)
		bufs = append(bufs, rest[:n])
		rest = rest[min(n+between, len(rest)):]
	}
	return bufs
}

// appendTag appends the packet's tag in pieces.
func (p *packet) appendTag(bufs [][]byte, chunkSize int) [][]byte {
	return append(p.payload(append(bufs, p.tag[:flv.HeadSize]), chunkSize), p.tag[flv.HeadSize:])
}

// copyTag appends the packet's tag in one piece.
func (p *packet) copyTag(to []byte, chunkSize int) []byte {
	var room [4][]byte
	for _, b := range p.appendTag(room[:0], chunkSize) {
		to = append(to, b...)
	}
	return to
}
