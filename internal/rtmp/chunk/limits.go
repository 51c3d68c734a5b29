package chunk

import "fmt"

// Limits bound what a peer can make a Reader hold. A field that is zero means
// its default; a Limits that is zero altogether is DefaultLimits.
type Limits struct {
	// MessageSize is the largest message, in bytes.
	MessageSize int
	// CommandSize is the largest command (types 17, 20) or control message (1–6), in bytes.
	CommandSize int
	// ChunkSize is the largest chunk size a peer may set, in bytes. A larger one than
	// MaxSize counts as MaxSize, because it means the same.
	ChunkSize int
	// ChunkStreams is how many chunk streams a connection may use.
	ChunkStreams int
	// Buffered is how many bytes the unfinished messages of a connection may occupy together.
	Buffered int
}

// DefaultLimits suit a peer that has been accepted.
func DefaultLimits() Limits {
	return Limits{
		MessageSize:  MaxSize,
		CommandSize:  64 << 10,
		ChunkSize:    MaxSize,
		ChunkStreams: 64,
		Buffered:     MaxSize + 1<<20,
	}
}

// ConnectLimits suit a peer before its connect command has been accepted: what
// it sends costs at most a few KB, and a tcUrl with a 4 KB token still fits.
func ConnectLimits() Limits {
	return Limits{
		MessageSize:  8 << 10,
		CommandSize:  8 << 10,
		ChunkSize:    MaxSize,
		ChunkStreams: 8,
		Buffered:     12 << 10,
	}
}

// withDefaults fills the zero fields.
func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	for _, f := range []struct{ have, def *int }{
		{&l.MessageSize, &d.MessageSize},
		{&l.CommandSize, &d.CommandSize},
		{&l.ChunkSize, &d.ChunkSize},
		{&l.ChunkStreams, &d.ChunkStreams},
		{&l.Buffered, &d.Buffered},
	} {
		if *f.have <= 0 {
			*f.have = *f.def
		}
	}
	return l
}

// A LimitError says that a peer asked for more than it may have.
type LimitError struct {
	What     string // what is limited, such as "message size"
	Got, Max int64  // what the peer asked for, and the limit
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("rtmp: %s %d is over the limit of %d", e.What, e.Got, e.Max)
}

// A ProtocolError says that a peer broke the rules of the chunk stream.
type ProtocolError struct {
	ChunkStream uint32 // the chunk stream it happened on
	Offset      uint64 // bytes of the connection before the offending chunk
	Problem     string // what was found, and what was expected
}

func (e *ProtocolError) Error() string {
	return fmt.Sprintf("rtmp: chunk stream %d, byte %d: %s", e.ChunkStream, e.Offset, e.Problem)
}
