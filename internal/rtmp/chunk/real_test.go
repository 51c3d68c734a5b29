package chunk_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/flv"
)

var update = flag.Bool("update", false, "write the golden files")

// TestRealPublisher reads what ffmpeg 5.1 sent after its handshake when it
// published a file with its times moved by 20,000 s: chunks of all formats,
// deltas, and extended timestamps repeated on fmt 3.
func TestRealPublisher(t *testing.T) {
	wire, err := os.ReadFile("testdata/ffmpeg-20000s.bin")
	if err != nil {
		t.Fatal(err)
	}
	r := chunk.NewReader(iotest.HalfReader(bytes.NewReader(wire)), chunk.Limits{})
	var listing bytes.Buffer
	media := map[message.TypeID][][]byte{}
	for {
		var m chunk.Message
		if err := r.Next(&m); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&listing, "chunks %d type %2d stream %d %8d ms %4d bytes\n", m.ChunkStream, m.Type, m.Stream,
			m.Timestamp, len(m.Payload))
		media[m.Type] = append(media[m.Type], m.Payload)
	}
	const golden = "testdata/ffmpeg-20000s.golden"
	if *update {
		if err := os.WriteFile(golden, listing.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || !bytes.Equal(listing.Bytes(), want) {
		t.Errorf("%v, read\n%s, want\n%s", err, listing.Bytes(), want)
	}
	for _, kind := range []message.TypeID{flv.TypeAudio, flv.TypeVideo} {
		if !slices.EqualFunc(media[kind], published(t, kind), bytes.Equal) {
			t.Errorf("the payloads of type %d are not those of the file", kind)
		}
	}
}

// published returns the data of the tags of one type in the file that was published.
func published(t *testing.T, kind message.TypeID) [][]byte {
	file, err := os.Open("../flv/testdata/real.flv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := flv.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for {
		var tag flv.Tag
		if err := r.Next(&tag); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if tag.Type == kind {
			all = append(all, tag.Data)
		}
	}
}
