package client

import (
	"bytes"
	"testing"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/flv"
)

func TestMarkerRoundTrip(t *testing.T) {
	var (
		header4 = []byte{0x17, 0, 0, 0, 0, 1, 0x4d, 0x40, 0x15, 0xff, 0xe1, 0}
		header2 = []byte{0x17, 0, 0, 0, 0, 1, 0x4d, 0x40, 0x15, 0xfd, 0xe1, 0}
		header1 = []byte{0x17, 0, 0, 0, 0, 1, 0x4d, 0x40, 0x15, 0xfc, 0xe1, 0}
		frame   = []byte{0x27, 1, 0, 0, 40, 0, 0, 0, 2, 0x41, 0x9a}
	)
	cases := []struct {
		name   string
		kind   message.TypeID
		header []byte // sent before
		data   []byte
		prefix []byte // of the stamped payload
		ok     bool
	}{
		{"H.264, 4-byte lengths", 9, header4, frame, []byte{0x27, 1, 0, 0, 40, 0, 0, 0, 50, 6, 5, 46}, true},
		{"H.264, 2-byte lengths", 9, header2, frame, []byte{0x27, 1, 0, 0, 40, 0, 50, 6, 5, 46}, true},
		{"H.264, 1-byte lengths", 9, header1, frame, []byte{0x27, 1, 0, 0, 40, 50, 6, 5, 46}, true},
		{"H.264 without sequence header", 9, nil, frame, nil, false},
		{"H.264 sequence header", 9, nil, header4, nil, false},
		{"H.264 end of sequence", 9, header4, []byte{0x17, 2, 0, 0, 0}, nil, false},
		{"Enhanced HEVC", 9, header4, append([]byte{0x91, 'h', 'v', 'c', '1'}, frame...), nil, false},
		{"empty video", 9, header4, nil, nil, false},
		{"AAC", 8, nil, []byte{0xaf, 1, 0x21, 0x10}, []byte{0xaf, 1, 0x80, 46}, true},
		{"AAC sequence header", 8, nil, []byte{0xaf, 0, 0x12, 0x08}, nil, false},
		{"MP3", 8, nil, []byte{0x2f, 1, 0x21, 0x10}, nil, false},
		{"empty audio", 8, nil, nil, nil, false},
		{"metadata", 18, nil, []byte("\x02\x00\x0aonMetaData"), nil, false},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			var s stamper
			if tc.header != nil {
				s.stamp(&flv.Tag{Type: 9, Data: tc.header}, tc.header, 7)
			}
			before := time.Now()
			tag := flv.Tag{Type: tc.kind, Data: tc.data}
			got := s.stamp(&tag, tc.data, 1<<63|7)
			m, ok := ParseMarker(got)
			if ok != tc.ok || !bytes.HasPrefix(got, tc.prefix) {
				t.Fatalf("stamped: %v, want %v; payload %x", ok, tc.ok, got)
			}
			if !tc.ok {
				if !bytes.Equal(got, tc.data) {
					t.Errorf("changed to %x", got)
				}
				return
			}
			if m.Publisher != 1<<63|7 || m.Seq != 0 {
				t.Errorf("read back %+v", m)
			}
			if m.SentAt.Before(before.Add(-time.Millisecond)) || m.SentAt.After(time.Now().Add(time.Millisecond)) {
				t.Errorf("sent at %v, now is %v", m.SentAt, time.Now())
			}
			if rest := tc.data[len(tc.data)-2:]; !bytes.HasSuffix(got, rest) {
				t.Errorf("the frame's own bytes are gone: %x", got)
			}
		})
	}
}

func TestNumbersHaveNoZeroByte(t *testing.T) {
	for _, v := range []uint64{0, 1, 127, 128, 1 << 32, 1<<63 - 1, 1 << 63, 1<<64 - 1} {
		b := appendNumber(nil, v)
		if len(b) != numberSize || bytes.IndexByte(b, 0) >= 0 {
			t.Errorf("%d is written as %x", v, b)
		}
		if got, ok := number(b); !ok || got != v {
			t.Errorf("%d reads back as %d, %v", v, got, ok)
		}
	}
	for _, b := range [][]byte{bytes.Repeat([]byte{0x7f}, 10), append([]byte{0x82}, bytes.Repeat([]byte{0x80}, 9)...)} {
		if v, ok := number(b); ok {
			t.Errorf("%x reads as %d", b, v)
		}
	}
}

func FuzzParseMarker(f *testing.F) {
	body := appendBody(nil, 3, 4, clockAt(time.Now()))
	f.Add(body)
	f.Add(append([]byte{0x27, 1, 0, 0, 0, 0, 0, 0, 50, 6, 5, 46}, body...))
	f.Add(append(make([]byte, 250), body...))
	f.Add(body[:40])
	f.Add(markerID)
	f.Add(append(append([]byte{}, markerID...), make([]byte, 30)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, ok := ParseMarker(b)
		if !ok {
			if m != (Marker{}) {
				t.Errorf("no marker, but %+v", m)
			}
			return
		}
		again := appendBody(nil, m.Publisher, m.Seq, clockAt(m.SentAt))
		if !bytes.Contains(b, again[:len(again)-numberSize]) {
			t.Errorf("%+v is not what was read from %x", m, b)
		}
	})
}

func BenchmarkParseMarker(b *testing.B) {
	payload := append([]byte{0x27, 1, 0, 0, 0, 0, 0, 0, 50, 6, 5, 46}, appendBody(nil, 3, 4, clockAt(time.Now()))...)
	payload = append(payload, make([]byte, 1500)...)
	plain := make([]byte, 1500)
	b.ReportAllocs()
	for b.Loop() {
		ParseMarker(payload)
		ParseMarker(plain)
	}
}
