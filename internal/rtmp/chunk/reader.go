package chunk

import (
	"errors"
	"io"
)

// A Reader takes messages out of a chunk stream.
type Reader struct{ r io.Reader }

// NewReader returns a Reader on r.
func NewReader(r io.Reader, l Limits) *Reader { return &Reader{r: r} }

// Next reads the next message into m.
func (r *Reader) Next(m *Message) error { return errors.ErrUnsupported }

// SetLimits replaces the limits.
func (r *Reader) SetLimits(l Limits) {}

// ChunkSize returns the chunk size the peer set, in bytes.
func (r *Reader) ChunkSize() int { return 0 }

// AddBytes adds to BytesRead what was read before.
func (r *Reader) AddBytes(n uint64) {}

// BytesRead returns how many bytes were read; any goroutine may ask.
func (r *Reader) BytesRead() uint64 { return 0 }

// SetWindow sets the acknowledgement window the peer announced, in bytes.
func (r *Reader) SetWindow(n uint32) {}

// AckDue tells whether an Acknowledgement is due, and its sequence number.
func (r *Reader) AckDue() (seq uint32, due bool) { return 0, false }
