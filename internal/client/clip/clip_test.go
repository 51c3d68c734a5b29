package clip_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/client/clip"
	"hookproof/internal/rtmp/codec"
	"hookproof/internal/rtmp/flv"
)

func TestClipIsWhatItSays(t *testing.T) {
	if n := len(clip.FLV); n > 300<<10 {
		t.Errorf("%d bytes, want less than 300 KB", n)
	}
	r, err := flv.NewReader(bytes.NewReader(clip.FLV))
	if err != nil {
		t.Fatal(err)
	}
	var pictures, keyframes, sounds, headers, data int
	var last uint32
	for {
		var tag flv.Tag
		if err := r.Next(&tag); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		last = tag.Timestamp
		switch tag.Type {
		case message.TypeIDVideoMessage:
			h, err := codec.ParseVideo(tag.Data)
			if err != nil || h.Codec != "avc1" {
				t.Fatalf("picture %d: %+v, %v", pictures, h, err)
			}
			switch {
			case h.SequenceHeader:
				headers++
			case !h.SequenceEnd:
				pictures++
			}
			if h.Keyframe {
				keyframes++
			}
		case message.TypeIDAudioMessage:
			h, err := codec.ParseAudio(tag.Data)
			if err != nil || h.Codec != "mp4a" {
				t.Fatalf("sound %d: %+v, %v", sounds, h, err)
			}
			if h.SequenceHeader {
				headers++
			} else {
				sounds++
			}
		default:
			data++
		}
	}
	if pictures != 75 || keyframes != 3 || headers != 2 || data != 1 || sounds < 125 || last < 2900 || last > 3100 {
		t.Errorf("%d pictures, %d keyframes, %d sounds, %d headers, %d data tags, %d ms", pictures, keyframes, sounds,
			headers, data, last)
	}
}
