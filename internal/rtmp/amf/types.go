// Package amf validates, decodes and encodes AMF0, the format of RTMP's
// commands and data messages.
package amf

// A Property is a name with a value.
type Property struct {
	Key   string
	Value any
}

// An Object is encoded as an AMF0 object, in this order.
type Object []Property

// An ECMAArray is encoded as an AMF0 ECMA array, in this order.
type ECMAArray []Property

// Limits bound what Validate lets through. A field that is zero means its default.
type Limits struct {
	// Depth is how deep objects and arrays may nest; 16 by default.
	Depth int
	// Size is how many bytes the whole body may have; 64 KB by default.
	Size int
}
