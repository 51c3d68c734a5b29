package rtmptarget

import (
	"bytes"
	"testing"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/client"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/codec"
	"hookproof/internal/rtmp/command"
	"hookproof/internal/rtmp/flv"
)

// What describes a publisher's frames carries its number, and can be read as
// before; the frames stay as they are, and so does the clip.
func TestMarked(t *testing.T) {
	clip := client.Clip()
	const publisher = 1<<63 | 7
	kinds := map[string]int{}
	for i, m := range marked(clip, publisher) {
		was := clip[i]
		if publisherIn(was.Data) != 0 {
			t.Fatalf("tag %d of the clip is marked itself", i)
		}
		if bytes.Equal(m.Data, was.Data) {
			kinds["unmarked"]++
			continue
		}
		if got := publisherIn(m.Data); got != publisher {
			t.Errorf("tag %d carries %d", i, got)
		}
		switch m.Type {
		case message.TypeIDVideoMessage:
			h, err := codec.ParseVideo(m.Data)
			if err != nil || !h.SequenceHeader || !bytes.HasPrefix(m.Data, was.Data) {
				t.Errorf("tag %d: %+v, %v", i, h, err)
			}
			kinds["video"]++
		case message.TypeIDAudioMessage:
			h, err := codec.ParseAudio(m.Data)
			if err != nil || !h.SequenceHeader || !bytes.HasPrefix(m.Data, was.Data) {
				t.Errorf("tag %d: %+v, %v", i, h, err)
			}
			kinds["audio"]++
		default:
			name, args, err := command.ParseData(&chunk.Message{Type: m.Type, Payload: m.Data})
			if err != nil || name != "onMetaData" || len(args) != 1 {
				t.Errorf("tag %d: %s %v, %v", i, name, args, err)
			}
			kinds["data"]++
		}
	}
	if kinds["video"] != 1 || kinds["audio"] != 1 || kinds["data"] != 1 || kinds["unmarked"] < 50 {
		t.Errorf("tags: %v", kinds)
	}
}

func TestUnmarked(t *testing.T) {
	for _, tag := range []flv.Tag{
		{Type: message.TypeIDVideoMessage},
		{Type: message.TypeIDVideoMessage, Data: []byte{0x22, 0}},
		{Type: message.TypeIDAudioMessage, Data: []byte{0x2f, 0}},
		{Type: message.TypeIDDataMessageAMF0, Data: []byte("\x02\x00\x0aonMetaData\x03")},
		{Type: message.TypeIDDataMessageAMF0, Data: arrayHead},
	} {
		if got := marked([]flv.Tag{tag}, 7)[0]; !bytes.Equal(got.Data, tag.Data) {
			t.Errorf("%x became %x", tag.Data, got.Data)
		}
	}
}

func FuzzPublisherIn(f *testing.F) {
	for _, s := range []string{"", markBegin, markBegin + "7;", markBegin + "7", markBegin +
		"99999999999999999999999;", markBegin + "18446744073709551615;"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		n := publisherIn(payload)
		if n != 0 && !bytes.Contains(payload, []byte(markBegin)) {
			t.Errorf("%d in %q", n, payload)
		}
	})
}
