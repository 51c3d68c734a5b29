// Package chunk is the RTMP chunk stream (RTMP 1.0 section 5.3): it turns bytes
// into messages and messages into bytes, with a limit on everything a peer
// controls.
package chunk

import "github.com/yutopp/go-rtmp/message"

// Sizes of the protocol itself.
const (
	// DefaultSize is the chunk size both directions start with, in bytes.
	DefaultSize = 128
	// MaxSize is the largest chunk size that makes a difference: no message is longer (24-bit length).
	MaxSize = 0xffffff
	// MaxChunkStream is the largest chunk stream id a 3-byte basic header can name.
	MaxChunkStream = 65599
)

// A Message is one RTMP message, taken out of or to be put into chunks.
type Message struct {
	// ChunkStream is the chunk stream id, 2 (control) to MaxChunkStream.
	ChunkStream uint32
	// Type is the message type.
	Type message.TypeID
	// Stream is the message stream id, 0 for the connection itself.
	Stream uint32
	// Timestamp is absolute, in milliseconds, and wraps at 2^32.
	Timestamp uint32
	// Payload is the body, at most MaxSize bytes. One that a Reader hands out is
	// never written to again: it may be kept and shared, and must not be changed.
	Payload []byte
}
