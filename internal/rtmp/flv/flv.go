// Package flv reads and writes FLV files (Adobe Flash Video File Format 10.1, annex E).
package flv

import (
	"errors"
	"io"

	"github.com/yutopp/go-rtmp/message"
)

// A Tag is one message of an FLV file.
type Tag struct {
	Type      message.TypeID // audio (8), video (9) or data (18)
	Timestamp uint32         // milliseconds
	Data      []byte
}

// Reader reads tags.
type Reader struct{}

// NewReader reads the file header and returns a Reader.
func NewReader(r io.Reader) (*Reader, error) { return nil, errors.ErrUnsupported }

// Next reads the next tag; io.EOF ends the file. Data is the caller's.
func (r *Reader) Next(t *Tag) error { return errors.ErrUnsupported }

// Writer writes tags.
type Writer struct{}

// NewWriter writes the file header and returns a Writer.
func NewWriter(w io.Writer, audio, video bool) (*Writer, error) { return nil, errors.ErrUnsupported }

// Write writes a tag.
func (w *Writer) Write(t *Tag) error { return errors.ErrUnsupported }
