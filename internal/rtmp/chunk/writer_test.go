package chunk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"github.com/yutopp/go-rtmp/message"
)

// A countWriter keeps what it gets, and fails once fail is set.
type countWriter struct {
	bytes.Buffer
	writes int
	fail   error
}

func (w *countWriter) Write(p []byte) (int, error) {
	w.writes++
	if w.fail != nil {
		return len(p) / 2, w.fail
	}
	return w.Buffer.Write(p)
}

func TestWriter(t *testing.T) {
	var out countWriter
	w := NewWriter(&out)
	msgs := []Message{
		{ChunkStream: 3, Type: command, Payload: make([]byte, 300)},
		{ChunkStream: 2, Type: message.TypeIDSetChunkSize, Payload: binary.BigEndian.AppendUint32(nil, 1000)},
		{ChunkStream: 6, Type: video, Stream: 1, Timestamp: 1 << 24, Payload: make([]byte, 2500)},
	}
	for i := range msgs {
		if err := w.Write(&msgs[i]); err != nil {
			t.Fatal(err)
		}
	}
	if out.writes != 0 {
		t.Errorf("%d writes before Flush", out.writes)
	}
	if err := w.Flush(); err != nil || out.writes != 1 {
		t.Errorf("Flush: %v, %d writes; want one", err, out.writes)
	}
	if w.buf != nil {
		t.Error("a buffer is held after Flush")
	}
	if n := w.BytesWritten(); n != uint64(out.Len()) {
		t.Errorf("%d bytes written, %d arrived", n, out.Len())
	}
	want := 12 + 300 + 2 + 16 + (16 + 2500 + 2*5)
	if out.Len() != want {
		t.Errorf("%d bytes, want %d: Set Chunk Size counts for what follows it", out.Len(), want)
	}
	got, err := readAll(&out.Buffer, Limits{})
	if err != io.EOF || !sameMessages(got, []Message{msgs[0], msgs[2]}) {
		t.Errorf("read back %v, %v", got, err)
	}
	if err := w.Flush(); err != nil || out.writes != 1 {
		t.Errorf("Flush of nothing: %v, %d writes", err, out.writes)
	}
}

func TestWriterRefuses(t *testing.T) {
	w := NewWriter(io.Discard)
	for name, m := range map[string]Message{
		"rtmp: message size 16777216 is over the limit of 16777215": {ChunkStream: 6, Type: video,
			Payload: make([]byte, MaxSize+1)},
		"rtmp: chunk stream id 1: want 2 to 65599":     {ChunkStream: 1},
		"rtmp: chunk stream id 65600: want 2 to 65599": {ChunkStream: MaxChunkStream + 1},
	} {
		if err := w.Write(&m); err == nil || err.Error() != name {
			t.Errorf("%v, want %s", err, name)
		}
	}
	if w.buf != nil {
		t.Error("something was buffered")
	}
}

func TestWriterFlushesByItself(t *testing.T) {
	var out countWriter
	w := NewWriter(&out)
	m := Message{ChunkStream: 6, Type: video, Payload: make([]byte, 100<<10)}
	for range 3 {
		if err := w.Write(&m); err != nil {
			t.Fatal(err)
		}
	}
	if out.writes != 1 {
		t.Errorf("%d writes after 300 KB, want 1", out.writes)
	}
}

func TestWriterStaysBroken(t *testing.T) {
	out := countWriter{fail: errors.New("gone")}
	w := NewWriter(&out)
	m := Message{ChunkStream: 6, Type: video, Payload: make([]byte, 100)}
	if err := w.Write(&m); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != out.fail {
		t.Errorf("Flush: %v", err)
	}
	if w.BytesWritten() != 56 {
		t.Errorf("%d bytes written, want the 56 that were", w.BytesWritten())
	}
	if err := w.Write(&m); err != out.fail {
		t.Errorf("Write: %v, want the same error", err)
	}
	if err := w.Flush(); err != out.fail || out.writes != 1 {
		t.Errorf("Flush: %v, %d writes; nothing may follow half a chunk", err, out.writes)
	}
}
