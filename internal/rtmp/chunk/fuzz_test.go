package chunk

import (
	"bytes"
	"io"
	"os"
	"testing"
	"testing/iotest"

	"github.com/yutopp/go-rtmp/message"
)

// fuzzLimits are small, so that the fuzzer reaches them.
var fuzzLimits = Limits{MessageSize: 1 << 16, CommandSize: 1 << 12, ChunkStreams: 8, Buffered: 1 << 17}

// FuzzReader reads anything: whole and byte-wise must give the same messages
// and the same end, within the limits, and what was read must survive being
// written and read again.
func FuzzReader(f *testing.F) {
	for _, c := range golden {
		f.Add(unhex(f, c.wire))
	}
	for _, c := range readings {
		f.Add(unhex(f, c.wire))
	}
	if recorded, err := os.ReadFile("testdata/ffmpeg-20000s.bin"); err == nil {
		f.Add(recorded)
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		all, err := readAll(bytes.NewReader(wire), fuzzLimits)
		again, err2 := readAll(iotest.OneByteReader(bytes.NewReader(wire)), fuzzLimits)
		if !sameMessages(all, again) || err.Error() != err2.Error() {
			t.Fatalf("whole: %d messages, %v; byte-wise: %d messages, %v", len(all), err, len(again), err2)
		}
		sameHeads(t, wire, all)
		var rewritten []byte
		for i := range all {
			if n := len(all[i].Payload); n > fuzzLimits.MessageSize {
				t.Fatalf("a payload of %d bytes", n)
			}
			rewritten = AppendMessage(rewritten, &all[i], DefaultSize)
		}
		back, err := readAll(bytes.NewReader(rewritten), fuzzLimits)
		if err != io.EOF || !sameMessages(all, back) {
			t.Fatalf("%d messages written, %d read back, %v", len(all), len(back), err)
		}
	})
}

// sameHeads reads wire again, keeping heads of media only: what comes of each message is its beginning.
func sameHeads(t *testing.T, wire []byte, all []Message) {
	const keep = 16
	r := NewReader(bytes.NewReader(wire), fuzzLimits)
	r.KeepMedia(keep)
	for i := range all {
		var m Message
		if err := r.Next(&m); err != nil {
			t.Fatalf("message %d of %d: %v", i, len(all), err)
		}
		if n := len(m.Payload); n+r.Cut() != len(all[i].Payload) || !bytes.Equal(m.Payload, all[i].Payload[:n]) ||
			r.Cut() > 0 && n != keep {
			t.Fatalf("message %d: %d bytes and %d cut of %d", i, n, r.Cut(), len(all[i].Payload))
		}
	}
}

// FuzzRoundTrip writes messages of any fields with any chunk size, two of them
// with their chunks interleaved, and reads them back.
func FuzzRoundTrip(f *testing.F) {
	f.Add(uint32(3), byte(20), uint32(1), uint32(0), uint16(128), uint16(300))
	f.Add(uint32(64), byte(8), uint32(7), uint32(0xffffff), uint16(1), uint16(5))
	f.Add(uint32(65599), byte(9), uint32(0xffffffff), uint32(0xffffffff), uint16(60000), uint16(65535))
	f.Fuzz(func(t *testing.T, id uint32, kind byte, stream, ts uint32, chunkSize, size uint16) {
		if kind == 1 || kind == 2 || kind == 22 || kind == 0 {
			kind = 9 // those are not returned
		}
		id = 2 + id%(MaxChunkStream-2) // leaves room for id+1
		if kind < 7 || kind == 17 || kind == 20 {
			size %= 60000 // below the limit of commands
		}
		payload := make([]byte, size)
		for i := range payload {
			payload[i] = byte(i * 7)
		}
		a := Message{ChunkStream: id, Type: message.TypeID(kind), Stream: stream, Timestamp: ts, Payload: payload}
		b := a
		b.ChunkStream, b.Payload = id+1, payload[:size/2]
		n := max(int(chunkSize), 1)
		wire := interleave(&a, &b, n)
		r := NewReader(bytes.NewReader(wire), Limits{})
		r.chunkSize = n
		var first, second Message
		if err := r.Next(&first); err != nil {
			t.Fatal(err)
		}
		if err := r.Next(&second); err != nil {
			t.Fatal(err)
		}
		if first.ChunkStream == a.ChunkStream {
			first, second = second, first
		}
		if !sameMessages([]Message{first, second}, []Message{b, a}) {
			t.Fatalf("read %+v and %+v, want %+v and %+v", second, first, a, b)
		}
		if err := r.Next(&first); err != io.EOF {
			t.Fatalf("behind both: %v", err)
		}
	})
}

// interleave takes chunks of a and b in turn.
func interleave(a, b *Message, chunkSize int) []byte {
	parts := [2][][]byte{chunks(a, chunkSize), chunks(b, chunkSize)}
	var wire []byte
	for i := range max(len(parts[0]), len(parts[1])) {
		for _, p := range parts {
			if i < len(p) {
				wire = append(wire, p[i]...)
			}
		}
	}
	return wire
}

// chunks cuts AppendMessage's output at its chunks.
func chunks(m *Message, chunkSize int) [][]byte {
	wire := AppendMessage(nil, m, chunkSize)
	head := len(AppendHeader(nil, m))
	again := basicSize(m.ChunkStream)
	if m.Timestamp >= extended {
		again += 4
	}
	var all [][]byte
	for len(wire) > 0 {
		n := min(head+chunkSize, len(wire))
		all = append(all, wire[:n])
		wire, head = wire[n:], again
	}
	return all
}
