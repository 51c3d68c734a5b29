package command

import (
	"errors"

	"hookproof/internal/rtmp/chunk"
)

// Limit types of Set Peer Bandwidth.
const (
	LimitHard    = 0
	LimitSoft    = 1
	LimitDynamic = 2
)

// SetChunkSize builds protocol control message 1; n is in bytes.
func SetChunkSize(n uint32) chunk.Message { return chunk.Message{} }

// Abort builds protocol control message 2.
func Abort(chunkStream uint32) chunk.Message { return chunk.Message{} }

// Acknowledgement builds protocol control message 3; seq is the number of bytes received so far.
func Acknowledgement(seq uint32) chunk.Message { return chunk.Message{} }

// WindowAckSize builds protocol control message 5; n is in bytes.
func WindowAckSize(n uint32) chunk.Message { return chunk.Message{} }

// SetPeerBandwidth builds protocol control message 6; n is in bytes.
func SetPeerBandwidth(n uint32, limit byte) chunk.Message { return chunk.Message{} }

// ParseControl reads the number in a protocol control message (1, 2, 3, 5 or 6), and the limit type of 6.
func ParseControl(m *chunk.Message) (n uint32, limit byte, err error) {
	return 0, 0, errors.ErrUnsupported
}

// An EventType is the kind of a user control event.
type EventType uint16

// Kinds of user control events (RTMP 1.0 section 7.1.7).
const (
	StreamBegin      EventType = 0
	StreamEOF        EventType = 1
	StreamDry        EventType = 2
	SetBufferLength  EventType = 3
	StreamIsRecorded EventType = 4
	PingRequest      EventType = 6
	PingResponse     EventType = 7
)

// A UserControl is a user control event (message type 4).
type UserControl struct {
	Event EventType
	// Value is a message stream id, or for pings a timestamp in milliseconds.
	Value uint32
	// Buffer is the buffer length in milliseconds, of SetBufferLength only.
	Buffer uint32
}

// Message encodes the event.
func (u UserControl) Message() chunk.Message { return chunk.Message{} }

// ParseUserControl reads a message of type 4.
func ParseUserControl(m *chunk.Message) (UserControl, error) {
	return UserControl{}, errors.ErrUnsupported
}
