package amf

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	amf0 "github.com/yutopp/go-amf0"
)

// Append appends vals in AMF0: nil, Undefined, bool, int, uint32, float64, string, Object,
// ECMAArray, map[string]any (as an object, its names sorted), []any, time.Time.
//
// Strings go out byte for byte, UTF-8 or not; one over 65,535 bytes as a long
// string. The error names a value of another type, or a property name that is
// empty (AMF0's end of an object) or too long; dst is then returned as it was.
func Append(dst []byte, vals ...any) ([]byte, error) {
	out := dst
	var err error
	for _, v := range vals {
		if out, err = appendValue(out, v); err != nil {
			return dst, err
		}
	}
	return out, nil
}

func appendValue(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, byte(amf0.MarkerNull)), nil
	case Undefined:
		return append(dst, byte(amf0.MarkerUndefined)), nil
	case bool:
		if v {
			return append(dst, byte(amf0.MarkerBoolean), 1), nil
		}
		return append(dst, byte(amf0.MarkerBoolean), 0), nil
	case int:
		return appendNumber(dst, float64(v)), nil
	case uint32:
		return appendNumber(dst, float64(v)), nil
	case float64:
		return appendNumber(dst, v), nil
	case string:
		return appendString(dst, v), nil
	case time.Time:
		dst = append(dst, byte(amf0.MarkerDate))
		dst = binary.BigEndian.AppendUint64(dst, math.Float64bits(float64(v.UnixMilli())))
		return append(dst, 0, 0), nil
	default:
		return appendContainer(dst, v)
	}
}

func appendContainer(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case Object:
		return appendProperties(append(dst, byte(amf0.MarkerObject)), v)
	case ECMAArray:
		dst = append(dst, byte(amf0.MarkerEcmaArray))
		return appendProperties(binary.BigEndian.AppendUint32(dst, uint32(len(v))), v)
	case map[string]any:
		sorted := make(Object, 0, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			sorted = append(sorted, Property{key, v[key]})
		}
		return appendProperties(append(dst, byte(amf0.MarkerObject)), sorted)
	case []any:
		dst = append(dst, byte(amf0.MarkerStrictArray))
		return Append(binary.BigEndian.AppendUint32(dst, uint32(len(v))), v...)
	default:
		return dst, fmt.Errorf("amf: no encoding for a %T", v)
	}
}

func appendProperties(dst []byte, props []Property) ([]byte, error) {
	var err error
	for _, p := range props {
		if n := len(p.Key); n == 0 || n > math.MaxUint16 {
			return dst, fmt.Errorf("amf: a property name of %d bytes: want 1 to %d", n, math.MaxUint16)
		}
		dst = binary.BigEndian.AppendUint16(dst, uint16(len(p.Key)))
		dst = append(dst, p.Key...)
		if dst, err = appendValue(dst, p.Value); err != nil {
			return dst, fmt.Errorf("property %q: %w", p.Key, err)
		}
	}
	return append(dst, 0, 0, byte(amf0.MarkerObjectEnd)), nil
}

func appendNumber(dst []byte, f float64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, byte(amf0.MarkerNumber)), math.Float64bits(f))
}

func appendString(dst []byte, s string) []byte {
	if len(s) > math.MaxUint16 {
		dst = binary.BigEndian.AppendUint32(append(dst, byte(amf0.MarkerLongString)), uint32(len(s)))
	} else {
		dst = binary.BigEndian.AppendUint16(append(dst, byte(amf0.MarkerString)), uint16(len(s)))
	}
	return append(dst, s...)
}
