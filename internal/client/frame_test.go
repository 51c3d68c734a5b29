package client

import (
	"testing"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/flv"
)

// TestOnFrame: who asks for frames gets their heads, and events of the rest.
func TestOnFrame(t *testing.T) {
	sent := time.Now()
	s := stamper{nalSize: 4}
	marked := func(tag flv.Tag, seq uint64) []byte {
		data, ok := s.appendStamped(nil, &tag, 7, seq, clockAt(sent))
		if !ok {
			t.Fatal("no marker in ", tag.Type)
		}
		return data
	}
	const audio, video = message.TypeIDAudioMessage, message.TypeIDVideoMessage
	payloads := []struct {
		of   message.TypeID
		data []byte
		want Frame
	}{
		{video, []byte{0x17, 0, 0, 0, 0, 1, 0x64, 0, 0x1f, 0xff}, Frame{SequenceHeader: true}},
		{video, marked(flv.Tag{Type: video, Data: append([]byte{0x17, 1, 0, 0, 0}, make([]byte, 5000)...)}, 0),
			Frame{Frame: true, Keyframe: true, Marker: Marker{7, 0, sent}}},
		{audio, marked(flv.Tag{Type: audio, Data: []byte{0xaf, 1, 2, 3}}, 1),
			Frame{Frame: true, Marker: Marker{7, 1, sent}}},
		{video, []byte{0x27, 1, 0, 0, 0, 9}, Frame{Frame: true}},
		{audio, nil, Frame{Frame: true}},
	}
	url := serve(t, func(p *peer) {
		for _, m := range payloads {
			p.send(chunk.Message{ChunkStream: 6, Type: m.of, Stream: 1, Payload: m.data})
		}
		p.send(chunk.Message{ChunkStream: 2, Type: message.TypeIDAck, Payload: []byte{0, 0, 0, 9}})
	})
	var got []Frame
	var other []Kind
	c := dialTest(t, Options{URL: url, Publisher: 9,
		OnFrame: func(f Frame) { got = append(got, f) },
		Observe: func(ev Event) { other = append(other, ev.Kind) },
	})
	<-c.Done()
	if len(got) != len(payloads) {
		t.Fatalf("%d frames, want %d", len(got), len(payloads))
	}
	for i, f := range got {
		want := payloads[i].want
		want.At, want.Type, want.Size = f.At, payloads[i].of, len(payloads[i].data)
		if f.At.Before(sent) || f.Marker.SentAt.Sub(want.Marker.SentAt).Abs() > time.Microsecond {
			t.Errorf("frame %d: read at %v, marked with %v; sent at %v", i, f.At, f.Marker.SentAt, sent)
		}
		if f.Marker.SentAt = want.Marker.SentAt; f != want {
			t.Errorf("frame %d: %+v\nwant %+v", i, f, want)
		}
	}
	for _, k := range other {
		if k == Media {
			t.Error("frames are events, too")
		}
	}
	if len(other) < 3 || other[len(other)-1] != Disconnected {
		t.Errorf("events %v", other)
	}
	if n := c.Counters(); n.VideoFrames+n.AudioFrames+n.SequenceHeaders+n.MediaBytes != 0 || len(c.Publishers()) != 0 {
		t.Errorf("%+v", n)
	}
}

func TestFrameClock(t *testing.T) {
	var f frameClock
	first := f.now(0)
	if first.IsZero() || f.now(0) != first {
		t.Error("what was read together has different times")
	}
	if later := f.now(1); later.Before(first) || f.read != 1 {
		t.Error("the clock was not looked at again")
	}
}
