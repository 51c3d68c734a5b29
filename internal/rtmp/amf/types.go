// Package amf validates, decodes and encodes AMF0 (Action Message Format,
// version 0), the format of RTMP's commands and data messages.
//
// The vocabulary is go-amf0's. Its decoder is not used: a few bytes can make it
// exhaust memory or stack, it knows no ECMA arrays, dates, long strings,
// undefined and broken UTF-8, and takes several times as long (BenchmarkDecode);
// tests compare with it what both decode.
package amf

import "fmt"

// A Property is a name with a value.
type Property struct {
	Key   string
	Value any
}

// An Object is encoded as an AMF0 object, in this order.
type Object []Property

// An ECMAArray is encoded as an AMF0 ECMA array, in this order.
type ECMAArray []Property

// Undefined is encoded as AMF0's undefined; decoded it is nil, as null is.
type Undefined struct{}

// Limits bound what Validate lets through. A field that is zero means its default.
type Limits struct {
	// Depth is how deep objects and arrays may nest; 16 by default.
	Depth int
	// Size is how many bytes the whole body may have; 64 KB by default.
	Size int
	// Values is how many values the body may hold, all levels together; 4096 by default.
	Values int
}

func (l Limits) withDefaults() Limits {
	if l.Depth <= 0 {
		l.Depth = 16
	}
	if l.Size <= 0 {
		l.Size = 64 << 10
	}
	if l.Values <= 0 {
		l.Values = 4096
	}
	return l
}

// An Error says where a body is not what it should be.
type Error struct {
	Offset  int    // of the value at fault, in bytes
	Problem string // what was found, and what was expected
}

func (e *Error) Error() string { return fmt.Sprintf("amf: byte %d: %s", e.Offset, e.Problem) }
