package amf

import (
	"encoding/binary"
	"math"
	"strings"
	"time"

	amf0 "github.com/yutopp/go-amf0"
)

// Decode decodes b, a sequence of AMF0 values, after Validate with the default limits.
//
// Values become nil (null, undefined, unsupported, references), bool, float64,
// string (long strings and XML too), time.Time (dates), []any (strict arrays)
// or map[string]any (objects, typed objects, ECMA arrays; of equal names the
// last counts). What is not UTF-8 in a string is replaced with U+FFFD.
func Decode(b []byte) ([]any, error) { return DecodeLimited(b, Limits{}) }

// DecodeLimited is Decode with limits of the caller's. The error is an *Error.
func DecodeLimited(b []byte, l Limits) ([]any, error) {
	if err := Validate(b, l); err != nil {
		return nil, err
	}
	d := decoder{b: b}
	var vals []any
	for len(d.b) > 0 {
		vals = append(vals, d.value())
	}
	return vals, nil
}

// A decoder takes values off the front of a valid body.
type decoder struct{ b []byte }

func (d *decoder) value() any {
	switch amf0.Marker(d.take(1)[0]) {
	case amf0.MarkerNumber:
		return d.number()
	case amf0.MarkerBoolean:
		return d.take(1)[0] != 0
	case amf0.MarkerString:
		return d.text()
	case amf0.MarkerObject:
		return d.properties()
	case amf0.MarkerEcmaArray:
		d.take(4) // the count is a hint, and often wrong
		return d.properties()
	case amf0.MarkerTypedObject:
		d.text()
		return d.properties()
	case amf0.MarkerStrictArray:
		return d.array()
	case amf0.MarkerDate:
		return d.date()
	case amf0.MarkerLongString, amf0.MarkerXMLDocument:
		return valid(d.take(int(binary.BigEndian.Uint32(d.take(4)))))
	case amf0.MarkerReference:
		d.take(2)
		return nil
	default: // null, undefined, unsupported
		return nil
	}
}

func (d *decoder) number() float64 {
	return math.Float64frombits(binary.BigEndian.Uint64(d.take(8)))
}

// date is in milliseconds since 1970; its time zone is reserved and ignored.
// What no int64 can hold becomes the zero Time.
func (d *decoder) date() time.Time {
	ms := d.number()
	d.take(2)
	if !(math.Abs(ms) < 1<<53) {
		return time.Time{}
	}
	return time.UnixMilli(int64(ms)).UTC()
}

func (d *decoder) text() string {
	return valid(d.take(int(binary.BigEndian.Uint16(d.take(2)))))
}

func (d *decoder) properties() map[string]any {
	m := map[string]any{}
	for {
		n := int(binary.BigEndian.Uint16(d.take(2)))
		if n == 0 {
			d.take(1) // the end marker
			return m
		}
		key := valid(d.take(n))
		m[key] = d.value()
	}
}

func (d *decoder) array() []any {
	vals := make([]any, binary.BigEndian.Uint32(d.take(4)))
	for i := range vals {
		vals[i] = d.value()
	}
	return vals
}

func (d *decoder) take(n int) []byte {
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func valid(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }
