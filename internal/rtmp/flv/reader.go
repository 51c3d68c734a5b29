package flv

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/yutopp/go-rtmp/message"
)

// A Reader reads the tags of a file.
type Reader struct {
	r      *bufio.Reader
	offset int64
	limit  int
	err    error
}

// NewReader reads the file header. The error is a *FormatError or r's;
// io.ErrUnexpectedEOF where the file is shorter than its header.
func NewReader(r io.Reader) (*Reader, error) {
	f := &Reader{r: bufio.NewReader(r), limit: MaxTag}
	var h [fileHeader]byte
	if err := f.full(h[:]); err != nil {
		return nil, unexpected(err)
	}
	if string(h[:3]) != "FLV" || h[3] != 1 {
		return nil, &FormatError{0, fmt.Sprintf("the file begins with %q: want \"FLV\\x01\"", h[:4])}
	}
	const most = 64 << 10 // nobody has a use for more than the nine bytes
	size := binary.BigEndian.Uint32(h[5:])
	if size < fileHeader || size > most {
		return nil, &FormatError{5, fmt.Sprintf("a file header of %d bytes: want %d to %d", size, fileHeader,
			most)}
	}
	n, err := f.r.Discard(int(size) - fileHeader)
	f.offset += int64(n)
	if err != nil {
		return nil, unexpected(err)
	}
	return f, f.checkBack(0)
}

// Next reads the next tag into t; its Data is the caller's. The error is io.EOF
// after the last tag, io.ErrUnexpectedEOF inside one, a *FormatError or the
// underlying reader's; it stays.
func (f *Reader) Next(t *Tag) error {
	if f.err == nil {
		f.err = f.next(t)
	}
	return f.err
}

func (f *Reader) next(t *Tag) error {
	at := f.offset
	var h [HeadSize]byte
	if err := f.full(h[:]); err != nil {
		return err
	}
	kind := message.TypeID(h[0])
	switch {
	case h[0]&0xe0 != 0:
		return &FormatError{at, fmt.Sprintf("a tag with flags %#02x, encrypted or reserved: want none",
			h[0]&0xe0)}
	case kind != TypeAudio && kind != TypeVideo && kind != TypeData:
		return &FormatError{at, fmt.Sprintf("a tag of type %d: want 8, 9 or 18", kind)}
	}
	size := int(uint24(h[1:]))
	if size > f.limit {
		return &FormatError{at, fmt.Sprintf("a tag of %d bytes; at most %d are allowed", size, f.limit)}
	}
	data, err := f.data(size)
	if err != nil {
		return err
	}
	if err := f.checkBack(uint32(HeadSize + size)); err != nil {
		return err
	}
	*t = Tag{Type: kind, Timestamp: uint24(h[4:]) | uint32(h[7])<<24, Data: data}
	return nil
}

// data reads size bytes, into memory that grows as they come.
func (f *Reader) data(size int) ([]byte, error) {
	const step = 64 << 10
	data := make([]byte, 0, min(size, step))
	for len(data) < size {
		if len(data) == cap(data) {
			data = append(make([]byte, 0, min(size, 4*cap(data))), data...)
		}
		part := data[len(data):cap(data)]
		if err := f.full(part); err != nil {
			return nil, unexpected(err)
		}
		data = data[:cap(data)]
	}
	return data, nil
}

// checkBack reads the size of what went before (PreviousTagSize), which is size.
func (f *Reader) checkBack(size uint32) error {
	at := f.offset
	var b [TailSize]byte
	if err := f.full(b[:]); err != nil {
		return unexpected(err)
	}
	if got := binary.BigEndian.Uint32(b[:]); got != size {
		return &FormatError{at, fmt.Sprintf("the previous tag's size is given as %d: want %d", got, size)}
	}
	return nil
}

func (f *Reader) full(p []byte) error {
	n, err := io.ReadFull(f.r, p)
	f.offset += int64(n)
	return err
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func uint24(b []byte) uint32 {
	return uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2])
}
