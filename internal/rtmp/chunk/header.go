package chunk

import (
	"encoding/binary"
	"fmt"

	"github.com/yutopp/go-rtmp/message"
)

// maxHeader is the size of the longest chunk header: 3 bytes basic header, 11
// bytes message header, 4 bytes extended timestamp.
const maxHeader = 3 + 11 + 4

// messageHeaders are the sizes of message headers by fmt (RTMP 1.0 section 5.3.1.2).
var messageHeaders = [4]int{11, 7, 3, 0}

// A stream is what a chunk stream remembers from one chunk to the next.
type stream struct {
	id       uint32
	known    bool // a message header has come
	open     bool // a message is unfinished
	extended bool // the last timestamp field was 0xffffff

	kind      message.TypeID
	message   uint32 // message stream id
	length    uint32
	timestamp uint32
	delta     uint32 // what a message of fmt 3 adds to timestamp
	payload   []byte // of the unfinished message, as far as it has come
	cut       int    // bytes that have come and were left out behind payload
	spare     []byte // a payload that was cut, to be used again
}

// basicHeader reads a basic header: fmt, chunk stream id, and its size.
func (r *Reader) basicHeader() (format byte, id uint32, size int, err error) {
	b, err := r.src.peek(1)
	if err != nil {
		return 0, 0, 0, err
	}
	format, id, size = b[0]>>6, uint32(b[0]&0x3f), 1
	if id > 1 {
		return format, id, size, nil
	}
	size += 1 + int(id)
	if b, err = r.src.peek(size); err != nil {
		return 0, 0, 0, err
	}
	id = 64 + uint32(b[1])
	if size == 3 {
		id += uint32(b[2]) << 8
	}
	return format, id, size, nil
}

// readHeader reads the headers of a chunk, and makes its stream the current
// one. Nothing is consumed and no state changes until all of it is there.
func (r *Reader) readHeader() error {
	format, id, size, err := r.basicHeader()
	if err != nil {
		return err
	}
	s, err := r.stream(id)
	if err != nil {
		return err
	}
	if err := r.checkFormat(s, format); err != nil {
		return err
	}
	if format == 3 && s.open {
		size, err = r.repeatedTimestamp(s, size)
	} else {
		size, err = r.messageHeader(s, format, size)
	}
	if err != nil {
		return err
	}
	r.src.advance(size)
	r.current = s
	r.left = min(r.chunkSize, int(s.length)-s.come())
	return nil
}

// come is how much of the unfinished message has come, in bytes.
func (s *stream) come() int { return len(s.payload) + s.cut }

// checkFormat refuses a fmt that cannot be where it is.
func (r *Reader) checkFormat(s *stream, format byte) error {
	switch {
	case s.open && format != 3:
		return r.problem(s.id, fmt.Sprintf("a chunk of fmt %d after %d of %d bytes of a message: want fmt 3",
			format, s.come(), s.length))
	case !s.known && format > 1:
		// librtmp begins chunk stream 2 with fmt 1, which can be understood.
		return r.problem(s.id, fmt.Sprintf("the first chunk is of fmt %d: want fmt 0", format))
	}
	return nil
}

// messageHeader reads the header that begins a message, at offset size of the
// chunk, and returns the size with it.
func (r *Reader) messageHeader(s *stream, format byte, size int) (int, error) {
	at := size
	size += messageHeaders[format]
	b, err := r.src.peek(size)
	if err != nil {
		return 0, err
	}
	h := *s
	time := s.delta
	if format < 3 {
		time = uint24(b[at:])
		h.extended = time == extended
	}
	if format < 2 {
		h.length, h.kind = uint24(b[at+3:]), message.TypeID(b[at+6])
	}
	if format == 0 {
		h.message, h.timestamp = binary.LittleEndian.Uint32(b[at+7:]), 0
	}
	if err := r.checkSize(h.kind, int64(h.length)); err != nil {
		return 0, err
	}
	if h.extended {
		size += 4
		if b, err = r.src.peek(size); err != nil {
			return 0, err
		}
		time = binary.BigEndian.Uint32(b[size-4:])
	}
	// The timestamp of fmt 0 counts as the delta of a fmt 3 after it (section 5.3.1.2.4).
	h.delta = time
	h.timestamp += time
	h.known, h.open = true, true
	*s = h
	return size, nil
}

// repeatedTimestamp steps over the extended timestamp that a chunk of fmt 3
// repeats inside a message. Some peers leave it out: then other bytes stand
// there, and they are payload. No byte is waited for beyond the first that differs.
func (r *Reader) repeatedTimestamp(s *stream, size int) (int, error) {
	if !s.extended {
		return size, nil
	}
	var want [4]byte
	binary.BigEndian.PutUint32(want[:], s.delta)
	for i := range want {
		b, err := r.src.peek(size + i + 1)
		if err != nil {
			return 0, err
		}
		if b[size+i] != want[i] {
			return size, nil
		}
	}
	return size + 4, nil
}

// checkSize holds a message against the limit of its kind.
func (r *Reader) checkSize(kind message.TypeID, n int64) error {
	what, limit := "message size", int64(r.limits.MessageSize)
	switch {
	case kind == message.TypeIDCommandMessageAMF0, kind == message.TypeIDCommandMessageAMF3:
		what, limit = "command size", int64(r.limits.CommandSize)
	case kind <= message.TypeIDSetPeerBandwidth:
		what, limit = "control message size", int64(r.limits.CommandSize)
	}
	if n > limit {
		return &LimitError{What: what, Got: n, Max: limit}
	}
	return nil
}

func uint24(b []byte) uint32 {
	return uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2])
}
