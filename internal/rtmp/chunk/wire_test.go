package chunk

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/yutopp/go-rtmp/message"
)

const (
	audio   = message.TypeIDAudioMessage
	video   = message.TypeIDVideoMessage
	command = message.TypeIDCommandMessageAMF0
)

// unhex reads hexadecimal text; blanks and what is in parentheses do not count.
func unhex(t testing.TB, text string) []byte {
	t.Helper()
	for {
		i, j := strings.Index(text, "("), strings.Index(text, ")")
		if i < 0 {
			break
		}
		text = text[:i] + text[j+1:]
	}
	b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// readAll reads messages up to the error that ends them.
func readAll(r io.Reader, l Limits) ([]Message, error) {
	rd := NewReader(r, l)
	var all []Message
	for {
		var m Message
		if err := rd.Next(&m); err != nil {
			return all, err
		}
		all = append(all, m)
	}
}

func sameMessages(a, b []Message) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := a[i], b[i]
		if !bytes.Equal(x.Payload, y.Payload) {
			return false
		}
		x.Payload, y.Payload = nil, nil
		if !reflect.DeepEqual(x, y) {
			return false
		}
	}
	return true
}

// golden holds the one wire form that is written; it must be read back as well.
var golden = []struct {
	name      string
	message   Message
	chunkSize int
	wire      string
}{
	{"one chunk", Message{3, command, 0, 0, []byte{1, 2}}, 128,
		"(basic) 03 (time) 000000 (length) 000002 (type) 14 (stream) 00000000 (payload) 0102"},
	{"every field", Message{6, video, 0x01020304, 0x0a0b0c, []byte{0xff}}, 128,
		"06 0a0b0c 000001 09 04030201 ff"},
	{"no payload", Message{4, audio, 1, 40, nil}, 128,
		"04 000028 000000 08 01000000"},
	{"exactly one chunk", Message{4, audio, 1, 0, []byte{1, 2, 3, 4}}, 4,
		"04 000000 000004 08 01000000 01020304"},
	{"a byte more than a chunk", Message{4, audio, 1, 0, []byte{1, 2, 3, 4, 5}}, 4,
		"04 000000 000005 08 01000000 01020304 (fmt 3) c4 05"},
	{"three chunks", Message{6, video, 1, 0, []byte{1, 2, 3, 4, 5}}, 2,
		"06 000000 000005 09 01000000 0102 c6 0304 c6 05"},
	{"chunk size 1", Message{6, video, 1, 0, []byte{1, 2, 3}}, 1,
		"06 000000 000003 09 01000000 01 c6 02 c6 03"},
	{"last time without extension", Message{6, video, 1, 0xfffffe, []byte{1}}, 128,
		"06 fffffe 000001 09 01000000 01"},
	{"first time with extension", Message{6, video, 1, 0xffffff, []byte{1}}, 128,
		"06 ffffff 000001 09 01000000 (extended) 00ffffff 01"},
	{"extension repeated on fmt 3", Message{6, video, 1, 0xfedcba98, []byte{1, 2, 3}}, 2,
		"06 ffffff 000003 09 01000000 fedcba98 0102 c6 fedcba98 03"},
	{"last id of one byte", Message{63, audio, 1, 0, []byte{1, 2}}, 1,
		"3f 000000 000002 08 01000000 01 ff 02"},
	{"first id of two bytes", Message{64, audio, 1, 0, []byte{1, 2}}, 1,
		"00 00 000000 000002 08 01000000 01 c0 00 02"},
	{"last id of two bytes", Message{319, audio, 1, 0, []byte{1, 2}}, 1,
		"00 ff 000000 000002 08 01000000 01 c0 ff 02"},
	{"first id of three bytes", Message{320, audio, 1, 0, []byte{1, 2}}, 1,
		"01 00 01 000000 000002 08 01000000 01 c1 00 01 02"},
	{"last id of three bytes", Message{MaxChunkStream, audio, 1, 0xffffff, []byte{1, 2}}, 1,
		"01 ff ff ffffff 000002 08 01000000 00ffffff 01 c1 ff ff 00ffffff 02"},
}

func TestGolden(t *testing.T) {
	for _, c := range golden {
		t.Run(c.name, func(t *testing.T) {
			want := unhex(t, c.wire)
			got := AppendMessage(nil, &c.message, c.chunkSize)
			if !bytes.Equal(got, want) {
				t.Errorf("written\n%x, want\n%x", got, want)
			}
			if n := BodySize(&c.message, c.chunkSize); n != len(AppendBody(nil, &c.message, c.chunkSize)) {
				t.Errorf("BodySize is %d, the body has %d bytes", n, len(AppendBody(nil, &c.message, c.chunkSize)))
			}
			shared := AppendBody(AppendHeader(nil, &c.message), &c.message, c.chunkSize)
			if !bytes.Equal(shared, want) {
				t.Errorf("header and body apart\n%x, want\n%x", shared, want)
			}
			r := NewReader(bytes.NewReader(want), Limits{})
			r.chunkSize = c.chunkSize
			var m Message
			if err := r.Next(&m); err != nil {
				t.Fatal(err)
			}
			if !sameMessages([]Message{m}, []Message{c.message}) {
				t.Errorf("read %+v, want %+v", m, c.message)
			}
			if err := r.Next(&m); err != io.EOF {
				t.Errorf("behind it: %v, want EOF", err)
			}
		})
	}
}

// readings are wire forms that others send and we only read.
var readings = []struct {
	name string
	wire string
	want []Message
}{
	{"fmt 1: delta, same stream",
		"06 000064 000001 09 01000000 aa  46 000014 000002 09 bbbb",
		[]Message{{6, video, 1, 100, []byte{0xaa}}, {6, video, 1, 120, []byte{0xbb, 0xbb}}}},
	{"fmt 2: same length and type",
		"06 000064 000001 09 01000000 aa  86 000014 bb",
		[]Message{{6, video, 1, 100, []byte{0xaa}}, {6, video, 1, 120, []byte{0xbb}}}},
	{"fmt 3 behind fmt 2: same delta",
		"06 000064 000001 09 01000000 aa  86 000014 bb  c6 cc c6 dd",
		[]Message{{6, video, 1, 100, []byte{0xaa}}, {6, video, 1, 120, []byte{0xbb}}, {6, video, 1, 140, []byte{0xcc}},
			{6, video, 1, 160, []byte{0xdd}}}},
	{"fmt 3 behind fmt 0: its time is the delta",
		"06 000064 000001 09 01000000 aa  c6 bb",
		[]Message{{6, video, 1, 100, []byte{0xaa}}, {6, video, 1, 200, []byte{0xbb}}}},
	{"fmt 1 at the beginning, as librtmp pings",
		"42 000001 000006 04 0006 00000007",
		[]Message{{2, 4, 0, 1, []byte{0, 6, 0, 0, 0, 7}}}},
	{"extended delta",
		"06 000001 000001 09 01000000 aa  86 ffffff 01000000 bb  c6 01000000 cc",
		[]Message{{6, video, 1, 1, []byte{0xaa}}, {6, video, 1, 0x1000001, []byte{0xbb}},
			{6, video, 1, 0x2000001, []byte{0xcc}}}},
	{"extended time of a new message of fmt 3 is its own",
		"06 000001 000001 09 01000000 aa  86 ffffff 01000000 bb  c6 01000005 cc",
		[]Message{{6, video, 1, 1, []byte{0xaa}}, {6, video, 1, 0x1000001, []byte{0xbb}},
			{6, video, 1, 0x2000006, []byte{0xcc}}}},
	{"time wraps",
		"06 ffffff 000001 09 01000000 ffffffff aa  86 000002 bb",
		[]Message{{6, video, 1, 0xffffffff, []byte{0xaa}}, {6, video, 1, 1, []byte{0xbb}}}},
	{"extension left out on fmt 3",
		"02 000000 000004 01 00000000 00000002  06 ffffff 000005 09 01000000 01020304 aabb c6 ccdd c6 ee",
		[]Message{{6, video, 1, 0x01020304, []byte{0xaa, 0xbb, 0xcc, 0xdd, 0xee}}}},
	{"extension left out, payload begins like it",
		"02 000000 000004 01 00000000 00000004  06 ffffff 000008 09 01000000 01020304 aabbccdd c6 010203ff",
		[]Message{{6, video, 1, 0x01020304, []byte{0xaa, 0xbb, 0xcc, 0xdd, 1, 2, 3, 0xff}}}},
	{"id below 64 + 256 in three bytes",
		"01 0100 000000 000001 08 01000000 aa",
		[]Message{{65, audio, 1, 0, []byte{0xaa}}}},
	{"messages interleaved",
		"02 000000 000004 01 00000000 00000002  06 000000 000003 09 01000000 0102  04 000005 000003 08 01000000 " +
			"1112  c6 03  c4 13",
		[]Message{{6, video, 1, 0, []byte{1, 2, 3}}, {4, audio, 1, 5, []byte{0x11, 0x12, 0x13}}}},
	{"Set Chunk Size in chunks, inside a message",
		"02 000000 000004 01 00000000 00000002  06 000000 000007 09 01000000 0102  42 000000 000004 01 0000 c2 0004 " +
			" c6 03040506 c6 07",
		[]Message{{6, video, 1, 0, []byte{1, 2, 3, 4, 5, 6, 7}}}},
	{"Set Chunk Size between chunks",
		"06 000000 000085 09 01000000 " + strings.Repeat("aa", 128) +
			" 02 000000 000004 01 00000000 00000002 c6 bbbb c6 cccc c6 dd",
		[]Message{{6, video, 1, 0, append(bytes.Repeat([]byte{0xaa}, 128), 0xbb, 0xbb, 0xcc, 0xcc, 0xdd)}}},
	{"largest chunk size counts as 16 MB",
		"02 000000 000004 01 00000000 7fffffff  06 000000 000001 09 01000000 aa",
		[]Message{{6, video, 1, 0, []byte{0xaa}}}},
	{"Abort throws the unfinished message away",
		"06 000000 000081 09 01000000 " + strings.Repeat("aa", 128) +
			" 02 000000 000004 02 00000000 00000006  46 000001 000001 09 bb",
		[]Message{{6, video, 1, 1, []byte{0xbb}}}},
	{"Abort of nothing",
		"02 000000 000004 02 00000000 00000063  06 000000 000001 09 01000000 aa",
		[]Message{{6, video, 1, 0, []byte{0xaa}}}},
	{"no payload, twice",
		"04 000001 000000 08 01000000  84 000001  c4",
		[]Message{{4, audio, 1, 1, nil}, {4, audio, 1, 2, nil}, {4, audio, 1, 3, nil}}},
	{"aggregate: parts keep their distances",
		"06 0003e8 00001f 16 01000000 (audio) 08 000001 000064 00 000000 aa 0000000c (video) 09 000000 000078 00 " +
			"000000 0000000b",
		[]Message{{6, audio, 1, 1000, []byte{0xaa}}, {6, video, 1, 1020, nil}}},
	{"aggregate: last back pointer left out, times of 32 bits",
		"06 0003e8 00001b 16 01000000 08 000001 ffffff 01 000000 aa 0000000c 09 000000 000000 02 000000",
		[]Message{{6, audio, 1, 1000, []byte{0xaa}}, {6, video, 1, 1001, nil}}},
	{"empty aggregate",
		"06 0003e8 000000 16 01000000  04 000000 000000 08 01000000",
		[]Message{{4, audio, 1, 0, nil}}},
	{"control messages are returned",
		"02 000000 000004 05 00000000 00000100  02 000000 000005 06 00000000 0000010002  02 000000 000004 03 " +
			"00000000 00000009",
		[]Message{{2, 5, 0, 0, []byte{0, 0, 1, 0}}, {2, 6, 0, 0, []byte{0, 0, 1, 0, 2}},
			{2, 3, 0, 0, []byte{0, 0, 0, 9}}}},
}

func TestReader(t *testing.T) {
	for _, c := range readings {
		wire := unhex(t, c.wire)
		for name, r := range map[string]io.Reader{
			"whole":        bytes.NewReader(wire),
			"byte-wise":    iotest.OneByteReader(bytes.NewReader(wire)),
			"halves":       iotest.HalfReader(bytes.NewReader(wire)),
			"data and EOF": iotest.DataErrReader(bytes.NewReader(wire)),
		} {
			t.Run(c.name+"/"+name, func(t *testing.T) {
				got, err := readAll(r, Limits{})
				if err != io.EOF {
					t.Errorf("ended with %v, want EOF", err)
				}
				if !sameMessages(got, c.want) {
					t.Errorf("read\n%+v, want\n%+v", got, c.want)
				}
			})
		}
	}
}

func TestReaderErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits Limits
		wire   string
		want   string
	}{
		{"fmt 2 at the beginning", Limits{}, "86 000000",
			"rtmp: chunk stream 6, byte 0: the first chunk is of fmt 2: want fmt 0"},
		{"fmt 3 at the beginning", Limits{}, "c6",
			"rtmp: chunk stream 6, byte 0: the first chunk is of fmt 3: want fmt 0"},
		{"fmt 0 inside a message", Limits{}, "06 000000 000081 09 01000000 " + strings.Repeat("aa", 128) + "06",
			"rtmp: chunk stream 6, byte 140: a chunk of fmt 0 after 128 of 129 bytes of a message: want fmt 3"},
		{"chunk size 0", Limits{}, "02 000000 000004 01 00000000 00000000",
			"rtmp: chunk stream 2, byte 16: Set Chunk Size to 0: want 1 to 2147483647"},
		{"chunk size with the high bit", Limits{}, "02 000000 000004 01 00000000 80000001",
			"rtmp: chunk stream 2, byte 16: Set Chunk Size to 2147483649: want 1 to 2147483647"},
		{"short Set Chunk Size", Limits{}, "02 000000 000003 01 00000000 000001",
			"rtmp: chunk stream 2, byte 15: a control message of type 1 with 3 bytes: want 4"},
		{"short Abort", Limits{}, "02 000000 000000 02 00000000",
			"rtmp: chunk stream 2, byte 12: a control message of type 2 with 0 bytes: want 4"},
		{"chunk size over the limit", Limits{ChunkSize: 4096}, "02 000000 000004 01 00000000 00001001",
			"rtmp: chunk size 4097 is over the limit of 4096"},
		{"message over the limit", Limits{MessageSize: 10}, "06 000000 00000b 09 01000000",
			"rtmp: message size 11 is over the limit of 10"},
		{"command over the limit", Limits{CommandSize: 10}, "03 000000 00000b 14 00000000",
			"rtmp: command size 11 is over the limit of 10"},
		{"control message over the limit", Limits{CommandSize: 10}, "02 000000 00000b 04 00000000",
			"rtmp: control message size 11 is over the limit of 10"},
		{"length of a message before, type of this one", Limits{CommandSize: 10},
			"03 000000 00000a 14 00000000 00000000000000000000 43 000000 00000b 14",
			"rtmp: command size 11 is over the limit of 10"},
		{"too many chunk streams", Limits{ChunkStreams: 2},
			"03 000000 000000 08 00000000 04 000000 000000 08 00000000 05",
			"rtmp: number of chunk streams 3 is over the limit of 2"},
		{"too much unfinished", Limits{Buffered: 400}, "03 000000 000100 08 00000000 " + strings.Repeat("aa", 128) +
			"04 000000 000100 08 00000000 " + strings.Repeat("aa", 128),
			"rtmp: bytes in unfinished messages 512 is over the limit of 400"},
		{"aggregate of scraps", Limits{}, "06 000000 000001 16 01000000 08",
			"rtmp: chunk stream 6, byte 13: an aggregate message with 1 bytes after its last part: " +
				"want a header of 11"},
		{"aggregate with a part too long", Limits{}, "06 000000 00000b 16 01000000 08 000001 000000 00 000000",
			"rtmp: chunk stream 6, byte 23: an aggregate message with a part of 1 bytes where 0 are left"},
		{"aggregate in an aggregate", Limits{}, "06 000000 00000b 16 01000000 16 000000 000000 00 000000",
			"rtmp: chunk stream 6, byte 23: an aggregate message with a part of type 22: want audio, video or data"},
		{"nothing", Limits{}, "", "EOF"},
		{"end in a basic header", Limits{}, "01 00", "unexpected EOF"},
		{"end in a message header", Limits{}, "06 0000", "unexpected EOF"},
		{"end in an extended timestamp", Limits{}, "06 ffffff 000001 09 01000000 00", "unexpected EOF"},
		{"end in a payload", Limits{}, "06 000000 000002 09 01000000 aa", "unexpected EOF"},
		{"end between the chunks of a message", Limits{}, "06 000000 000081 09 01000000 " + strings.Repeat("aa", 128),
			"unexpected EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := NewReader(iotest.OneByteReader(bytes.NewReader(unhex(t, c.wire))), c.limits)
			var m Message
			var err error
			for err == nil {
				err = r.Next(&m)
			}
			if err.Error() != c.want {
				t.Fatalf("ended with\n%v, want\n%s", err, c.want)
			}
			var limit *LimitError
			var broken *ProtocolError
			if errors.As(err, &limit) || errors.As(err, &broken) {
				if again := r.Next(&m); again != err {
					t.Errorf("asked again: %v, want the same error", again)
				}
			}
		})
	}
}
