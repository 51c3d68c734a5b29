package codec_test

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"hookproof/internal/rtmp/codec"
	"hookproof/internal/rtmp/flv"
)

var update = flag.Bool("update", false, "write the golden files")

// unhex reads hexadecimal text; words in quotes stand for themselves.
func unhex(t testing.TB, text string) []byte {
	t.Helper()
	var out []byte
	for i, part := range strings.Split(text, "'") {
		if i%2 == 1 {
			out = append(out, part...)
			continue
		}
		b, err := hex.DecodeString(strings.Join(strings.Fields(part), ""))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b...)
	}
	return out
}

var videos = []struct {
	name, payload string
	want          codec.VideoHeader
}{
	{"AVC configuration", "17 00 000000 01", codec.VideoHeader{Codec: "avc1", SequenceHeader: true}},
	{"AVC keyframe", "17 01 000000 65", codec.VideoHeader{Codec: "avc1", Keyframe: true}},
	{"AVC inter frame", "27 01 000000 41", codec.VideoHeader{Codec: "avc1"}},
	{"AVC disposable frame", "37 01", codec.VideoHeader{Codec: "avc1"}},
	{"AVC generated keyframe", "47 01", codec.VideoHeader{Codec: "avc1", Keyframe: true}},
	{"AVC end", "17 02 000000", codec.VideoHeader{Codec: "avc1", SequenceEnd: true}},
	{"AVC command frame", "57 00", codec.VideoHeader{Codec: "avc1", Command: true}},
	{"HEVC as custom has it", "1c 00", codec.VideoHeader{Codec: "hvc1", SequenceHeader: true}},
	{"HEVC as custom has it, keyframe", "1c 01", codec.VideoHeader{Codec: "hvc1", Keyframe: true}},
	{"Sorenson keyframe", "12", codec.VideoHeader{Codec: "flv1", Keyframe: true}},
	{"VP6 inter frame", "24", codec.VideoHeader{Codec: "vp6f"}},
	{"unknown legacy codec", "1f", codec.VideoHeader{Codec: "video-15", Keyframe: true}},

	{"HEVC configuration", "90 'hvc1' 01", codec.VideoHeader{Codec: "hvc1", Enhanced: true, SequenceHeader: true}},
	{"HEVC keyframe", "91 'hvc1' 000000 26", codec.VideoHeader{Codec: "hvc1", Enhanced: true, Keyframe: true}},
	{"HEVC inter frame without composition time", "a3 'hvc1' 02", codec.VideoHeader{Codec: "hvc1", Enhanced: true}},
	{"HEVC end", "92 'hvc1'", codec.VideoHeader{Codec: "hvc1", Enhanced: true, SequenceEnd: true}},
	{"HEVC metadata", "94 'hvc1' 02", codec.VideoHeader{Codec: "hvc1", Enhanced: true, Metadata: true}},
	{"metadata in a command frame", "d4 'hvc1' 02", codec.VideoHeader{Codec: "hvc1", Enhanced: true, Metadata: true}},
	{"command frame without a FourCC", "d1 00", codec.VideoHeader{Enhanced: true, Command: true}},
	{"AV1 configuration", "90 'av01' 81", codec.VideoHeader{Codec: "av01", Enhanced: true, SequenceHeader: true}},
	{"AV1 configuration for MPEG-2 TS", "95 'av01' 80", codec.VideoHeader{Codec: "av01", Enhanced: true,
		SequenceHeader: true}},
	{"AV1 keyframe", "91 'av01' 0a", codec.VideoHeader{Codec: "av01", Enhanced: true, Keyframe: true}},
	{"VP9 keyframe", "91 'vp09' 82", codec.VideoHeader{Codec: "vp09", Enhanced: true, Keyframe: true}},
	{"AVC by FourCC", "a1 'avc1' 000000 41", codec.VideoHeader{Codec: "avc1", Enhanced: true}},
	{"a modifier before a keyframe", "97 02 000001 01 'hvc1' 000000", codec.VideoHeader{Codec: "hvc1", Enhanced: true,
		Keyframe: true}},
	{"two modifiers", "97 00 aa 07 00 bb 03 'av01'", codec.VideoHeader{Codec: "av01", Enhanced: true, Keyframe: true}},
	{"a long modifier", "97 ff 0100 " + strings.Repeat("00", 257) + " 01 'hvc1'", codec.VideoHeader{Codec: "hvc1",
		Enhanced: true, Keyframe: true}},
	{"one track", "96 01 'hvc1' 03 000000", codec.VideoHeader{Codec: "hvc1", Enhanced: true, Keyframe: true,
		Multitrack: true, Track: 3}},
	{"configurations of many tracks", "96 10 'av01' 00 000004", codec.VideoHeader{Codec: "av01", Enhanced: true,
		SequenceHeader: true, Multitrack: true}},
	{"many tracks, many codecs", "a6 21 'vp09' 07 000004", codec.VideoHeader{Codec: "vp09", Enhanced: true,
		Multitrack: true, Track: 7}},
}

func TestParseVideo(t *testing.T) {
	for _, c := range videos {
		t.Run(c.name, func(t *testing.T) {
			if got, err := codec.ParseVideo(unhex(t, c.payload)); err != nil || got != c.want {
				t.Errorf("%+v, %v; want %+v", got, err, c.want)
			}
		})
	}
}

var audios = []struct {
	name, payload string
	want          codec.AudioHeader
}{
	{"AAC configuration", "af 00 1210", codec.AudioHeader{Codec: "mp4a", SequenceHeader: true}},
	{"AAC", "af 01 21", codec.AudioHeader{Codec: "mp4a"}},
	{"MP3", "2f ff", codec.AudioHeader{Codec: ".mp3"}},
	{"Speex", "b2", codec.AudioHeader{Codec: "spex"}},
	{"A-law", "72", codec.AudioHeader{Codec: "alaw"}},
	{"unknown legacy format", "c2", codec.AudioHeader{Codec: "audio-12"}},

	{"Opus configuration", "90 'Opus' 01", codec.AudioHeader{Codec: "Opus", Enhanced: true, SequenceHeader: true}},
	{"Opus", "91 'Opus' fc", codec.AudioHeader{Codec: "Opus", Enhanced: true}},
	{"Opus end", "92 'Opus'", codec.AudioHeader{Codec: "Opus", Enhanced: true, SequenceEnd: true}},
	{"FLAC", "91 'fLaC' ff", codec.AudioHeader{Codec: "fLaC", Enhanced: true}},
	{"AC-3", "91 'ac-3' 0b77", codec.AudioHeader{Codec: "ac-3", Enhanced: true}},
	{"channels", "94 'Opus' 01 02", codec.AudioHeader{Codec: "Opus", Enhanced: true, ChannelConfig: true}},
	{"a modifier", "97 02 000001 01 'mp4a'", codec.AudioHeader{Codec: "mp4a", Enhanced: true}},
	{"many tracks", "95 10 'mp4a' 01 000002", codec.AudioHeader{Codec: "mp4a", Enhanced: true, SequenceHeader: true,
		Multitrack: true, Track: 1}},
}

func TestParseAudio(t *testing.T) {
	for _, c := range audios {
		t.Run(c.name, func(t *testing.T) {
			if got, err := codec.ParseAudio(unhex(t, c.payload)); err != nil || got != c.want {
				t.Errorf("%+v, %v; want %+v", got, err, c.want)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ kind, payload, want string }{
		{"video", "", "video message of 0 bytes: want a frame type at byte 0"},
		{"video", "17", "video message of 1 bytes: want a packet type at byte 1"},
		{"video", "90 'hvc'", "video message of 4 bytes: want a FourCC at byte 1"},
		{"video", "97", "video message of 1 bytes: want the size of a modifier at byte 1"},
		{"video", "97 ff 00", "video message of 3 bytes: want the long size of a modifier at byte 2"},
		{"video", "97 01 0000", "video message of 4 bytes: want a modifier and a packet type at byte 2"},
		{"video", "96", "video message of 1 bytes: want a multitrack type at byte 1"},
		{"video", "96 31 'hvc1' 00", "video message with multitrack type 3: want 0 to 2"},
		{"video", "96 01 'hvc'", "video message of 5 bytes: want a FourCC at byte 2"},
		{"video", "96 01 'hvc1'", "video message of 6 bytes: want a track id at byte 6"},
		{"audio", "", "audio message of 0 bytes: want a sound format at byte 0"},
		{"audio", "af", "audio message of 1 bytes: want an AAC packet type at byte 1"},
		{"audio", "90", "audio message of 1 bytes: want a FourCC at byte 1"},
		{"audio", "97 00", "audio message of 2 bytes: want a modifier and a packet type at byte 2"},
	} {
		var err error
		var got any
		if c.kind == "video" {
			got, err = codec.ParseVideo(unhex(t, c.payload))
		} else {
			got, err = codec.ParseAudio(unhex(t, c.payload))
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%s %s: %+v, %v; want %s", c.kind, c.payload, got, err, c.want)
		}
	}
}

// TestRealFile describes each tag of a file that ffmpeg wrote.
func TestRealFile(t *testing.T) {
	file, err := os.Open("../flv/testdata/real.flv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := flv.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	for {
		var tag flv.Tag
		if err := r.Next(&tag); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&got, "%4d ms %5d bytes %s\n", tag.Timestamp, len(tag.Data), describe(t, &tag))
	}
	const golden = "testdata/real.golden"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%v, described as\n%s, want\n%s", err, got.Bytes(), want)
	}
}

func describe(t *testing.T, tag *flv.Tag) string {
	switch tag.Type {
	case flv.TypeAudio:
		h, err := codec.ParseAudio(tag.Data)
		if err != nil {
			t.Error(err)
		}
		return fmt.Sprintf("audio %+v", h)
	case flv.TypeVideo:
		h, err := codec.ParseVideo(tag.Data)
		if err != nil {
			t.Error(err)
		}
		return fmt.Sprintf("video %+v", h)
	default:
		return "data"
	}
}

// FuzzCodec parses anything: nothing may panic or contradict itself.
func FuzzCodec(f *testing.F) {
	for _, c := range videos {
		f.Add(unhex(f, c.payload))
	}
	for _, c := range audios {
		f.Add(unhex(f, c.payload))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		v, err := codec.ParseVideo(p)
		kinds := 0
		for _, is := range []bool{v.Keyframe, v.SequenceHeader, v.SequenceEnd, v.Metadata, v.Command} {
			if is {
				kinds++
			}
		}
		if kinds > 1 || err != nil && v != (codec.VideoHeader{}) {
			t.Errorf("video %+v, %v", v, err)
		}
		a, err := codec.ParseAudio(p)
		if a.SequenceHeader && a.SequenceEnd || err != nil && a != (codec.AudioHeader{}) {
			t.Errorf("audio %+v, %v", a, err)
		}
	})
}
