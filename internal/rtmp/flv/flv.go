// Package flv reads and writes FLV files (Adobe Flash Video File Format
// Specification 10.1, annex E), whose tags are RTMP's media and data messages.
package flv

import (
	"fmt"

	"github.com/yutopp/go-rtmp/message"
)

// Types of tags.
const (
	TypeAudio = message.TypeIDAudioMessage
	TypeVideo = message.TypeIDVideoMessage
	TypeData  = message.TypeIDDataMessageAMF0
)

// MaxTag is the largest tag the format has room for, in bytes of data.
const MaxTag = 0xffffff

// Sizes of the format, in bytes.
const (
	fileHeader = 9
	HeadSize   = 11 // of a tag, before its data
	TailSize   = 4  // after it
)

// A Tag is one message of an FLV file.
type Tag struct {
	Type      message.TypeID // TypeAudio, TypeVideo or TypeData
	Timestamp uint32         // milliseconds
	Data      []byte         // at most MaxTag bytes
}

// A FormatError says where a file is not what it should be.
type FormatError struct {
	Offset  int64  // of the header, tag or back pointer at fault, in bytes
	Problem string // what was found, and what was expected
}

func (e *FormatError) Error() string { return fmt.Sprintf("flv: byte %d: %s", e.Offset, e.Problem) }
