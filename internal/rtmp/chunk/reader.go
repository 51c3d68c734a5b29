package chunk

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/yutopp/go-rtmp/message"
)

// A Reader takes messages out of a chunk stream. Only BytesRead may be called
// by another goroutine than the one that reads.
type Reader struct {
	src       source
	limits    Limits
	chunkSize int
	streams   []*stream
	current   *stream // whose chunk is being read, or nil
	left      int     // payload bytes of that chunk still to come
	buffered  int     // capacity of all unfinished payloads
	share     *share  // of a Budget, or nil
	keep      int     // bytes kept of audio and video; 0: all
	cut       int     // bytes left out of the last message
	split     aggregate
	window    uint64
	acked     uint64 // BytesRead at the last Acknowledgement
	err       error  // what broke the chunk stream for good
}

// NewReader returns a Reader on r. It does its own buffering and reads ahead;
// r is best the connection itself. With a *net.TCPConn it holds no buffer while
// it waits, with another reader a small one.
func NewReader(r io.Reader, l Limits) *Reader {
	rd := &Reader{chunkSize: DefaultSize}
	rd.src.init(r)
	rd.SetLimits(l)
	return rd
}

// SetLimits replaces the limits, from the next message header on.
func (r *Reader) SetLimits(l Limits) {
	r.limits = l.withDefaults()
	// Who may not send large messages gets no large buffer to read ahead into.
	r.src.allow = r.limits.MessageSize >= largeBuffer
}

// ChunkSize returns the chunk size in force, in bytes.
func (r *Reader) ChunkSize() int { return r.chunkSize }

// BeforeRead has f called before every read of the connection, which may wait:
// by then what the peer waits for has to be on its way. An error of f is what
// Next returns.
func (r *Reader) BeforeRead(f func() error) { r.src.before = f }

// KeepMedia has the reader keep the first n bytes of audio and video messages
// only, at least 1: for who looks at their headers. Their Payload is then good
// until the next call of Next. Call it before the first Next.
func (r *Reader) KeepMedia(n int) { r.keep = n }

// Cut is how many bytes KeepMedia left out of the message that Next gave last.
func (r *Reader) Cut() int { return r.cut }

// AddBytes adds to BytesRead what was read before, such as the handshake.
func (r *Reader) AddBytes(n uint64) { r.src.total.Add(n) }

// BytesRead returns how many bytes were read from the peer. Any goroutine may ask.
func (r *Reader) BytesRead() uint64 { return r.src.total.Load() }

// SetWindow sets the window the peer announced (Window Acknowledgement Size),
// in bytes; 0 means that it wants no Acknowledgement.
func (r *Reader) SetWindow(n uint32) { r.window = uint64(n) }

// AckDue tells whether an Acknowledgement is due, and with which sequence
// number; it counts as sent then. It is due at half the window, so that a peer
// that stops at the whole of it is never stopped.
func (r *Reader) AckDue() (seq uint32, due bool) {
	n := r.BytesRead()
	if r.window == 0 || n-r.acked < max(r.window/2, 1) {
		return 0, false
	}
	r.acked = n
	return uint32(n), true
}

// Next reads the next message into m. Set Chunk Size and Abort are applied and
// not returned, an Aggregate message is returned as its parts.
//
// An error is a *LimitError, a *ProtocolError, or what the underlying reader
// returned: io.EOF between messages, io.ErrUnexpectedEOF inside one. After a
// deadline passed Next may be called again; the other errors stay.
func (r *Reader) Next(m *Message) error {
	if r.err != nil {
		return r.err
	}
	err := r.next(m)
	switch err.(type) {
	case *LimitError, *ProtocolError:
		r.err = err
	}
	return err
}

func (r *Reader) next(m *Message) error {
	for {
		if r.split.more() {
			return r.split.next(r, m)
		}
		s, err := r.readMessage()
		if err != nil {
			return err
		}
		msg := Message{ChunkStream: s.id, Type: s.kind, Stream: s.message, Timestamp: s.timestamp, Payload: s.payload}
		r.cut = s.cut
		r.close(s)
		switch s.kind {
		case message.TypeIDSetChunkSize, message.TypeIDAbortMessage:
			if err := r.obey(&msg); err != nil {
				return err
			}
		case message.TypeIDAggregateMessage:
			r.split = aggregate{whole: msg, rest: msg.Payload}
		default:
			*m = msg
			return nil
		}
	}
}

// readMessage reads chunks until a message is complete.
func (r *Reader) readMessage() (*stream, error) {
	for {
		if r.current == nil {
			if err := r.readHeader(); err != nil {
				if err == io.EOF && r.unfinished() {
					err = io.ErrUnexpectedEOF
				}
				return nil, err
			}
		}
		if err := r.readPayload(r.current); err != nil {
			return nil, err
		}
		s := r.current
		r.current = nil
		if s.come() == int(s.length) {
			return s, nil
		}
	}
}

// readPayload reads what is left of the current chunk.
func (r *Reader) readPayload(s *stream) error {
	for r.left > 0 {
		b, err := r.src.some()
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		n := min(len(b), r.left)
		kept := n
		if r.cuts(s) {
			kept = max(min(n, r.keep-len(s.payload)), 0)
			s.cut += n - kept
		}
		if err := r.grow(s, kept, len(b)); err != nil {
			return err
		}
		s.payload = append(s.payload, b[:kept]...)
		r.src.advance(n)
		r.left -= n
	}
	return nil
}

// cuts tells whether only the beginning of a stream's message is kept.
func (r *Reader) cuts(s *stream) bool {
	return r.keep > 0 && (s.kind == message.TypeIDAudioMessage || s.kind == message.TypeIDVideoMessage)
}

// grow makes room for n bytes more. It goes by the bytes that have arrived,
// never by the length a peer declared: that is only where it ends.
func (r *Reader) grow(s *stream, n, arrived int) error {
	const least = 256
	need := len(s.payload) + n
	if need <= cap(s.payload) {
		return nil
	}
	size := min(int(s.length), max(len(s.payload)+arrived, 2*cap(s.payload), least))
	if r.cuts(s) {
		if s.spare != nil {
			s.payload, s.spare = s.spare, nil
			return nil
		}
		size = r.keep
	}
	if r.buffered += size - cap(s.payload); r.buffered > r.limits.Buffered {
		return &LimitError{What: "bytes in unfinished messages", Got: int64(r.buffered), Max: int64(r.limits.Buffered)}
	}
	if err := r.account(); err != nil {
		return err
	}
	s.payload = append(make([]byte, 0, size), s.payload...)
	return nil
}

// stream finds a chunk stream, or begins it.
func (r *Reader) stream(id uint32) (*stream, error) {
	for _, s := range r.streams {
		if s.id == id {
			return s, nil
		}
	}
	if n := len(r.streams) + 1; n > r.limits.ChunkStreams {
		return nil, &LimitError{What: "number of chunk streams", Got: int64(n), Max: int64(r.limits.ChunkStreams)}
	}
	s := &stream{id: id}
	r.streams = append(r.streams, s)
	return s, nil
}

// close ends the message of a stream; its payload belongs to somebody else now, or to nobody.
func (r *Reader) close(s *stream) {
	if r.cuts(s) && s.payload != nil { // handed out until the next message only; an empty message took no buffer
		s.spare, s.payload = s.payload[:0], nil
	}
	r.buffered -= cap(s.payload)
	s.payload, s.cut, s.open = nil, 0, false
	r.account() // less is never an error
}

func (r *Reader) unfinished() bool {
	for _, s := range r.streams {
		if s.open {
			return true
		}
	}
	return false
}

// obey applies Set Chunk Size (RTMP 1.0 section 5.4.1) or Abort (5.4.2).
func (r *Reader) obey(m *Message) error {
	if len(m.Payload) < 4 {
		return r.problem(m.ChunkStream, fmt.Sprintf("a control message of type %d with %d bytes: want 4",
			m.Type, len(m.Payload)))
	}
	n := binary.BigEndian.Uint32(m.Payload)
	if m.Type == message.TypeIDAbortMessage {
		for _, s := range r.streams {
			if s.id == n {
				r.close(s)
			}
		}
		return nil
	}
	if n == 0 || n > 0x7fffffff {
		return r.problem(m.ChunkStream, fmt.Sprintf("Set Chunk Size to %d: want 1 to 2147483647", n))
	}
	n = min(n, MaxSize)
	if int(n) > r.limits.ChunkSize {
		return &LimitError{What: "chunk size", Got: int64(n), Max: int64(r.limits.ChunkSize)}
	}
	r.chunkSize = int(n)
	return nil
}

// problem is a ProtocolError at the place the Reader has reached.
func (r *Reader) problem(id uint32, text string) error {
	return &ProtocolError{ChunkStream: id, Offset: r.src.offset(), Problem: text}
}
