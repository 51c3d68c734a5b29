package chunk

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/yutopp/go-rtmp/message"
)

// Bounds of a Writer's buffer, in bytes.
const (
	// flushAt is where Write flushes by itself.
	flushAt = 256 << 10
	// keepBuffer is the largest buffer that goes back to the pool.
	keepBuffer = 64 << 10
)

var writeBuffers = sync.Pool{New: func() any { return new([]byte) }}

// A Writer puts messages into chunks and writes them in few large writes. It
// holds no memory between Flush and the next Write. Only BytesWritten may be
// called by another goroutine than the one that writes.
type Writer struct {
	w         io.Writer
	buf       *[]byte // nil while nothing is buffered
	chunkSize int
	written   atomic.Uint64
	err       error // a failed write leaves the peer inside a chunk: there is no going on
}

// NewWriter returns a Writer on w.
func NewWriter(w io.Writer) *Writer {
	return &Writer{w: w, chunkSize: DefaultSize}
}

// SetChunkSize sets the chunk size of the messages that follow, in bytes, for
// a peer that knows it already. A Set Chunk Size message that is written
// through the Writer takes effect without it.
func (w *Writer) SetChunkSize(n int) { w.chunkSize = min(payloadSize(n), MaxSize) }

// AddBytes adds to BytesWritten what was written before, such as the handshake.
func (w *Writer) AddBytes(n uint64) { w.written.Add(n) }

// BytesWritten returns how many bytes were written to the peer. Any goroutine may ask.
func (w *Writer) BytesWritten() uint64 { return w.written.Load() }

// Write appends m to what Flush will write. It writes by itself only when a
// lot has been appended. The error is about m (its payload or its chunk stream
// id is out of range, nothing was appended) or from an earlier write.
func (w *Writer) Write(m *Message) error {
	if w.err != nil {
		return w.err
	}
	if len(m.Payload) > MaxSize {
		return &LimitError{What: "message size", Got: int64(len(m.Payload)), Max: MaxSize}
	}
	if m.ChunkStream < 2 || m.ChunkStream > MaxChunkStream {
		return fmt.Errorf("rtmp: chunk stream id %d: want 2 to %d", m.ChunkStream, MaxChunkStream)
	}
	if w.buf == nil {
		w.buf = writeBuffers.Get().(*[]byte)
	}
	*w.buf = AppendMessage(*w.buf, m, w.chunkSize)
	if m.Type == message.TypeIDSetChunkSize && len(m.Payload) >= 4 {
		w.SetChunkSize(int(min(binary.BigEndian.Uint32(m.Payload), MaxSize)))
	}
	if len(*w.buf) >= flushAt {
		return w.Flush()
	}
	return nil
}

// Flush writes what was appended, in one write. After an error the Writer
// writes nothing more and returns that error.
func (w *Writer) Flush() error {
	if w.err != nil || w.buf == nil {
		return w.err
	}
	n, err := w.w.Write(*w.buf)
	w.written.Add(uint64(n))
	if err == nil && n < len(*w.buf) {
		err = io.ErrShortWrite
	}
	w.err = err
	if cap(*w.buf) <= keepBuffer {
		*w.buf = (*w.buf)[:0]
		writeBuffers.Put(w.buf)
	}
	w.buf = nil
	return err
}
