package amf

import (
	"bytes"
	"encoding/binary"
	"testing"
	"unicode/utf8"

	amf0 "github.com/yutopp/go-amf0"
)

// plain tells whether a valid body holds nothing but what go-amf0 decodes
// faithfully.
func plain(wire []byte) bool {
	d := decoder{b: wire}
	for len(d.b) > 0 {
		if !plainValue(&d) {
			return false
		}
	}
	return true
}

func plainValue(d *decoder) bool {
	text := func() bool { return utf8.Valid(d.take(int(binary.BigEndian.Uint16(d.take(2))))) }
	switch amf0.Marker(d.take(1)[0]) {
	case amf0.MarkerNull:
		return true
	case amf0.MarkerNumber:
		d.take(8)
		return true
	case amf0.MarkerBoolean:
		d.take(1)
		return true
	case amf0.MarkerString:
		return text()
	case amf0.MarkerStrictArray:
		for n := binary.BigEndian.Uint32(d.take(4)); n > 0; n-- {
			if !plainValue(d) {
				return false
			}
		}
		return true
	case amf0.MarkerObject:
		for !bytes.HasPrefix(d.b, []byte{0, 0}) {
			if !text() || !plainValue(d) {
				return false
			}
		}
		d.take(3)
		return true
	}
	return false
}

// peerDecode is go-amf0's decoding of a valid and plain body.
func peerDecode(t testing.TB, wire []byte) (vals []any) {
	r := bytes.NewReader(wire)
	dec := amf0.NewDecoder(r)
	for r.Len() > 0 {
		var v any
		if err := dec.Decode(&v); err != nil {
			t.Fatalf("go-amf0: %v", err)
		}
		vals = append(vals, v)
	}
	return vals
}

// BenchmarkDecode decodes a connect command.
func BenchmarkDecode(b *testing.B) {
	wire, err := Append(nil, "connect", 1, Object{
		{"app", "live"}, {"type", "nonprivate"}, {"flashVer", "FMLE/3.0 (compatible)"},
		{"tcUrl", "rtmp://127.0.0.1/live?token=good"},
		{"fpad", false}, {"capabilities", 239}, {"audioCodecs", 3575}, {"videoCodecs", 252}, {"videoFunction", 1},
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Decode(wire); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("go-amf0", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			peerDecode(b, wire)
		}
	})
}
