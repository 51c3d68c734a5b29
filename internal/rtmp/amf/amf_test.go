package amf

import (
	"bytes"
	"encoding/hex"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	amf0 "github.com/yutopp/go-amf0"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// golden holds values with their wire form, both ways.
var golden = []struct {
	name    string
	encoded any // what Append is given
	wire    string
	decoded any // what Decode returns
}{
	{"number", 10.0, "00 4024000000000000", 10.0},
	{"int", 5, "00 4014000000000000", 5.0},
	{"uint32", uint32(1), "00 3ff0000000000000", 1.0},
	{"infinity", math.Inf(-1), "00 fff0000000000000", math.Inf(-1)},
	{"true", true, "01 01", true},
	{"false", false, "01 00", false},
	{"string", "abc", "02 0003 616263", "abc"},
	{"empty string", "", "02 0000", ""},
	{"UTF-8", "ü€", "02 0005 c3bce282ac", "ü€"},
	{"not UTF-8", "a\xff\xfeb", "02 0004 61fffe62", "a\uFFFDb"},
	{"control bytes", "\x00\x01\"", "02 0003 000122", "\x00\x01\""},
	{"null", nil, "05", nil},
	{"undefined", Undefined{}, "06", nil},
	{"object, in its order", Object{{"b", 1.0}, {"a", "x"}},
		"03 0001 62 00 3ff0000000000000 0001 61 02 0001 78 0000 09",
		map[string]any{"a": "x", "b": 1.0}},
	{"map, sorted", map[string]any{"b": true, "a": nil}, "03 0001 61 05 0001 62 01 01 0000 09",
		map[string]any{"a": nil, "b": true}},
	{"empty object", Object{}, "03 0000 09", map[string]any{}},
	{"name that is not UTF-8", Object{{"k\xff", true}}, "03 0002 6bff 01 01 0000 09", map[string]any{"k\uFFFD": true}},
	{"ECMA array", ECMAArray{{"w", 1.0}, {"o", Object{{"x", nil}}}, {"e", ECMAArray{}}},
		"08 00000003 0001 77 00 3ff0000000000000 0001 6f 03 0001 78 05 0000 09 0001 65 08 00000000 0000 09 0000 09",
		map[string]any{"w": 1.0, "o": map[string]any{"x": nil}, "e": map[string]any{}}},
	{"strict array", []any{"x", []any{}, nil}, "0a 00000003 02 0001 78 0a 00000000 05", []any{"x", []any{}, nil}},
	{"date", time.UnixMilli(1400000000123).UTC(), "0b 42745f680b07b000 0000", time.UnixMilli(1400000000123).UTC()},
}

func TestGolden(t *testing.T) {
	for _, c := range golden {
		t.Run(c.name, func(t *testing.T) {
			want := unhex(t, c.wire)
			got, err := Append([]byte{0xee}, c.encoded)
			if err != nil || !bytes.Equal(got[1:], want) {
				t.Errorf("encoded %x, %v; want %x", got[1:], err, want)
			}
			vals, err := Decode(want)
			if err != nil || !reflect.DeepEqual(vals, []any{c.decoded}) {
				t.Errorf("decoded %#v, %v; want %#v", vals, err, c.decoded)
			}
		})
	}
}

// TestDecodeOnly has forms that others send.
func TestDecodeOnly(t *testing.T) {
	for _, c := range []struct {
		name, wire string
		want       []any
	}{
		{"nothing", "", nil},
		{"several values", "02 0001 78 05 0101", []any{"x", nil, true}},
		{"undefined, unsupported, reference", "06 0d 07 0001", []any{nil, nil, nil}},
		{"boolean of 2", "01 02", []any{true}},
		{"long string", "0c 00000003 616263", []any{"abc"}},
		{"long string that is not UTF-8", "0c 00000002 ff61", []any{"\uFFFDa"}},
		{"XML", "0f 00000002 3c3e", []any{"<>"}},
		{"typed object", "10 0002 6162 0001 61 05 0000 09", []any{map[string]any{"a": nil}}},
		{"ECMA array that counts wrong", "08 00000000 0001 61 01 01 0000 09", []any{map[string]any{"a": true}}},
		{"ECMA array of 4 billion", "08 ffffffff 0001 61 01 01 0000 09", []any{map[string]any{"a": true}}},
		{"the last of equal names", "03 0001 61 01 00 0001 61 01 01 0000 09", []any{map[string]any{"a": true}}},
		{"date of no number", "0b 7ff8000000000000 0000", []any{time.Time{}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Decode(unhex(t, c.wire))
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("decoded %#v, %v; want %#v", got, err, c.want)
			}
		})
	}
}

func TestLongStrings(t *testing.T) {
	for _, n := range []int{65535, 65536, 200000} {
		s := strings.Repeat("s", n)
		wire, err := Append(nil, s)
		if err != nil {
			t.Fatal(err)
		}
		if head := wire[0]; (head == byte(amf0.MarkerLongString)) != (n > 65535) {
			t.Errorf("%d bytes go out with marker %#02x", n, head)
		}
		vals, err := DecodeLimited(wire, Limits{Size: 1 << 20})
		if err != nil || !reflect.DeepEqual(vals, []any{s}) {
			t.Errorf("%d bytes do not come back: %v", n, err)
		}
	}
}

func TestErrors(t *testing.T) {
	nested := func(open string, n int) string { return strings.Repeat(open, n) }
	for _, c := range []struct {
		name, wire, want string
	}{
		{"short number", "00 00", "amf: byte 1: a number needs 8 bytes, 1 are left"},
		{"short boolean", "01", "amf: byte 1: a boolean needs 1 bytes, 0 are left"},
		{"short string", "05 02 0003 61", "amf: byte 4: a string needs 3 bytes, 1 are left"},
		{"string without a length", "02 00", "amf: byte 1: a string needs 2 bytes, 1 are left"},
		{"long string of 4 GB", "0c ffffffff 61", "amf: byte 5: a long string of 4294967295 bytes with 1 left"},
		{"short date", "0b 00", "amf: byte 1: a date needs 10 bytes, 1 are left"},
		{"array of 4 billion", "0a ffffffff 0000000000000000",
			"amf: byte 1: an array of 4294967295 elements with 8 bytes left"},
		{"array of one too many", "0a 00000002 05", "amf: byte 1: an array of 2 elements with 1 bytes left"},
		{"object without an end", "03 0001 61 05", "amf: byte 5: a property name needs 2 bytes, 0 are left"},
		{"object with an empty name", "03 0000 05",
			"amf: byte 1: an empty property name before 0x05: want the end marker 0x09"},
		{"end of no object", "09", "amf: byte 0: marker 0x09: want an AMF0 value"},
		{"movie clip", "04", "amf: byte 0: marker 0x04: want an AMF0 value"},
		{"record set", "0e", "amf: byte 0: marker 0x0e: want an AMF0 value"},
		{"AMF3", "11 01", "amf: byte 0: marker 0x11: want an AMF0 value"},
		{"17 arrays in each other", nested("0a 00000001", 17) + "05", "amf: byte 80: nested deeper than 16"},
		{"17 objects in each other", nested("03 0001 61", 17), "amf: byte 64: nested deeper than 16"},
		{"millions of objects in each other", nested("03 0001 61", 16000), "amf: byte 64: nested deeper than 16"},
		{"too many values", nested("05", 4097), "amf: byte 4096: more than 4096 values"},
		{"too large", nested("05", 65537), "amf: byte 0: a body of 65537 bytes; at most 65536 are allowed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wire := unhex(t, c.wire)
			vals, err := Decode(wire)
			if err == nil || err.Error() != c.want {
				t.Errorf("decoded %v, %v; want %s", vals, err, c.want)
			}
			if err := Validate(wire, Limits{}); err == nil || err.Error() != c.want {
				t.Errorf("validated: %v; want %s", err, c.want)
			}
		})
	}
}

// TestSixteenDeep is what the limit still lets through, by go-amf0 and by us.
func TestSixteenDeep(t *testing.T) {
	for _, inner := range []string{"05", "06"} {
		wire := unhex(t, strings.Repeat("03 0001 61", 16)+inner+strings.Repeat("0000 09", 16))
		vals, err := Decode(wire)
		if err != nil {
			t.Fatal(err)
		}
		depth := 0
		for v := vals[0]; v != nil; v = v.(map[string]any)["a"] {
			depth++
		}
		if depth != 16 {
			t.Errorf("%d objects in each other, want 16", depth)
		}
	}
}

func TestAppendErrors(t *testing.T) {
	for want, v := range map[string]any{
		"amf: no encoding for a struct {}":                 struct{}{},
		"amf: a property name of 0 bytes: want 1 to 65535": Object{{"", 1.0}},
		"amf: a property name of 65536 bytes: want 1 to 65535": map[string]any{strings.Repeat("k",
			65536): nil},
		`property "a": property "b": amf: no encoding for a chan int`: Object{{"a",
			ECMAArray{{"b", make(chan int)}}}},
		"amf: no encoding for a float32": []any{float32(1)},
	} {
		got, err := Append([]byte{1}, "x", v)
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
		if !bytes.Equal(got, []byte{1}) {
			t.Errorf("dst became %x after an error", got)
		}
	}
}

// TestValidateCostsNothing: a body is judged before memory is spent on it.
func TestValidateCostsNothing(t *testing.T) {
	wire := unhex(t, "0a ffffffff"+strings.Repeat("00", 13)) // kills go-amf0's decoder
	if n := testing.AllocsPerRun(100, func() {
		if Validate(wire, Limits{}) == nil {
			t.Fatal("accepted")
		}
	}); n > 5 {
		t.Errorf("%v allocations", n)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := Decode(wire); err == nil {
		t.Error("decoded")
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 4096 {
		t.Errorf("%d bytes allocated", n)
	}
}

// TestPeerDecodes: go-amf0 understands what we encode, as far as it goes.
func TestPeerDecodes(t *testing.T) {
	for _, c := range golden {
		wire := unhex(t, c.wire)
		if !plain(wire) {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			var v any
			if err := amf0.NewDecoder(bytes.NewReader(wire)).Decode(&v); err != nil ||
				!reflect.DeepEqual(v, c.decoded) {
				t.Errorf("go-amf0 reads %#v, %v; want %#v", v, err, c.decoded)
			}
		})
	}
}

// TestPeerEncodes: we understand what go-amf0 encodes.
func TestPeerEncodes(t *testing.T) {
	in := map[string]any{"app": "live", "capabilities": 15.0, "list": []any{1.0, "x", nil},
		"sub": map[string]any{"b": true}}
	var buf bytes.Buffer
	enc := amf0.NewEncoder(&buf)
	for _, v := range []any{"connect", 1, in, amf0.ECMAArray{"k": "v"}} {
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Decode(buf.Bytes())
	want := []any{"connect", 1.0, in, map[string]any{"k": "v"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("decoded %#v, %v; want %#v", got, err, want)
	}
}
