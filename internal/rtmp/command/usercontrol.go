package command

import (
	"encoding/binary"
	"fmt"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
)

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

// String returns the name the specification uses.
func (e EventType) String() string {
	names := [...]string{"StreamBegin", "StreamEOF", "StreamDry", "SetBufferLength", "StreamIsRecorded", "",
		"PingRequest", "PingResponse"}
	if int(e) < len(names) && names[e] != "" {
		return names[e]
	}
	return fmt.Sprintf("user control event %d", uint16(e))
}

// A UserControl is a user control event (message type 4).
type UserControl struct {
	Event EventType
	// Value is a message stream id, or for pings a timestamp in milliseconds.
	Value uint32
	// Buffer is the buffer length in milliseconds, of SetBufferLength only.
	Buffer uint32
}

// Message encodes the event.
func (u UserControl) Message() chunk.Message {
	b := binary.BigEndian.AppendUint16(nil, uint16(u.Event))
	b = binary.BigEndian.AppendUint32(b, u.Value)
	if u.Event == SetBufferLength {
		b = binary.BigEndian.AppendUint32(b, u.Buffer)
	}
	return chunk.Message{ChunkStream: ControlChunks, Type: message.TypeIDUserCtrl, Payload: b}
}

// ParseUserControl reads a message of type 4. An event that the specification
// does not know is returned with the value it has, if any.
func ParseUserControl(m *chunk.Message) (UserControl, error) {
	p := m.Payload
	if m.Type != message.TypeIDUserCtrl {
		return UserControl{}, fmt.Errorf("rtmp: message of type %d: want user control (4)", m.Type)
	}
	if len(p) < 2 {
		return UserControl{}, fmt.Errorf("rtmp: user control message with %d bytes: want at least 2", len(p))
	}
	u := UserControl{Event: EventType(binary.BigEndian.Uint16(p))}
	if want := u.Event.size(); len(p) < want {
		return UserControl{}, fmt.Errorf("rtmp: %v with %d bytes: want %d", u.Event, len(p), want)
	}
	if len(p) >= 6 {
		u.Value = binary.BigEndian.Uint32(p[2:])
	}
	if u.Event == SetBufferLength {
		u.Buffer = binary.BigEndian.Uint32(p[6:])
	}
	return u, nil
}

// size returns how many bytes a message of that event has at least.
func (e EventType) size() int {
	switch {
	case e == SetBufferLength:
		return 10
	case e <= PingResponse && e != 5:
		return 6
	default:
		return 2
	}
}
