package flv

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Flags of the file header.
const (
	flagAudio = 4
	flagVideo = 1
)

// A Writer writes the tags of a file, each in one write.
type Writer struct {
	w   io.Writer
	buf []byte
	err error
}

// NewWriter writes the file header, which announces audio and video or not.
func NewWriter(w io.Writer, audio, video bool) (*Writer, error) {
	if _, err := w.Write(FileHeader(audio, video)); err != nil {
		return nil, err
	}
	return &Writer{w: w}, nil
}

// Write writes a tag. The error is about t, of which nothing was written then,
// or the underlying writer's, which stays.
func (w *Writer) Write(t *Tag) error {
	if w.err != nil {
		return w.err
	}
	if len(t.Data) > MaxTag {
		return fmt.Errorf("flv: a tag of %d bytes to write; at most %d fit", len(t.Data), MaxTag)
	}
	if t.Type != TypeAudio && t.Type != TypeVideo && t.Type != TypeData {
		return fmt.Errorf("flv: a tag of type %d to write: want 8, 9 or 18", t.Type)
	}
	w.buf = appendTag(w.buf[:0], t)
	_, w.err = w.w.Write(w.buf)
	return w.err
}

// appendTag appends a tag and the size that follows it.
func appendTag(dst []byte, t *Tag) []byte {
	dst = append(AppendHead(dst, t), t.Data...)
	return binary.BigEndian.AppendUint32(dst, uint32(HeadSize+len(t.Data)))
}

// AppendHead appends what stands before a tag's data: HeadSize bytes. It is for a sender that shares the data among
// many peers. After it come TailSize bytes, big endian: the size of head and data.
func AppendHead(dst []byte, t *Tag) []byte {
	n, ts := len(t.Data), t.Timestamp
	return append(dst, byte(t.Type), byte(n>>16), byte(n>>8), byte(n),
		byte(ts>>16), byte(ts>>8), byte(ts), byte(ts>>24), 0, 0, 0)
}

// FileHeader is what a file begins with, the first size included; it announces audio and video or not.
func FileHeader(audio, video bool) []byte {
	var flags byte
	if audio {
		flags |= flagAudio
	}
	if video {
		flags |= flagVideo
	}
	return []byte{'F', 'L', 'V', 1, flags, 0, 0, 0, fileHeader, 0, 0, 0, 0}
}
