package hls

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/formats/mpegts"
	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/client/clip"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/flv"
)

// clipMessages are those of the recording: 3 s of H.264 and AAC, a keyframe each second.
func clipMessages(t testing.TB) (all []chunk.Message) {
	t.Helper()
	r, err := flv.NewReader(bytes.NewReader(clip.FLV))
	for err == nil {
		var tag flv.Tag
		if err = r.Next(&tag); err == nil {
			all = append(all, chunk.Message{Type: tag.Type, Timestamp: tag.Timestamp, Payload: tag.Data})
		}
	}
	if err != io.EOF {
		t.Fatal(err)
	}
	return all
}

func options() Options {
	return Options{Fragment: time.Second, Window: 10 * time.Second, Bytes: 8 << 20}
}

// feed writes messages, later by shift milliseconds.
func feed(t testing.TB, m *Muxer, all []chunk.Message, shift uint32) {
	t.Helper()
	for i := range all {
		msg := all[i]
		msg.Timestamp += shift
		if err := m.Write(&msg); err != nil {
			t.Fatal(err)
		}
	}
}

func name(n uint64) string { return fmt.Sprint("s-", n, ".ts") }

// counted demuxes a segment: what is in it, by track.
func counted(t *testing.T, data []byte) (pictures, sounds int, times []int64) {
	t.Helper()
	r := &mpegts.Reader{R: bytes.NewReader(data)}
	if err := r.Initialize(); err != nil {
		t.Fatal(err)
	}
	for _, track := range r.Tracks() {
		if track.Codec.IsVideo() {
			r.OnDataH264(track, func(_, dts int64, _ [][]byte) error {
				pictures++
				times = append(times, dts)
				return nil
			})
		} else {
			r.OnDataMPEG4Audio(track, func(_ int64, aus [][]byte) error { sounds += len(aus); return nil })
		}
	}
	for {
		if err := r.Read(); errors.Is(err, io.EOF) {
			return pictures, sounds, times
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestSegments(t *testing.T) {
	var told []Segment
	o := options()
	o.Finished = func(s Segment) { told = append(told, s) }
	m := NewMuxer(o, nil)
	if _, ok := m.Playlist(name); ok {
		t.Error("a playlist without a segment")
	}
	feed(t, m, clipMessages(t), 500)
	select {
	case <-m.Ready():
	default:
		t.Error("not ready after two segments")
	}
	m.Stop()
	if len(told) != 3 || m.Stopped().IsZero() {
		t.Fatalf("%d segments, stopped at %v", len(told), m.Stopped())
	}
	all := 0
	for i, s := range told {
		pictures, sounds, times := counted(t, s.Data)
		if pictures != 25 || sounds < 41 || s.Number != uint64(i) {
			t.Errorf("segment %d: number %d, %d pictures, %d sounds", i, s.Number, pictures, sounds)
		}
		if first := times[0]; first != clock(500+int64(i)*1000) {
			t.Errorf("segment %d begins at %d", i, first)
		}
		all += sounds
		if data, err := m.Segment(s.Number); err != nil || !bytes.Equal(data, s.Data) {
			t.Errorf("segment %d: %v", i, err)
		}
	}
	if _, err := m.Segment(3); !errors.Is(err, ErrGone) {
		t.Error(err)
	}
	text, _ := m.Playlist(name)
	want := "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-TARGETDURATION:2\n" +
		"#EXTINF:1.000,\ns-0.ts\n#EXTINF:1.000,\ns-1.ts\n#EXTINF:1.075,\ns-2.ts\n"
	if text != want {
		t.Errorf("%s\nwant\n%s", text, want)
	}
	if master := m.Master("s.m3u8?hls_ctx=1"); !strings.HasSuffix(master, "\ns.m3u8?hls_ctx=1\n") {
		t.Errorf("%q", master)
	}
}

// A window has its length in time; bytes bound it before, for the stream and for all.
func TestWindow(t *testing.T) {
	clip := clipMessages(t)
	for _, c := range []struct {
		name        string
		window      time.Duration
		bytes, most int
		want        int
	}{
		{"time", 5 * time.Second, 8 << 20, 8 << 20, 5},
		{"at least three", time.Second, 8 << 20, 8 << 20, 3},
		{"bytes of the stream", time.Minute, 200 << 10, 8 << 20, 3},
		{"bytes of all", time.Minute, 8 << 20, 200 << 10, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := NewBudget(int64(c.most))
			m := NewMuxer(Options{Fragment: time.Second, Window: c.window, Bytes: c.bytes}, b)
			for round := range uint32(4) {
				feed(t, m, clip, round*3000)
			}
			text, _ := m.Playlist(name)
			if n := strings.Count(text, "#EXTINF"); n != c.want {
				t.Errorf("%d segments, want %d:\n%s", n, c.want, text)
			}
			if used := b.Used(); used != int64(m.bytes) || used == 0 || used > int64(c.most) {
				t.Errorf("%d bytes counted, %d kept", used, m.bytes)
			}
			m.Close()
			if used := b.Used(); used != 0 {
				t.Errorf("%d bytes are left", used)
			}
		})
	}
}

// Another publication goes on in the same playlist, and says that it does not fit on.
func TestNextPublication(t *testing.T) {
	m := NewMuxer(options(), nil)
	feed(t, m, clipMessages(t), 0)
	m.Stop()
	m.Begin()
	if !m.Stopped().IsZero() {
		t.Error("stopped, though there is another publication")
	}
	feed(t, m, clipMessages(t), 0)
	m.Stop()
	text, _ := m.Playlist(name)
	if !strings.Contains(text, "s-2.ts\n#EXT-X-DISCONTINUITY\n") || strings.Count(text, "DISCONTINUITY") != 1 {
		t.Errorf("%s", text)
	}
}

// What publishers say of time and codecs is not believed blindly.
func TestOddPublishers(t *testing.T) {
	clip := clipMessages(t)
	t.Run("time goes back", func(t *testing.T) {
		m := NewMuxer(options(), nil)
		feed(t, m, clip, 100_000)
		feed(t, m, clip, 0)
		m.Stop()
		text, _ := m.Playlist(name)
		if strings.Count(text, "DISCONTINUITY") != 1 || strings.Count(text, "EXTINF") != 6 {
			t.Errorf("%s", text)
		}
	})
	t.Run("no further keyframe", func(t *testing.T) {
		m := NewMuxer(options(), nil)
		feed(t, m, clip[:40], 0)
		for at := uint32(0); at < 60_000; at += 40 {
			msg := chunk.Message{Type: message.TypeIDVideoMessage, Timestamp: 2000 + at,
				Payload: []byte{0x27, 1, 0, 0, 0, 0, 0, 0, 1, 0x41}}
			feed(t, m, []chunk.Message{msg}, 0)
		}
		if text, _ := m.Playlist(name); strings.Count(text, "EXTINF") < 3 {
			t.Errorf("%s", text)
		}
	})
	t.Run("a codec that is not served", func(t *testing.T) {
		m := NewMuxer(options(), nil)
		msg := chunk.Message{Type: message.TypeIDVideoMessage, Payload: []byte("\x90av01\x81\x00\x0c\x00")}
		err := m.Write(&msg)
		if err == nil || !strings.Contains(err.Error(), `"av01" is not served`) {
			t.Errorf("%v", err)
		}
		if err := m.Write(&msg); err != nil {
			t.Errorf("told twice: %v", err)
		}
	})
}

// HEVC in both of its forms has its parameter sets read.
func TestHEVCSets(t *testing.T) {
	record := append(make([]byte, 21), 3, 3)
	for i, set := range []string{"vps", "sps", "pps"} {
		record = append(record, byte(32+i), 0, 1, 0, byte(len(set)))
		record = append(record, set...)
	}
	sets, err := hevcSets(record)
	if err != nil || fmt.Sprintf("%s", sets) != "[vps sps pps]" {
		t.Errorf("%s, %v", sets, err)
	}
}

// FuzzMuxer writes anything, also after what makes tracks known: nothing may panic, and what is kept is bounded.
func FuzzMuxer(f *testing.F) {
	clip := clipMessages(f)
	for i := range clip[:12] {
		f.Add(binary.BigEndian.AppendUint16([]byte{byte(clip[i].Type), 0, 0}, uint16(len(clip[i].Payload))),
			clip[i].Payload)
	}
	f.Fuzz(func(t *testing.T, heads, payload []byte) {
		o := Options{Fragment: 10 * time.Millisecond, Window: 100 * time.Millisecond, Bytes: 1 << 20}
		m := NewMuxer(o, nil)
		feed(t, m, clip[:12], 0)
		for len(heads) >= 3 {
			msg := chunk.Message{Type: message.TypeID(heads[0]), Timestamp: uint32(heads[1])<<24 | uint32(heads[2]),
				Payload: payload}
			m.Write(&msg)
			heads = heads[3:]
			payload = payload[len(payload)/2:]
		}
		m.Stop()
		if m.bytes > 4*o.Bytes {
			t.Errorf("%d bytes are kept", m.bytes)
		}
		m.Playlist(name)
	})
}
