package command

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/amf"
	"hookproof/internal/rtmp/chunk"
)

// dataLimits let metadata through that lists the keyframes of a long file.
var dataLimits = amf.Limits{Size: 1 << 20, Values: 1 << 16}

// setDataFrame is the AMF0 string that a publisher puts before metadata which
// the server is to keep; players do not get to see it.
var setDataFrame = []byte("\x02\x00\x0d@setDataFrame")

// DataBody returns the AMF0 body of a data message as players get it: without
// @setDataFrame, and without the zero byte of type 15. It shares m's payload.
func DataBody(m *chunk.Message) []byte {
	body := m.Payload
	if m.Type == message.TypeIDDataMessageAMF3 {
		body = unwrap(body)
	}
	return bytes.TrimPrefix(body, setDataFrame)
}

// WholeData returns the body of a data message as it can be passed on to anybody. Metadata is mended where that is
// possible (see [amf.Whole]). The error says what is wrong with a body that is not valid AMF0.
func WholeData(body []byte) (whole []byte, err error) {
	switch {
	case len(body) == 0:
		err = errors.New("empty")
	case IsMetadata(body):
		whole, err = amf.Whole(body, dataLimits, 2) // its name and its object
	default:
		whole, err = body, amf.Validate(body, dataLimits)
	}
	if err != nil {
		return nil, fmt.Errorf("rtmp: data message: %w", err)
	}
	return whole, nil
}

// IsMetadata reports whether the body of a data message is an onMetaData. Nothing is decoded for that.
func IsMetadata(body []byte) bool { return bytes.HasPrefix(body, []byte("\x02\x00\x0aonMetaData")) }

// ParseData reads a data message (types 18 and 15; RTMP 1.0 section 7.1.2), such
// as onMetaData; a leading @setDataFrame is skipped. It takes bodies of up to 1 MB.
func ParseData(m *chunk.Message) (name string, args []any, err error) {
	if m.Type != message.TypeIDDataMessageAMF0 && m.Type != message.TypeIDDataMessageAMF3 {
		return "", nil, fmt.Errorf("rtmp: message of type %d: want data (18 or 15)", m.Type)
	}
	vals, err := amf.DecodeLimited(DataBody(m), dataLimits)
	if err != nil {
		return "", nil, fmt.Errorf("rtmp: data message: %w", err)
	}
	if len(vals) == 0 {
		return "", nil, fmt.Errorf("rtmp: empty data message")
	}
	name, ok := vals[0].(string)
	if !ok {
		return "", nil, fmt.Errorf("rtmp: data message begins with %s: want its name", describe(vals[0]))
	}
	return name, vals[1:], nil
}

// Data builds a data message of type 18. The error is amf.Append's.
func Data(chunkStream, stream uint32, name string, args ...any) (chunk.Message, error) {
	b, err := amf.Append(nil, name)
	if err == nil {
		b, err = amf.Append(b, args...)
	}
	if err != nil {
		return chunk.Message{}, fmt.Errorf("rtmp: data message %.40q: %w", name, err)
	}
	return chunk.Message{ChunkStream: chunkStream, Type: message.TypeIDDataMessageAMF0, Stream: stream, Payload: b}, nil
}
