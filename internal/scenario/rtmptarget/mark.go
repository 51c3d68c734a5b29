package rtmptarget

import (
	"bytes"
	"strconv"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/flv"
)

// Frames carry their publisher's stamp (client.Marker). What describes them has
// no room for that, so the stage marks it in its own way: onMetaData with one
// more key, sequence headers with bytes after them. Readers of an
// AVCDecoderConfigurationRecord must ignore those (ISO/IEC 14496-15 5.3.3.1), and
// after the extension of an AudioSpecificConfig nobody looks for more.
const (
	markBegin = "hookproof-publisher="
	markEnd   = ';'
)

// marked returns a clip whose metadata and sequence headers carry the publisher's
// number. The clip itself is shared, and stays as it is.
func marked(clip []flv.Tag, publisher uint64) []flv.Tag {
	mark := strconv.AppendUint([]byte(markBegin), publisher, 10)
	mark = append(mark, markEnd)
	tags := make([]flv.Tag, len(clip))
	for i, t := range clip {
		switch {
		case t.Type == message.TypeIDDataMessageAMF0:
			t.Data = withKey(t.Data, mark)
		case isHeader(&t):
			t.Data = append(bytes.Clone(t.Data), mark...)
		}
		tags[i] = t
	}
	return tags
}

// isHeader reports whether a tag is a sequence header of H.264 or AAC.
func isHeader(t *flv.Tag) bool {
	const avc, aac = 7, 10
	if len(t.Data) < 2 || t.Data[1] != 0 {
		return false
	}
	return t.Type == message.TypeIDVideoMessage && t.Data[0]&0x8f == avc || t.Type == message.TypeIDAudioMessage &&
		t.Data[0]>>4 == aac
}

// arrayHead is how metadata begins: the name, and an array of named values,
// whose count of four bytes nobody relies on.
var arrayHead = []byte("\x02\x00\x0aonMetaData\x08")

// withKey adds the key "hookproof" to metadata; what is not metadata stays.
func withKey(data, value []byte) []byte {
	at := len(arrayHead) + 4
	if !bytes.HasPrefix(data, arrayHead) || len(data) < at {
		return data
	}
	pair := append([]byte("\x00\x09hookproof\x02\x00"), byte(len(value)))
	pair = append(pair, value...)
	return bytes.Join([][]byte{data[:at], pair, data[at:]}, nil)
}

// publisherIn finds a publisher's mark in a payload; 0 without one.
func publisherIn(payload []byte) uint64 {
	_, rest, ok := bytes.Cut(payload, []byte(markBegin))
	if !ok {
		return 0
	}
	digits, _, _ := bytes.Cut(rest[:min(len(rest), 21)], []byte{markEnd}) // as many as a number can have
	n, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
