package amf

import (
	"bytes"
	"testing"
	"unicode/utf8"
)

// FuzzAMF decodes anything. What Validate accepts must decode, within the
// limits; go-amf0 and our decoder must agree on what both decode; and what was
// decoded must survive being encoded and decoded again.
func FuzzAMF(f *testing.F) {
	for _, c := range golden {
		f.Add(unhex(f, c.wire))
	}
	f.Add(unhex(f, "02 0007 636f6e6e656374 00 3ff0000000000000 03 0003 617070 02 0004 6c697665 0000 09"))
	f.Add(unhex(f, "0a ffffffff 00000000000000000000000000"))
	f.Add(unhex(f, "06 0d 07 0001 0c 00000001 ff 0f 00000000 10 0001 61 0000 09 0b 7ff8000000000000 0000"))
	f.Fuzz(func(t *testing.T, wire []byte) {
		err := Validate(wire, Limits{})
		vals, decodeErr := Decode(wire)
		if (err == nil) != (decodeErr == nil) {
			t.Fatalf("validated: %v, decoded: %v", err, decodeErr)
		}
		if err != nil {
			return
		}
		again, err := Append(nil, vals...)
		if err != nil {
			t.Fatalf("%#v cannot be encoded: %v", vals, err)
		}
		if plain(wire) {
			for i, v := range peerDecode(t, wire) {
				if !same(v, vals[i]) {
					t.Fatalf("value %d: go-amf0 says %#v, we say %#v", i, v, vals[i])
				}
			}
		}
		back, err := DecodeLimited(again, Limits{Size: 1 << 20, Values: 1 << 17})
		if err != nil || len(back) != len(vals) {
			t.Fatalf("%#v encoded does not decode: %v", vals, err)
		}
		for i := range vals {
			checkText(t, vals[i])
			if !same(vals[i], back[i]) {
				t.Fatalf("%#v became %#v", vals[i], back[i])
			}
		}
	})
}

// same compares encoded forms, in which NaN equals itself.
func same(a, b any) bool {
	x, err := Append(nil, a)
	y, err2 := Append(nil, b)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}

// checkText fails on text that is not UTF-8.
func checkText(t *testing.T, v any) {
	t.Helper()
	switch v := v.(type) {
	case string:
		if !utf8.ValidString(v) {
			t.Fatalf("%q is not UTF-8", v)
		}
	case []any:
		for _, e := range v {
			checkText(t, e)
		}
	case map[string]any:
		for k, e := range v {
			checkText(t, k)
			checkText(t, e)
		}
	}
}
