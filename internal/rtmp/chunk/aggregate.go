package chunk

import (
	"fmt"

	"github.com/yutopp/go-rtmp/message"
)

// An aggregate is an Aggregate message (RTMP 1.0 section 7.1.6) on its way to
// be returned part by part. Its body is a row of FLV tags, each with a back pointer.
type aggregate struct {
	whole Message
	rest  []byte
	begun bool
	base  uint32 // timestamp of the first part
}

// Sizes inside an aggregate, in bytes.
const (
	partHeader  = 11
	backPointer = 4
)

func (a *aggregate) more() bool { return len(a.rest) > 0 }

// next takes the next part into m. The first part gets the timestamp of the
// whole, the others keep their distance to it; the message stream is the whole's.
func (a *aggregate) next(r *Reader, m *Message) error {
	if len(a.rest) < partHeader {
		return r.problem(a.whole.ChunkStream,
			fmt.Sprintf("an aggregate message with %d bytes after its last part: want a header of %d",
				len(a.rest),
				partHeader))
	}
	h, body := a.rest[:partHeader], a.rest[partHeader:]
	kind, size := message.TypeID(h[0]), int(uint24(h[1:]))
	if size > len(body) {
		return r.problem(a.whole.ChunkStream,
			fmt.Sprintf("an aggregate message with a part of %d bytes where %d are left", size, len(body)))
	}
	switch kind {
	case message.TypeIDAudioMessage, message.TypeIDVideoMessage, message.TypeIDDataMessageAMF0,
		message.TypeIDDataMessageAMF3:
	default:
		return r.problem(a.whole.ChunkStream,
			fmt.Sprintf("an aggregate message with a part of type %d: want audio, video or data", kind))
	}
	time := uint24(h[4:]) | uint32(h[7])<<24
	if !a.begun {
		a.begun, a.base = true, time
	}
	*m = a.whole
	m.Type, m.Timestamp, m.Payload = kind, a.whole.Timestamp+time-a.base, body[:size:size]
	// The last part's back pointer is left out by some.
	a.rest = body[min(size+backPointer, len(body)):]
	return nil
}
