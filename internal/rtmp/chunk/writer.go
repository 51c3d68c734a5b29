package chunk

import "io"

// A Writer puts messages into chunks, and writes them in few large writes.
type Writer struct{ w io.Writer }

// NewWriter returns a Writer on w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// SetChunkSize sets the chunk size of the messages that follow. A Set Chunk Size message written through the Writer does so itself.
func (w *Writer) SetChunkSize(n int) {}

// Write appends m to what Flush will write.
func (w *Writer) Write(m *Message) error { return nil }

// Flush writes what was appended, in one write.
func (w *Writer) Flush() error { return nil }

// BytesWritten returns how many bytes were written; any goroutine may ask.
func (w *Writer) BytesWritten() uint64 { return 0 }

// AddBytes adds to BytesWritten what was written before.
func (w *Writer) AddBytes(n uint64) {}
